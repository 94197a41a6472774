//! `/readyz`: whether this process can do its work, for whatever sends requests to it; and
//! `/healthz`: whether it is alive, for whatever restarts it.
//!
//! Alarms about calendars are warnings: a process that gets no requests is no help against them.
//! A queue that stands still makes a process unready: judged by its progress, not by its being up.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use cpor_jobs::Job;
use schemars::JsonSchema;
use serde::Serialize;

use crate::calendar::coverage::Alarm;
use crate::http::Web;
use crate::http::route::{Place, Route};
use crate::http::vitals::Check;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/healthz", "health", "Whether this process is alive", health)
            .public()
            .only(Place::Always)
            .telemetry()
            .says(
                "For whatever restarts processes. Redis is not asked: a process is not better off \
                 restarted when Redis is away.",
            )
            .gives::<Health>(StatusCode::OK, "It is."),
        Route::new(
            Method::GET,
            "/readyz",
            "readiness",
            "Whether this process can do its work",
            readiness,
        )
        .public()
        .only(Place::Always)
        .telemetry()
        .says(
            "For load balancers and probes. Answers within a second, also when Redis does not; \
             what was seen is believed for a second. Warnings do not make a process unready.",
        )
        .gives::<Readiness>(StatusCode::OK, "It can.")
        .gives::<Readiness>(StatusCode::SERVICE_UNAVAILABLE, "It cannot, and why not."),
    ]
}

/// That this process is alive.
#[derive(Debug, Serialize, JsonSchema)]
struct Health {
    /// Whether its event loop answers: always true, or there is no answer.
    alive: bool,
    /// Its version.
    version: &'static str,
}

async fn health() -> Json<Health> {
    Json(Health { alive: true, version: env!("CARGO_PKG_VERSION") })
}

/// Whether this process can do its work.
#[derive(Debug, Serialize, JsonSchema)]
struct Readiness {
    /// Whether every check is as it should be.
    ready: bool,
    /// What was looked at.
    checks: Vec<Check>,
    /// Jobs that operators have paused: nothing of them is taken until they are resumed.
    #[schemars(with = "Vec<String>")]
    paused: Vec<Job>,
    /// What will go wrong unless somebody acts.
    warnings: Vec<Alarm>,
}

async fn readiness(State(web): State<Web>) -> (StatusCode, Json<Readiness>) {
    let checks = web.checks().await.to_vec();
    let ready = checks.iter().all(|check| check.ok);
    // A Redis that does not answer would only be waited for a second time.
    let covered = if ready { web.covered().await } else { None };
    let warnings = covered.map(|covered| covered.judgement.alarms.clone()).unwrap_or_default();
    let paused = if ready { web.paused().await.to_vec() } else { Vec::new() };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, checks, paused, warnings }))
}
