//! A reviewer's decision, sent by the form of a page: made of the same commands as the API's, and
//! recorded with who decided.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::claim::command::Command;

use crate::claim::identity::Comment;
use crate::claim::review::Side;
use crate::claim::{Claim, ClaimId, State, Why};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::ops::claim;
use crate::http::ops::frame::Act;
use crate::http::problem::Problem;
use crate::http::v1::ClaimPath;
use crate::http::v1::reviews::{Decision, Kind, Review};
use crate::ledger::{Applied, LedgerError};
use crate::view::status_in_words;

use super::case::{Filled, page};
use super::path_of;
use super::reasons::{Wrong, located, read, rows};

/// Decides; or shows the page again, with what is wrong beside each field and everything that was
/// written.
pub(super) async fn decide(
    Path(path): Path<ClaimPath>,
    headers: HeaderMap,
    act: Act,
) -> Result<Response, Problem> {
    let claim = claim::the_claim(&act.visit, &path).await?;
    let what = act.fields.text("act");
    let command = match what.as_str() {
        "approve" => approval(&claim, &act.fields),
        "refuse" => refusal(&act, &claim),
        "contest" => decision(&act.fields, "this", "other")
            .and_then(|decision| decision.arbitration().map_err(|findings| located(findings, &[]))),
        "dispute" => decision(&act.fields, "claim", "refusal")
            .and_then(|decision| decision.dispute().map_err(|findings| located(findings, &[]))),
        "comment" => comment(&act.fields),
        _ => return Err(Problem::malformed("Nothing was done: the form names no decision.")),
    };
    let command = match command {
        Ok(command) => command,
        Err(wrong) => {
            return again(&act, claim, StatusCode::UNPROCESSABLE_ENTITY, wrong, &headers).await;
        }
    };
    match apply(&act, claim.id, &command).await {
        Ok(applied) => Ok(act.done(&path_of(claim.id), &said(&what, &applied))),
        Err(LedgerError::Refused { refusal, .. })
            if matches!(refusal.why, Why::ClaimChanged { .. }) =>
        {
            let message = "The claim has changed since this form was opened. Nothing was done: \
                           look at it again, and send the form once more.";
            let wrong = Wrong::from([("revision".to_owned(), message.to_owned())]);
            let claim = claim::the_claim(&act.visit, &path).await?;
            again(&act, claim, StatusCode::CONFLICT, wrong, &headers).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What is said is said, whatever has happened meanwhile; what is decided is about what was seen.
async fn apply(act: &Act, id: ClaimId, command: &Command) -> Result<Applied, LedgerError> {
    let (ledger, actor) = (&act.visit.web.ledger, &act.visit.session.caller.name);
    if matches!(command, Command::Comment { .. }) {
        return ledger.apply(id, command, actor).await;
    }
    let seen = act.fields.text("revision").parse().unwrap_or_default();
    ledger.apply_at(id, seen, command, actor).await
}

async fn again(
    act: &Act,
    claim: Claim,
    status: StatusCode,
    wrong: Wrong,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let filled = Filled { fields: &act.fields, wrong, done: String::new() };
    page(&act.visit, claim, status, filled, headers).await
}

/// The claim goes on, without what the proof does not cover.
fn approval(claim: &Claim, fields: &Fields) -> Result<Command, Wrong> {
    let comment = fields.text("comment");
    let dropped_items: Vec<String> = fields.values("drop").map(str::to_owned).collect();
    if dropped_items.len() >= claim.submission.items.len() {
        let message = "At least one item has to stay; otherwise refuse the claim.".to_owned();
        return Err(Wrong::from([("drop".to_owned(), message)]));
    }
    let review = Review {
        decision: Kind::Approve,
        dropped_items,
        comment: (!comment.is_empty()).then_some(comment),
        findings: Vec::new(),
    };
    review.command().map_err(|findings| located(findings, &[]))
}

/// The claim goes back to its partner, or is refused.
fn refusal(act: &Act, claim: &Claim) -> Result<Command, Wrong> {
    let kind = match act.fields.choice("decision") {
        Some("ask_action") => Ok(Kind::AskAction),
        Some("refuse") => Ok(Kind::Refuse),
        _ => Err(("decision".to_owned(), "Choose what happens to the claim.".to_owned())),
    };
    let reasons = read(&rows(&act.visit, claim, &act.fields));
    let (decision, (findings, names)) = match (kind, reasons) {
        (Ok(kind), Ok(reasons)) => (kind, reasons),
        (Ok(_), Err(wrong)) => return Err(wrong),
        (Err(one), Ok(_)) => return Err(Wrong::from([one])),
        (Err(one), Err(mut wrong)) => {
            wrong.extend([one]);
            return Err(wrong);
        }
    };
    let review = Review { decision, dropped_items: Vec::new(), comment: None, findings };
    review.command().map_err(|findings| located(findings, &names))
}

/// A decision between two sides, which the form names so.
fn decision(fields: &Fields, upheld: &str, not: &str) -> Result<Decision, Wrong> {
    let upheld = match fields.choice("winner") {
        Some(winner) if winner == upheld => true,
        Some(winner) if winner == not => false,
        _ => {
            let message = "Choose for whom it is decided.".to_owned();
            return Err(Wrong::from([("winner".to_owned(), message)]));
        }
    };
    Ok(Decision { upheld, reason: fields.text("reason") })
}

fn comment(fields: &Fields) -> Result<Command, Wrong> {
    let text = Comment::parse(&fields.text("text"));
    let text = text.map_err(|finding| Wrong::from([("text".to_owned(), finding.message)]))?;
    Ok(Command::Comment { from: Side::Reviewer, text })
}

fn said(what: &str, applied: &Applied) -> String {
    let status = status_in_words(applied.claim.status());
    if applied.events.is_empty() {
        return format!("Nothing was to be done: the claim is {status}.");
    }
    match (what, &applied.claim.state) {
        ("comment", _) => "Said: the partner reads it on the claim's page.".to_owned(),
        ("approve", State::UnderReview(_)) => {
            "Approved: another reviewer has to approve the claim, too.".to_owned()
        }
        _ => format!("Done: the claim is {status}."),
    }
}
