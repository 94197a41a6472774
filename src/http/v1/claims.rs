//! Reading one claim and its history.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::access::Caller;
use crate::claim::event::{Event, Recorded};
use crate::claim::{Chained, Claim, ClaimId};
use crate::http::Web;
use crate::http::extract::Path;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::{ClaimPath, READERS, VIEWERS};
use crate::view::{ClaimView, Dossier};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/claims/{claim_id}", "show_claim", "Show a claim", show)
            .roles(VIEWERS)
            .says("An operator does not see words of customers and partners.")
            .path::<ClaimPath>()
            .gives::<ClaimView<'static>>(StatusCode::OK, "The claim."),
        Route::new(
            Method::GET,
            "/v1/claims/{claim_id}/history",
            "show_history",
            "Show everything that has happened to a claim",
            history,
        )
        .roles(READERS)
        .path::<ClaimPath>()
        .gives::<History>(StatusCode::OK, "The history, oldest first."),
    ]
}

/// Everything that has happened to a claim.
#[derive(Debug, Serialize, JsonSchema)]
struct History {
    /// The claim.
    #[schemars(with = "uuid::Uuid")]
    claim_id: ClaimId,
    /// Its events, oldest first, without a gap.
    #[schemars(with = "Vec<EventSchema>")]
    events: Vec<Chained>,
}

/// One event. Each kind has fields of its own beside these.
#[derive(JsonSchema)]
#[schemars(rename = "Event", extend("additionalProperties" = true))]
#[expect(dead_code, reason = "describes what Recorded writes")]
struct EventSchema {
    /// Its number, from 1.
    revision: u64,
    /// When it was recorded.
    at: chrono::DateTime<chrono::Utc>,
    /// Who caused it.
    actor: String,
    /// What happened, such as `claim_submitted`.
    event: String,
    /// What the history up to it adds up to: SHA-256 of the value before it and of the event as it
    /// is stored.
    chain: String,
}

async fn show(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
) -> Result<Response, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let dossier = dossier(&web, claim).await?;
    Ok(Json(dossier.view().for_caller(&caller.authority)).into_response())
}

async fn history(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
) -> Result<Json<History>, Problem> {
    let claim_id = path.claim(&web, &caller).await?.id;
    let mut events = web.ledger.store().chained_history(claim_id).await?;
    if !caller.authority.sees_rivals() {
        // Whom the customer chose is for those who decide, and in their reason once it decides.
        events.retain(|event| !matches!(event.recorded.event, Event::CustomerChose(_)));
        for event in &mut events {
            hide_rivals(&mut event.recorded);
        }
    }
    Ok(Json(History { claim_id, events }))
}

/// Who else wants the items is not there for those who want them too.
fn hide_rivals(recorded: &mut Recorded) {
    let nobody = ClaimId::NOBODY;
    match &mut recorded.event {
        Event::ClaimContested(contested) => contested.holders.clear(),
        Event::ContestWon(won) => won.over.clear(),
        Event::ItemsContested(contested) => contested.by = nobody,
        Event::IncumbentAnswered(answered) => answered.incumbent = nobody,
        Event::ChoiceAsked(asked) => asked.incumbents.clear(),
        _ => {}
    }
}

/// A claim in hand with everything else that is to be said about it.
pub(in crate::http) async fn dossier(web: &Web, claim: Claim) -> Result<Dossier, Problem> {
    let store = web.ledger.store();
    let history = store.history(claim.id).await?;
    let stuck = store.dead_of(claim.id).await?;
    Ok(Dossier { claim, history, stuck })
}
