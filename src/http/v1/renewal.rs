//! A claim that takes the place of one whose association ends or has ended: a draft with everything
//! that still holds.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use crate::access::{Caller, Role};
use crate::claim::Status;
use crate::drafts::DraftView;
use crate::http::Web;
use crate::http::extract::Path;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::http::v1::drafts::begun;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/claims/{claim_id}/renewal",
            "renew_claim",
            "Begin a draft of a claim that takes the place of this one",
            renew,
        )
        .roles(&[Role::IncentivesAdmin])
        .says(
            "For a claim that is official or has ended. The draft says what this claim says, \
             without its proof and without the subscriptions, which are new; put them in, check it \
             and submit it as any draft.",
        )
        .path::<ClaimPath>()
        .gives::<DraftView>(StatusCode::CREATED, "The draft.")
        .problem(ProblemType::ClaimConflict)
        .problem(ProblemType::FindingsReported),
    ]
}

async fn renew(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
) -> Result<Response, Problem> {
    let claim = path.claim(&web, &caller).await?;
    if !matches!(claim.status(), Status::Associated | Status::Ended) {
        let detail = format!("Could not begin the draft: the claim is {}.", claim.status());
        let remedy = "Wait until it is official; one that goes on can be amended or withdrawn.";
        let problem = Problem::new(ProblemType::ClaimConflict, detail, remedy);
        return Err(problem.about(claim.id).coded("wrong_status"));
    }
    begun(&web, web.drafts.renew(&claim, &caller.name).await)
}
