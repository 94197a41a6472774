//! What a partner's people do to a claim: withdraw it, end an association, agree to the contact
//! that the customer has named. Each has a page that says what will happen; its form acts.

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::claim::identity::Comment;
use crate::claim::review::Contest;
use crate::claim::state::EndReason;
use crate::claim::{Claim, Command, State, Status};
use crate::http::extract::Path;
use crate::http::partner::PEOPLE;
use crate::http::partner::frame::{Act, Page, Visit};
use crate::http::partner::next::short;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::ClaimPath;

use super::{path_of, remedies, section_of};

/// Something that can be done: a key in the tables of words, and the last part of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Offer {
    /// Put right what was found.
    Amend,
    /// Agree to the contact that the customer has named.
    Contact,
    /// Dispute a refusal.
    Dispute,
    /// Go on with a claim that was not answered in time.
    Reactivate,
    /// Answer another partner's claim on an item.
    Contest,
    /// Say something to the reviewers.
    Comment,
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
        State::Refused(refused) if refused.cause.can_be_disputed() => {
            offers.extend((!claim.file.disputed).then_some(Offer::Dispute));
        }
        State::Refused(_) => {
            offers.extend((!claim.file.reactivated).then_some(Offer::Reactivate));
        }
        _ => {}
    }
    offers.extend(unanswered(claim).map(|_| Offer::Contest));
    if !claim.status().is_closed() {
        offers.push(Offer::Comment);
    }
    if let State::Associated { .. } = claim.state {
        offers.push(Offer::End);
    }
    if claim.status() != Status::Associated && !claim.status().is_closed() {
        offers.push(Offer::Withdraw);
    }
    offers
}

/// The oldest contest of its items that the partner has not answered.
pub(super) fn unanswered(claim: &Claim) -> Option<&Contest> {
    claim.file.contests.iter().find(|contest| contest.answer.is_none())
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
    .chain(remedies::routes())
    .map(|route| route.signed_in(PEOPLE))
    .collect()
}

/// A contest that waits for the partner's answer.
#[derive(Serialize)]
struct Contested {
    /// The items that another partner claims.
    names: String,
    /// Until when the reviewer waits for an answer.
    until: String,
    /// What the customer's choice counts for, where it is asked.
    customer_say: Option<&'static str>,
}

#[derive(Serialize)]
struct View<'a> {
    offer: Offer,
    path: String,
    name: &'a str,
    customer: &'a str,
    /// Whom the customer has named.
    contact: Option<String>,
    contested: Option<Contested>,
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

pub(super) async fn ask(
    visit: &Visit,
    path: &ClaimPath,
    offer: Offer,
) -> Result<Response, Problem> {
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    page(visit, &claim, offer, String::new(), None)
}

/// What was written with an act that has to be explained; the page again, when it cannot be taken.
pub(super) fn explained(act: &Act, claim: &Claim, offer: Offer) -> Result<Comment, Box<Response>> {
    let written = act.fields.text("reason");
    Comment::parse(&written).map_err(|_| {
        let error = if written.is_empty() { "reason_missing" } else { "reason_too_long" };
        let page = page(&act.visit, claim, offer, written, Some(error));
        Box::new(page.unwrap_or_else(|problem| problem.into_response()))
    })
}

/// The page before an act; for one that cannot be done any more, the page of the claim says why.
pub(super) fn page(
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
    let catalog = &visit.web.ledger.rules().catalog;
    let contested = unanswered(claim).map(|contest| {
        let name = |code: &'_ str| catalog.item_name(code).unwrap_or(code).to_owned();
        let items: Vec<String> =
            contest.items.iter().map(|item| name(item.code().as_str())).collect();
        let zone = visit.web.customers_zone(claim);
        let until = short(contest.answer_by, &zone, visit.language);
        Contested { names: items.join(", "), until, customer_say: contest.customer.asked_for() }
    });
    let view = View {
        contested,
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
    let detail = match explained(&act, &claim, Offer::End) {
        Ok(detail) => Some(detail.as_str().to_owned()),
        Err(page) => return Ok(*page),
    };
    let reason = EndReason::PartnerWithdrew;
    apply(&act, &claim, &Command::End { reason, detail }, "end").await
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
