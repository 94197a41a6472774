//! What a partner's people say when others decide about a claim: a dispute, a reactivation, an
//! answer to another partner's claim, a comment. Each has to be explained.

use axum::http::Method;
use axum::response::Response;

use crate::claim::Command;
use crate::claim::command::{Dispute, Terms};
use crate::claim::review::Side;
use crate::http::extract::Path;
use crate::http::partner::frame::{Act, Visit};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::ClaimPath;

use super::acts::{Offer, apply, ask, explained, page, unanswered};
use super::path_of;

pub(super) fn routes() -> Vec<Route> {
    let (dispute, reactivate, contest, comment) = (
        "/partner/claims/{claim_id}/dispute",
        "/partner/claims/{claim_id}/reactivate",
        "/partner/claims/{claim_id}/contest",
        "/partner/claims/{claim_id}/comment",
    );
    let (words, acts) = ("What an act would do", "An act on a claim");
    vec![
        Route::new(Method::GET, dispute, "ask_partner_dispute", words, ask_dispute),
        Route::new(Method::POST, dispute, "partner_dispute", acts, say_it_is_wrong),
        Route::new(Method::GET, reactivate, "ask_partner_reactivate", words, ask_reactivate),
        Route::new(Method::POST, reactivate, "partner_reactivate", acts, go_on),
        Route::new(Method::GET, contest, "ask_partner_contest", words, ask_contest),
        Route::new(Method::POST, contest, "partner_contest", acts, answer),
        Route::new(Method::GET, comment, "ask_partner_comment", words, ask_comment),
        Route::new(Method::POST, comment, "partner_comment", acts, say),
    ]
}

async fn ask_dispute(visit: Visit, path: Path<ClaimPath>) -> Result<Response, Problem> {
    ask(&visit, &path.0, Offer::Dispute).await
}

async fn ask_reactivate(visit: Visit, path: Path<ClaimPath>) -> Result<Response, Problem> {
    ask(&visit, &path.0, Offer::Reactivate).await
}

async fn ask_contest(visit: Visit, path: Path<ClaimPath>) -> Result<Response, Problem> {
    ask(&visit, &path.0, Offer::Contest).await
}

async fn ask_comment(visit: Visit, path: Path<ClaimPath>) -> Result<Response, Problem> {
    ask(&visit, &path.0, Offer::Comment).await
}

async fn say_it_is_wrong(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let claim = path.0.claim(&act.visit.web, &act.visit.session.caller).await?;
    let justification = match explained(&act, &claim, Offer::Dispute) {
        Ok(justification) => justification,
        Err(page) => return Ok(*page),
    };
    let (proof_of_execution, terms) = (Vec::new(), Terms::default());
    let dispute = Dispute { justification, proof_of_execution, terms };
    apply(&act, &claim, &Command::Dispute(dispute), "dispute").await
}

async fn go_on(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let claim = path.0.claim(&act.visit.web, &act.visit.session.caller).await?;
    let reason = match explained(&act, &claim, Offer::Reactivate) {
        Ok(reason) => reason,
        Err(page) => return Ok(*page),
    };
    let command = Command::Reactivate { reason, terms: Terms::default() };
    apply(&act, &claim, &command, "reactivate").await
}

/// Answers the contest that the form was about.
async fn answer(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let claim = path.0.claim(&act.visit.web, &act.visit.session.caller).await?;
    let Some(contest) = unanswered(&claim).map(|contest| contest.revision) else {
        return Ok(act.done(&path_of(claim.id), "nothing"));
    };
    let keeps = match act.fields.choice("keeps") {
        Some("yes") => true,
        Some("no") => false,
        _ => {
            let written = act.fields.text("reason");
            return page(&act.visit, &claim, Offer::Contest, written, Some("choose"));
        }
    };
    let comment = match explained(&act, &claim, Offer::Contest) {
        Ok(comment) => Some(comment),
        Err(page) => return Ok(*page),
    };
    apply(&act, &claim, &Command::AnswerContest { contest, keeps, comment }, "contest").await
}

async fn say(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let claim = path.0.claim(&act.visit.web, &act.visit.session.caller).await?;
    let text = match explained(&act, &claim, Offer::Comment) {
        Ok(text) => text,
        Err(page) => return Ok(*page),
    };
    apply(&act, &claim, &Command::Comment { from: Side::Partner, text }, "comment").await
}
