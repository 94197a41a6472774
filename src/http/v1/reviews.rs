//! What reviewers decide beside the customer's time: reviews, contests and disputes; and the queue
//! of what waits for them. Who may decide what is the claim's business, not this file's.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::{Caller, Role};
use crate::claim::command::{Command, DisputeDecision, ReviewOutcome, Reviewed, Terms};
use crate::claim::identity::Comment;
use crate::claim::{Finding, ItemKey};
use crate::http::Web;
use crate::http::extract::{Json, Path};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::http::v1::changes::{apply, change, comment};
use crate::view::Outcome;

/// Who decides.
const DECIDERS: &[Role] = &[Role::Reviewer];
/// Findings of one decision at most.
const FINDINGS_MAX: usize = 50;

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

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Review {
    /// What is decided.
    decision: Kind,
    /// Approving: items that the proof does not cover, such as `workload:teams`; one has to stay.
    #[serde(default)]
    #[schemars(length(max = 50))]
    dropped_items: Vec<String>,
    /// Approving: in the reviewer's words, 1 to 4,000 characters.
    comment: Option<String>,
    /// Asking for action and refusing: why, at least one.
    #[serde(default)]
    #[schemars(length(max = 50))]
    findings: Vec<Reason>,
}

/// What a reviewer decides.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// The claim goes on to its customer.
    Approve,
    /// The partner has to put something right.
    AskAction,
    /// The claim does not go on.
    Refuse,
}

/// One thing that is wrong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// What.
    code: ReasonCode,
    /// The field it concerns; `proof_of_execution` unless given.
    #[schemars(length(max = 200))]
    field: Option<String>,
    /// In the reviewer's words, 1 to 4,000 characters; the partner reads it.
    #[schemars(length(min = 1, max = 4000))]
    message: String,
}

/// What can be wrong with the proof.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReasonCode {
    /// There is none, or it cannot be read.
    ProofMissing,
    /// The customer's acknowledgement is not in it.
    AcknowledgementMissing,
    /// Its dates are missing, or older than twelve months.
    DatesMissingOrOld,
    /// It does not say what the partner did.
    PartnerWorkNotDescribed,
    /// It does not name the claimed products.
    ProductsNotCovered,
}

impl ReasonCode {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ProofMissing => "proof_missing",
            Self::AcknowledgementMissing => "acknowledgement_missing",
            Self::DatesMissingOrOld => "dates_missing_or_old",
            Self::PartnerWorkNotDescribed => "partner_work_not_described",
            Self::ProductsNotCovered => "products_not_covered",
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// True when it is decided for the claim.
    upheld: bool,
    /// Why, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    reason: String,
}

async fn review(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Review>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let outcome = body.outcome()?;
    let command = Command::Review(Reviewed { outcome, terms: Terms::default() });
    apply(&web, &caller, &claim, &command).await
}

async fn arbitrate(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Decision>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let reason = comment(&body.reason, "reason")?.as_str().to_owned();
    let applied = web.ledger.arbitrate(claim.id, body.upheld, reason, &caller.name).await?;
    Ok(Answer(Outcome::of(&applied)))
}

async fn decide_dispute(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Decision>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let (upheld, reason) = (body.upheld, comment(&body.reason, "reason")?);
    let (holders, terms) = (Vec::new(), Terms::default());
    let decision = DisputeDecision { upheld, reason, holders, terms };
    apply(&web, &caller, &claim, &Command::DecideDispute(decision)).await
}

impl Review {
    fn outcome(self) -> Result<ReviewOutcome, Problem> {
        let unfit = |findings| Problem::findings("review the claim", findings);
        if self.findings.len() > FINDINGS_MAX || self.dropped_items.len() > FINDINGS_MAX {
            let message = format!("Give at most {FINDINGS_MAX} findings and items.");
            return Err(unfit(vec![Finding::new("$", "too_many", message)]));
        }
        let findings: Vec<Finding> =
            self.findings.into_iter().enumerate().map(finding).collect::<Result<_, _>>()?;
        match self.decision {
            Kind::Approve if !findings.is_empty() => {
                let message = "What is approved has no findings; ask for action or refuse it.";
                Err(unfit(vec![Finding::new("findings", "findings_not_allowed", message)]))
            }
            Kind::Approve => {
                let keys = self.dropped_items.iter().enumerate();
                let keys = keys.map(|(index, raw)| {
                    ItemKey::parse(raw)
                        .map_err(|f| unfit(vec![f.at(format!("dropped_items[{index}]"))]))
                });
                let dropped = keys.collect::<Result<_, _>>()?;
                let comment = self.comment.map(|raw| comment(&raw, "comment")).transpose()?;
                Ok(ReviewOutcome::Approve { dropped, comment })
            }
            Kind::AskAction | Kind::Refuse if !self.dropped_items.is_empty() => {
                let message = "Items are dropped only from what is approved.";
                Err(unfit(vec![Finding::new("dropped_items", "items_not_allowed", message)]))
            }
            Kind::AskAction => Ok(ReviewOutcome::AskAction { findings }),
            Kind::Refuse => Ok(ReviewOutcome::Refuse { findings }),
        }
    }
}

/// Longest name of a field, in characters.
const FIELD_MAX: usize = 200;

fn finding((index, reason): (usize, Reason)) -> Result<Finding, Problem> {
    let at = |part: &str| format!("findings[{index}].{part}");
    let message = Comment::parse(&reason.message).map_err(|finding: Finding| {
        Problem::findings("review the claim", vec![finding.at(at("message"))])
    })?;
    let field = reason.field.unwrap_or_else(|| "proof_of_execution".to_owned());
    let is_path = |c: char| c.is_ascii_alphanumeric() || "._[]$".contains(c);
    if field.is_empty() || field.len() > FIELD_MAX || !field.chars().all(is_path) {
        let message = "Name a field of the submission, such as items[0] or proof_of_execution.";
        let finding = Finding::new(at("field"), "field_malformed", message);
        return Err(Problem::findings("review the claim", vec![finding]));
    }
    Ok(Finding::new(field, reason.code.as_str(), message.as_str()))
}
