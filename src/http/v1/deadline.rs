//! The end of a claim's window, explained.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::Caller;
use crate::calendar::Language;
use crate::http::Web;
use crate::http::extract::{Path, Query};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::claims::dossier;
use crate::http::v1::{ClaimPath, VIEWERS};
use crate::view::DeadlineView;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/claims/{claim_id}/deadline",
            "explain_deadline",
            "Explain when the customer's window ends, and why then",
            deadline,
        )
        .roles(VIEWERS)
        .path::<ClaimPath>()
        .query::<DeadlineQuery>()
        .gives::<DeadlineView>(StatusCode::OK, "The newest window of the claim.")
        .problem(ProblemType::ClaimConflict),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeadlineQuery {
    /// The language of the sentences; English unless given.
    language: Option<Language>,
}

async fn deadline(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Query(query): Query<DeadlineQuery>,
) -> Result<Json<DeadlineView>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let claim_id = claim.id;
    let now = web.ledger.clock().now().await?;
    let dossier = dossier(&web, claim).await?;
    match DeadlineView::of(&dossier, now, query.language.unwrap_or_default()) {
        Some(view) => Ok(Json(view)),
        None => Err(Problem::new(
            ProblemType::ClaimConflict,
            format!("Claim {claim_id} has no window: the customer has not been notified."),
            "Read the claim to see what it waits for.",
        )
        .about(claim_id)
        .coded("no_window")),
    }
}
