//! The evidence of a claim, and the keys by which it is checked.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Caller, Role};
use crate::claim::Claim;
use crate::evidence::EvidenceError;
use crate::http::Web;
use crate::http::extract::Path;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::ClaimPath;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/claims/{claim_id}/evidence",
            "export_evidence",
            "Everything that happened to a claim, signed, in one zip",
            bundle,
        )
        .roles(&[Role::Reviewer])
        .says(
            "The history as a hash chain, the mails as they were sent, the explained end of the \
             window and the decision. It has names, addresses and the links of the customer's \
             mails. `docs/verify_evidence.py` checks it.",
        )
        .path::<ClaimPath>()
        .gives_as(StatusCode::OK, Some("application/zip"), None, "The bundle."),
        Route::new(
            Method::GET,
            "/v1/evidence/keys",
            "show_evidence_keys",
            "The public keys of evidence",
            keys,
        )
        .public()
        .gives::<serde_json::Map<String, serde_json::Value>>(
            StatusCode::OK,
            "A JSON Web Key Set (RFC 7517).",
        ),
    ]
}

async fn bundle(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
) -> Result<Response, Problem> {
    zip_of(&web, path.claim(&web, &caller).await?).await
}

/// The bundle as a file to keep.
pub(in crate::http) async fn zip_of(web: &Web, claim: Claim) -> Result<Response, Problem> {
    let now = web.ledger.clock().now().await?;
    let name = format!("attachment; filename=\"evidence-{}.zip\"", claim.id);
    let zip = web.evidence.bundle(claim, now).await.map_err(unmade)?;
    let mut response = ([(header::CONTENT_TYPE, "application/zip")], zip).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

async fn keys(State(web): State<Web>) -> Result<Response, Problem> {
    let keys = web.evidence.jwks().map_err(|error| unmade(error.into()))?;
    Ok(Json(keys).into_response())
}

fn unmade(error: EvidenceError) -> Problem {
    match error {
        EvidenceError::Store(error) => error.into(),
        other => {
            tracing::error!(error = crate::worker::with_causes(&other), "evidence cannot be made");
            Problem::internal()
        }
    }
}
