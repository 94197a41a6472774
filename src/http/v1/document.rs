//! The description of the API itself.

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;

use crate::http::Web;
use crate::http::route::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/openapi.json",
            "describe_api",
            "The description of this API (OpenAPI 3.1)",
            document,
        )
        .public()
        .gives::<serde_json::Map<String, serde_json::Value>>(StatusCode::OK, "The description."),
    ]
}

async fn document(State(web): State<Web>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], web.openapi.clone())
}
