//! Measures the budgets of the design against a private Redis on this machine.
//!
//! Every figure is printed with the floor measured in the same run where there is one, so that it
//! can be compared across machines. Nothing here asserts: speed belongs in a bench, never in a
//! timed test.

mod calendar;
mod claims;
mod deployment;
mod floor;
mod http;
mod http_client;
mod idle;
mod life;
mod million;
mod ops;
mod sandbox;
mod served;
mod stats;
mod storm;
mod submit;
mod window;

use serde_json::{Value, json};

use deployment::Deployment;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bench {
    /// The whole life of a claim, engine only, or with a real SMTP conversation per claim.
    Life {
        /// Talk to `smtp-sink` on this machine.
        smtp: bool,
    },
    /// Submission alone, pipelined and one after the other.
    Submit,
    /// One claim through an idle system, timers, and what an idle process costs.
    Idle,
    /// Windows that close at one instant, and the answer to rejections sent meanwhile.
    Storm,
    /// Open windows: memory, and what taking due entries costs among them.
    Million,
    /// Deadlines per second and core.
    Window,
    /// The HTTP API: many claims as a stream beside the Redis client, single ones beside the
    /// workers, and the start of `cpor serve`.
    Http,
    /// A holiday declared late, previewed over open windows and applied to them.
    Calendar,
    /// Sandboxes travelling at once over HTTP, each through one whole life.
    Sandbox,
    /// The operations pages over many open windows: how long each takes, and what it costs Redis.
    Ops,
}

/// A measurement could not be made.
#[derive(Debug, thiserror::Error)]
#[error("could not measure: {0}")]
pub struct BenchError(String);

impl BenchError {
    fn because(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Measures with `claims` claims, or as many sandboxes with one claim each, and gives the figures
/// as one JSON object.
///
/// # Errors
///
/// When Redis or a worker fails, or `smtp-sink` is missing where it is asked for.
pub async fn run(bench: Bench, claims: Option<usize>) -> Result<Value, BenchError> {
    let figures = match bench {
        Bench::Life { smtp } => life::run(claims.unwrap_or(20_000), smtp).await?,
        Bench::Submit => submit::run(claims.unwrap_or(50_000)).await?,
        Bench::Idle => idle::run(claims.unwrap_or(300)).await?,
        Bench::Storm => storm::run(claims.unwrap_or(100_000)).await?,
        Bench::Million => million::run(claims.unwrap_or(1_000_000)).await?,
        Bench::Window => window::run(claims.unwrap_or(1_000_000))?,
        Bench::Http => http::run(claims.unwrap_or(10_000)).await?,
        Bench::Calendar => calendar::run(claims.unwrap_or(100_000)).await?,
        Bench::Sandbox => sandbox::run(claims.unwrap_or(1_000)).await?,
        Bench::Ops => ops::run(claims.unwrap_or(1_000_000)).await?,
    };
    let name = match bench {
        Bench::Life { smtp: true } => "life --smtp",
        Bench::Life { smtp: false } => "life",
        Bench::Submit => "submit",
        Bench::Idle => "idle",
        Bench::Storm => "storm",
        Bench::Million => "million",
        Bench::Window => "window",
        Bench::Http => "http",
        Bench::Calendar => "calendar",
        Bench::Sandbox => "sandbox",
        Bench::Ops => "ops",
    };
    let mut object = json!({ "bench": name });
    merge(&mut object, figures);
    merge(&mut object, stats::surroundings());
    Ok(object)
}

fn merge(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
