//! What a partner's people do to a claim: withdraw it, end an association, agree to the contact
//! that the customer has named. Each has a page that says what will happen; its form acts.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::claim::identity::Comment;
use crate::claim::state::EndReason;
use crate::claim::{Claim, Command, State, Status};
use crate::http::extract::Path;
use crate::http::partner::PEOPLE;
use crate::http::partner::frame::{Act, Page, Visit};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::ClaimPath;

use super::{path_of, section_of};

/// Something that can be done: a key in the tables of words, and the last part of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Offer {
    /// Put right what was found.
    Amend,
    /// Agree to the contact that the customer has named.
    Contact,
    /// Take the claim back.
    Withdraw,
    /// Give the association up.
    End,
}

/// What can be done about a claim now, what is asked for first.
pub(super) fn offers(claim: &Claim) -> Vec<Offer> {
    let mut offers = Vec::new();
    match &claim.state {
        State::ActionRequired { proposed, .. } => {
            offers.extend(proposed.as_ref().map(|_| Offer::Contact));
            offers.push(Offer::Amend);
        }
        State::Associated { .. } => offers.push(Offer::End),
        _ => {}
    }
    if claim.status() != Status::Associated && !claim.status().is_closed() {
        offers.push(Offer::Withdraw);
    }
    offers
}

pub(super) fn routes() -> Vec<Route> {
    let (contact, withdraw, end) = (
        "/partner/claims/{claim_id}/contact",
        "/partner/claims/{claim_id}/withdraw",
        "/partner/claims/{claim_id}/end",
    );
    let (words, acts) = ("What an act would do", "An act on a claim");
    vec![
        Route::new(Method::GET, contact, "ask_partner_contact", words, ask_contact),
        Route::new(Method::POST, contact, "partner_contact", acts, confirm_contact),
        Route::new(Method::GET, withdraw, "ask_partner_withdraw", words, ask_withdraw),
        Route::new(Method::POST, withdraw, "partner_withdraw", acts, take_back),
        Route::new(Method::GET, end, "ask_partner_end", words, ask_end),
        Route::new(Method::POST, end, "partner_end", acts, give_up),
    ]
    .into_iter()
    .map(|route| route.signed_in(PEOPLE))
    .collect()
}

#[derive(Serialize)]
struct View<'a> {
    offer: Offer,
    path: String,
    name: &'a str,
    customer: &'a str,
    /// Whom the customer has named.
    contact: Option<String>,
    /// What was written before, when it could not be taken.
    reason: String,
    /// The key of the words for what is wrong with it, in the table `error`.
    error: Option<&'static str>,
}

async fn ask_contact(visit: Visit, path: Path<ClaimPath>) -> Result<Response, Problem> {
    ask(&visit, &path.0, Offer::Contact).await
}

async fn ask_withdraw(visit: Visit, path: Path<ClaimPath>) -> Result<Response, Problem> {
    ask(&visit, &path.0, Offer::Withdraw).await
}

async fn ask_end(visit: Visit, path: Path<ClaimPath>) -> Result<Response, Problem> {
    ask(&visit, &path.0, Offer::End).await
}

async fn ask(visit: &Visit, path: &ClaimPath, offer: Offer) -> Result<Response, Problem> {
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    page(visit, &claim, offer, String::new(), None)
}

/// The page before an act; for one that cannot be done any more, the page of the claim says why.
fn page(
    visit: &Visit,
    claim: &Claim,
    offer: Offer,
    reason: String,
    error: Option<&'static str>,
) -> Result<Response, Problem> {
    if !offers(claim).contains(&offer) {
        let path = format!("{}?done=not_offered", path_of(claim.id));
        return Ok(crate::http::signed::see_other(&path));
    }
    let contact = match &claim.state {
        State::ActionRequired { proposed: Some(proposed), .. } => {
            let one = &proposed.contact;
            let parts = [one.name.as_str(), one.title.as_str(), one.email.as_str()];
            Some(parts.join(", "))
        }
        _ => None,
    };
    let view = View {
        offer,
        path: path_of(claim.id),
        name: claim.submission.name.as_str(),
        customer: claim.submission.customer.domain.unicode(),
        contact,
        reason,
        error,
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.reply_as(status, &Page { file: "confirm.html", section: section_of(claim), view })
}

async fn confirm_contact(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let claim = path.0.claim(&act.visit.web, &act.visit.session.caller).await?;
    apply(&act, &claim, &Command::ConfirmContact, "contact").await
}

async fn take_back(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let claim = path.0.claim(&act.visit.web, &act.visit.session.caller).await?;
    let reason = act.fields.text("reason");
    if !reason.is_empty() && Comment::parse(&reason).is_err() {
        return page(&act.visit, &claim, Offer::Withdraw, reason, Some("reason_too_long"));
    }
    let reason = (!reason.is_empty()).then_some(reason);
    apply(&act, &claim, &Command::Withdraw { reason }, "withdraw").await
}

async fn give_up(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let claim = path.0.claim(&act.visit.web, &act.visit.session.caller).await?;
    let detail = act.fields.text("reason");
    if Comment::parse(&detail).is_err() {
        let error = if detail.is_empty() { "reason_missing" } else { "reason_too_long" };
        return page(&act.visit, &claim, Offer::End, detail, Some(error));
    }
    let reason = EndReason::PartnerWithdrew;
    apply(&act, &claim, &Command::End { reason, detail: Some(detail) }, "end").await
}

/// Acts, and goes back to the page of the claim.
pub(super) async fn apply(
    act: &Act,
    claim: &Claim,
    command: &Command,
    done: &str,
) -> Result<Response, Problem> {
    let (ledger, actor) = (&act.visit.web.ledger, &act.visit.session.caller.name);
    let applied = ledger.apply(claim.id, command, actor).await?;
    let key = if applied.events.is_empty() { "nothing" } else { done };
    Ok(act.done(&path_of(claim.id), key))
}
