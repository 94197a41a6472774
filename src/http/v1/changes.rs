//! What partners and reviewers ask of a claim: amend, withdraw, end.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use cpor_jobs::SubmitClaim;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::{Caller, Role};
use crate::claim::identity::Comment;
use crate::claim::state::EndReason;
use crate::claim::{Claim, Command, Finding};
use crate::http::Web;
use crate::http::extract::{Json, Path, RawJson};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::{ClaimPath, SUBMITTERS};
use crate::view::Outcome;

/// Who ends an association.
const ENDERS: &[Role] = &[Role::IncentivesAdmin, Role::UpstreamSource, Role::Reviewer];

pub(super) fn routes() -> Vec<Route> {
    vec![
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/amend",
                "amend_claim",
                "Answer an action required with a corrected submission",
                amend,
            )
            .roles(SUBMITTERS)
            .says(
                "Only what a finding concerns can be changed, and comment and proof; source, key, \
                 partner and tenant stay as they are.",
            )
            .takes::<SubmitClaim>("The whole submission, corrected."),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/confirm-contact",
                "confirm_contact",
                "Agree to the contact that the customer has named",
                confirm_contact,
            )
            .roles(SUBMITTERS)
            .says(
                "For a claim whose customer has said \"I am not the right person\"; \
                 `proposed_contact` shows whom they named. The claim is validated anew, and the \
                 new contact gets a notice and a whole window.",
            ),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/withdraw",
                "withdraw_claim",
                "Take a claim back before it is official",
                withdraw,
            )
            .roles(SUBMITTERS)
            .takes::<Withdraw>("Why, if you like to say."),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/end",
                "end_association",
                "End an association; access to the usage data ends in the same moment",
                end,
            )
            .roles(ENDERS)
            .takes::<End>("Why; a reason is required."),
        ),
    ]
}

/// A command to a claim, with what it is answered with.
pub(super) fn change(route: Route) -> Route {
    route
        .path::<ClaimPath>()
        .gives::<Outcome>(StatusCode::OK, "What became of it.")
        .problem(ProblemType::ClaimConflict)
        .problem(ProblemType::FindingsReported)
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Withdraw {
    /// Why, in your own words, up to 4,000 characters.
    reason: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct End {
    /// Which of the known reasons. Partners end their own associations with `partner_withdrew`.
    reason: EndReason,
    /// Why, in your own words, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    detail: String,
}

async fn amend(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    RawJson(body): RawJson,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let now = web.ledger.clock().now().await.map_err(Problem::from)?;
    let submission = web.ledger.parse(&body, now);
    let submission =
        submission.map_err(|findings| Problem::findings("amend the claim", findings))?;
    apply(&web, &caller, &claim, &Command::Amend(Arc::new(submission))).await
}

async fn confirm_contact(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    apply(&web, &caller, &claim, &Command::ConfirmContact).await
}

async fn withdraw(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Withdraw>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let reason = body.reason.map(|reason| words(&reason, "reason")).transpose()?;
    apply(&web, &caller, &claim, &Command::Withdraw { reason }).await
}

async fn end(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<End>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    if let Some(finding) = caller.authority.refuses_end(&body.reason) {
        return Err(Problem::findings("end the association", vec![finding]));
    }
    let detail = Some(words(&body.detail, "detail")?);
    apply(&web, &caller, &claim, &Command::End { reason: body.reason, detail }).await
}

pub(super) async fn apply(
    web: &Web,
    caller: &Caller,
    claim: &Claim,
    command: &Command,
) -> Result<Answer<Outcome>, Problem> {
    let applied = web.ledger.apply(claim.id, command, &caller.name).await?;
    Ok(Answer(Outcome::of(&applied)))
}

/// Somebody's words, with the limits of a claim's comment.
pub(super) fn comment(raw: &str, field: &'static str) -> Result<Comment, Problem> {
    Comment::parse(raw)
        .map_err(|finding: Finding| Problem::findings("read the request", vec![finding.at(field)]))
}

fn words(raw: &str, field: &'static str) -> Result<String, Problem> {
    Ok(comment(raw, field)?.as_str().to_owned())
}
