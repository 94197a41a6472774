//! `/metrics`: the figures of this deployment, for Prometheus.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::Role;
use crate::http::Web;
use crate::http::problem::Problem;
use crate::http::route::{Place, Route};
use crate::metrics::{Format, OPENMETRICS, TEXT};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/metrics", "metrics", "Figures for Prometheus", metrics)
            .roles(&[Role::Operator, Role::Observer])
            .only(Place::Always)
            .opened_by(|settings| settings.metrics_public)
            .says(
                "Without personal data, and without ids. With `http.metrics_public` anybody may \
                 ask. docs/metrics.md lists the figures. They come as OpenMetrics, or in the older \
                 text format where `Accept` has no other.",
            )
            .gives_as(StatusCode::OK, Some(OPENMETRICS), None, "The figures.")
            .gives_as(StatusCode::OK, Some(TEXT), None, "The figures.")
            .telemetry(),
    ]
}

async fn metrics(State(web): State<Web>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let format = Format::accepted(accept.unwrap_or_default());
    let (checks, deployment) = tokio::join!(web.checks(), web.deployment());
    let ready = checks.iter().all(|check| check.ok);
    match web.ledger.store().metrics().render(ready, deployment.as_deref(), format) {
        Ok(text) => ([(header::CONTENT_TYPE, format.media_type())], text).into_response(),
        // Writing to a text does not fail.
        Err(_) => Problem::internal().into_response(),
    }
}
