//! What partners can say and do about a claim that people decide about: comments, newer proof,
//! answers to contests, disputes and reactivations.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::{Caller, Role};
use crate::claim::command::{Command, Dispute, Terms};
use crate::claim::review::Side;
use crate::claim::submission::ProofOfExecution;
use crate::claim::{Claim, Finding};
use crate::http::Web;
use crate::http::extract::{Json, Path};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::changes::{apply, change, comment};
use crate::http::v1::{ClaimPath, READERS, SUBMITTERS};
use crate::proofs::document_findings;
use crate::view::Outcome;

/// Documents that are added at once.
const PROOF_MAX: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    [additions(), remedies()].concat()
}

fn additions() -> Vec<Route> {
    vec![
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/comments",
                "comment_on_claim",
                "Say something about a claim, to its reviewer or its partner",
                say,
            )
            .roles(READERS)
            .says("Comments stand in the history. A claim can have 200.")
            .takes::<Comment>("What you say."),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/proof",
                "add_proof",
                "Add newer proof of execution to a claim or an association",
                add_proof,
            )
            .roles(SUBMITTERS)
            .takes::<Proof>("The documents, as in a submission."),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/answer-contest",
                "answer_contest",
                "Answer another partner's claim on your items",
                answer_contest,
            )
            .roles(SUBMITTERS)
            .says("`contests` of the claim has the number. A reviewer decides, and reads it.")
            .takes::<ContestAnswer>("Whether you keep them, and why."),
        ),
    ]
}

fn remedies() -> Vec<Route> {
    vec![
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/dispute",
                "dispute_refusal",
                "Dispute a refusal, once, before it is final",
                dispute,
            )
            .roles(SUBMITTERS)
            .says("Somebody else than who refused the claim decides.")
            .takes::<Disputed>("Why, and new proof."),
        ),
        change(
            Route::new(
                Method::POST,
                "/v1/claims/{claim_id}/reactivate",
                "reactivate_claim",
                "Go on with a claim that was not answered in time, once",
                reactivate,
            )
            .roles(SUBMITTERS)
            .takes::<Reactivation>("Why; a reason is required."),
        ),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CommentToAdd")]
struct Comment {
    /// What you say, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    text: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    /// 1 to 20 documents.
    #[schemars(length(min = 1, max = 20))]
    proof_of_execution: Vec<cpor_jobs::ProofOfExecution>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ContestAnswer {
    /// The number of the contest.
    #[schemars(range(min = 1, max = 4_294_967_295_u64))]
    contest: u64,
    /// Whether you keep your claim on the items.
    keeps: bool,
    /// Why, 1 to 4,000 characters.
    comment: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DisputeToOpen")]
struct Disputed {
    /// Why the refusal is wrong, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    justification: String,
    /// New proof, up to 20 documents.
    #[serde(default)]
    #[schemars(length(max = 20))]
    proof_of_execution: Vec<cpor_jobs::ProofOfExecution>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reactivation {
    /// Why it was not answered in time, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    reason: String,
}

async fn say(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Comment>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let from = match caller.authority.role() {
        Role::Reviewer => Side::Reviewer,
        _ => Side::Partner,
    };
    let text = comment(&body.text, "text")?;
    apply(&web, &caller, &claim, &Command::Comment { from, text }).await
}

async fn add_proof(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Proof>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let proof_of_execution = parsed(&body.proof_of_execution)?;
    name(&web, &claim, &proof_of_execution).await?;
    apply(&web, &caller, &claim, &Command::AddProof { proof_of_execution }).await
}

async fn answer_contest(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<ContestAnswer>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let ContestAnswer { contest, keeps, .. } = body;
    let comment = body.comment.map(|raw| comment(&raw, "comment")).transpose()?;
    apply(&web, &caller, &claim, &Command::AnswerContest { contest, keeps, comment }).await
}

async fn dispute(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Disputed>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let justification = comment(&body.justification, "justification")?;
    let (proof_of_execution, terms) = (parsed(&body.proof_of_execution)?, Terms::default());
    name(&web, &claim, &proof_of_execution).await?;
    let dispute = Dispute { justification, proof_of_execution, terms };
    apply(&web, &caller, &claim, &Command::Dispute(dispute)).await
}

async fn reactivate(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Json(body): Json<Reactivation>,
) -> Result<Answer<Outcome>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let (reason, terms) = (comment(&body.reason, "reason")?, Terms::default());
    apply(&web, &caller, &claim, &Command::Reactivate { reason, terms }).await
}

/// From now on the claim names these documents, so that they stay as long as it does; refused when
/// one of them proves nothing.
async fn name(web: &Web, claim: &Claim, proofs: &[ProofOfExecution]) -> Result<(), Problem> {
    let standings = web.documents.standings(claim.id, &claim.submission, proofs).await?;
    let findings = document_findings(&standings);
    if findings.is_empty() { Ok(()) } else { Err(Problem::findings("add the proof", findings)) }
}

/// Documents as the parser of submissions has them.
fn parsed(raw: &[cpor_jobs::ProofOfExecution]) -> Result<Vec<ProofOfExecution>, Problem> {
    let unfit = |index: usize, code, message: String| {
        let field = format!("proof_of_execution[{index}]");
        Problem::findings("read the proof", vec![Finding::new(field, code, message)])
    };
    if raw.len() > PROOF_MAX {
        let message = format!("Add at most {PROOF_MAX} documents at once.");
        return Err(unfit(PROOF_MAX, "too_many", message));
    }
    let read = |(index, document)| {
        let json = serde_json::to_value(document).unwrap_or_default();
        serde_json::from_value(json).map_err(|_| {
            let message = "This is no document: give name, sha256 (64 hexadecimal digits) and \
                           location, or the id of an uploaded one.";
            unfit(index, "proof_malformed", message.to_owned())
        })
    };
    raw.iter().enumerate().map(read).collect()
}
