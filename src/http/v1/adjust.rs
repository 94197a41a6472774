//! What reviewers do to an open window: pause, resume, extend. Each can be looked at before it is
//! done. That a window only ever becomes longer is the claim's business, not this file's.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::{Caller, Role};
use crate::calendar::{BusinessDays, whole};
use crate::claim::identity::Comment;
use crate::claim::{Claim, Finding};
use crate::http::Web;
use crate::http::extract::{Json, Path};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::ledger::{Adjustment, still_at};
use crate::view::AdjustedView;

/// Who decides about the customer's time.
const DECIDERS: &[Role] = &[Role::Reviewer];

/// What all three say.
const SAYS: &str = "The customer gets a mail with the reason. With `preview` nothing changes, and \
                    the answer is what would be; its `revision` sent as `if_revision` makes sure \
                    that the claim is changed only as it was looked at, and only once.";

pub(super) fn routes() -> Vec<Route> {
    vec![
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/pause",
                "pause_window",
                "Stop the time of an open window; the customer can go on answering",
                pause,
            )
            .takes::<Change>("Why; a reason is required."),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/resume",
                "resume_window",
                "Let the time of a paused window go on",
                resume,
            )
            .takes::<Change>("Why; a reason is required."),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/extend",
                "extend_window",
                "Grant the customer more business days",
                extend,
            )
            .takes::<Extension>("How many business days, and why; a reason is required."),
        ),
    ]
}

fn change(route: Route) -> Route {
    route
        .roles(DECIDERS)
        .says(SAYS)
        .path::<ClaimPath>()
        .gives::<AdjustedView>(StatusCode::OK, "The window as it is, or would be.")
        .problem(ProblemType::ClaimConflict)
        .problem(ProblemType::FindingsReported)
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Why, 1 to 4,000 characters; the customer reads it.
    #[schemars(length(min = 1, max = 4000))]
    reason: String,
    /// Only look at what would be.
    #[serde(default)]
    preview: bool,
    /// Change the claim only if it is at this revision; otherwise the answer is a
    /// `claim_conflict` with the code `claim_changed`.
    if_revision: Option<u64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Extension {
    /// How many business days more.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 260))]
    business_days: u32,
    /// Why, 1 to 4,000 characters; the customer reads it.
    #[schemars(length(min = 1, max = 4000))]
    reason: String,
    /// Only look at what would be.
    #[serde(default)]
    preview: bool,
    /// Change the claim only if it is at this revision; otherwise the answer is a
    /// `claim_conflict` with the code `claim_changed`. Without it, a request that is repeated
    /// grants the days once more.
    if_revision: Option<u64>,
}

/// What is asked, apart from its kind.
struct Asked {
    adjustment: Adjustment,
    preview: bool,
    if_revision: Option<u64>,
}

async fn pause(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Change>,
) -> Result<Answer<AdjustedView>, Problem> {
    change_with(&web, &caller, &path, body, |reason| Adjustment::Pause { reason }).await
}

async fn resume(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Change>,
) -> Result<Answer<AdjustedView>, Problem> {
    change_with(&web, &caller, &path, body, |reason| Adjustment::Resume { reason }).await
}

/// What needs nothing but a reason.
async fn change_with(
    web: &Web,
    caller: &Caller,
    path: &ClaimPath,
    body: Change,
    adjustment: fn(Comment) -> Adjustment,
) -> Result<Answer<AdjustedView>, Problem> {
    let claim = path.claim(web, caller).await?;
    let reason = reason(&body.reason).map_err(|finding| unfit(vec![finding]))?;
    let Change { preview, if_revision, .. } = body;
    let asked = Asked { adjustment: adjustment(reason), preview, if_revision };
    adjust(web, caller, &claim, asked).await
}

async fn extend(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Extension>,
) -> Result<Answer<AdjustedView>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let adjustment = match (business_days(body.business_days), reason(&body.reason)) {
        (Ok(business_days), Ok(reason)) => Adjustment::Extend { business_days, reason },
        (business_days, reason) => {
            let findings = [business_days.err(), reason.err()];
            return Err(unfit(findings.into_iter().flatten().collect()));
        }
    };
    let Extension { preview, if_revision, .. } = body;
    adjust(&web, &caller, &claim, Asked { adjustment, preview, if_revision }).await
}

async fn adjust(
    web: &Web,
    caller: &Caller,
    claim: &Claim,
    asked: Asked,
) -> Result<Answer<AdjustedView>, Problem> {
    let Asked { adjustment, preview, if_revision } = asked;
    if preview {
        still_at(claim, if_revision, adjustment.name())?;
        let now = web.ledger.clock().now().await.map_err(Problem::from)?;
        let after = web.ledger.foresee(claim, &adjustment, now)?;
        return Ok(Answer(AdjustedView::foreseen(claim, &after, &adjustment, now)));
    }
    let ledger = &web.ledger;
    let applied = ledger.adjust_at(claim.id, if_revision, &adjustment, &caller.name).await?;
    Ok(Answer(AdjustedView::done(&applied)))
}

fn reason(raw: &str) -> Result<Comment, Finding> {
    Comment::parse(raw).map_err(|finding: Finding| finding.at("reason"))
}

fn business_days(given: u32) -> Result<BusinessDays, Finding> {
    BusinessDays::new(given).map_err(|error| {
        Finding::new("business_days", "business_days_out_of_range", format!("{error}."))
    })
}

fn unfit(findings: Vec<Finding>) -> Problem {
    Problem::findings("change the window", findings)
}
