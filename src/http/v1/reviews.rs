//! What reviewers decide beside the customer's time: reviews, contests and disputes; and the queue
//! of what waits for them. Who may decide what is the claim's business, not this file's.

mod forms;

use crate::access::{Caller, Role};
use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::{Json, Path};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::http::v1::changes::{apply, change};
use crate::view::Outcome;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::Method;
pub(in crate::http) use forms::{Decision, Kind, Reason, ReasonCode, Review};

/// Who decides.
const DECIDERS: &[Role] = &[Role::Reviewer];

pub(super) fn routes() -> Vec<Route> {
    let decision = |route: Route| change(route.roles(DECIDERS));
    vec![
        decision(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/review",
                "review_claim",
                "Decide about a claim under review",
                review,
            )
            .says(
                "Approve it, with or without all its items; ask the partner for more; or refuse \
                 it. Where four eyes are asked for, another reviewer has to approve it, too.",
            )
            .takes::<Review>("The decision."),
        ),
        decision(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/arbitrate",
                "arbitrate_claim",
                "Decide a contest between partners",
                arbitrate,
            )
            .says(
                "Upheld, the claim goes on, and what the others have of its items ends in the same \
                 commit. That waits for the answers of the incumbents, or the end of their time.",
            )
            .takes::<Decision>("Who wins, and why; both partners read the reason."),
        ),
        decision(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/decide-dispute",
                "decide_dispute",
                "Decide a dispute about a refusal",
                decide_dispute,
            )
            .says("Somebody else than who refused the claim decides.")
            .takes::<Decision>("Whether the partner is right, and why; the partner reads it."),
        ),
    ]
}

async fn review(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Review>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let command = body.command().map_err(|findings| unfit("review the claim", findings))?;
    apply(&web, &caller, &claim, &command).await
}

async fn arbitrate(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Decision>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let command = body.arbitration().map_err(|findings| unfit("decide the contest", findings))?;
    apply(&web, &caller, &claim, &command).await
}

async fn decide_dispute(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Decision>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let command = body.dispute().map_err(|findings| unfit("decide the dispute", findings))?;
    apply(&web, &caller, &claim, &command).await
}

fn unfit(attempted: &str, findings: Vec<Finding>) -> Problem {
    Problem::findings(attempted, findings)
}
