//! `/metrics`: the figures of this deployment, for Prometheus.

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::Role;
use crate::http::Web;
use crate::http::problem::Problem;
use crate::http::route::{Place, Route};
use crate::metrics::OPENMETRICS;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/metrics", "metrics", "Figures for Prometheus", metrics)
            .roles(&[Role::Operator, Role::Observer])
            .only(Place::Always)
            .opened_by(|settings| settings.metrics_public)
            .says(
                "Without personal data, and without ids. With `http.metrics_public` anybody may \
                 ask. docs/metrics.md lists the figures.",
            )
            .gives_as(StatusCode::OK, Some(OPENMETRICS), None, "The figures (OpenMetrics)."),
    ]
}

async fn metrics(State(web): State<Web>) -> Response {
    let covered = web.covered().await;
    match web.metrics.render(covered.as_deref()) {
        Ok(text) => ([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        // Writing to a text does not fail.
        Err(_) => Problem::internal().into_response(),
    }
}
