//! The description of the API itself.

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;

use crate::http::Web;
use crate::http::route::{Place, Route};

/// What stands before the address of the server in the description.
const SERVERS: &str = "\"servers\":[{\"url\":\"";

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
        .only(Place::Always)
        .gives::<serde_json::Map<String, serde_json::Value>>(StatusCode::OK, "The description."),
    ]
}

async fn document(State(web): State<Web>) -> impl IntoResponse {
    // A sandbox has the same description, at an address of its own.
    let server = format!("{SERVERS}{}/\"", web.base_path);
    let text = web.openapi.replacen(&format!("{SERVERS}/\""), &server, 1);
    ([(header::CONTENT_TYPE, "application/json")], text)
}
