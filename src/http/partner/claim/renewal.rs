//! A claim that takes the place of an association whose subscription ends soon or has ended: a
//! button that begins its draft, or opens the one that a colleague has begun.

use axum::http::Method;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::calendar::date_in_words;
use crate::claim::state::EndReason;
use crate::claim::{Claim, State};
use crate::directory::Lasting;
use crate::http::extract::Path;
use crate::http::partner::PEOPLE;
use crate::http::partner::frame::{Act, Visit};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::http::v1::ClaimPath;
use crate::http::v1::drafts::problem;
use crate::worker::lasting;

use super::path_of;

pub(super) fn routes() -> Vec<Route> {
    let (path, says) = ("/partner/claims/{claim_id}/renewal", "Begin or open its renewal");
    vec![Route::new(Method::POST, path, "renew_partner_claim", says, renew).signed_in(PEOPLE)]
}

/// Why a renewal is offered.
#[derive(Serialize)]
pub(super) struct Renewal {
    /// The key of the words in the table `renewal`.
    words: &'static str,
    /// The last day, where it is known.
    day: Option<NaiveDate>,
    when: String,
}

/// The renewal that is offered, if one is.
pub(super) async fn of(visit: &Visit, claim: &Claim, now: DateTime<Utc>) -> Option<Renewal> {
    let over = || Some(Renewal { words: "over", day: None, when: String::new() });
    let association = match &claim.state {
        State::Associated { association } if claim.watched_since().is_some() => association,
        State::Ended { reason: EndReason::SubscriptionEnded, .. } => return over(),
        _ => return None,
    };
    let day = match lasting(claim, association, &visit.web.directory, now).await {
        Lasting::Over => return over(),
        Lasting::Open => return None,
        Lasting::Until(day) => day,
    };
    let left = (day - now.date_naive()).num_days();
    let is_soon = left <= i64::from(visit.web.subscriptions.soon_days());
    let when = date_in_words(day, visit.language);
    is_soon.then_some(Renewal { words: "soon", day: Some(day), when })
}

async fn renew(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let (visit, web) = (&act.visit, &act.visit.web);
    let claim = path.0.claim(web, &visit.session.caller).await?;
    let now = web.ledger.clock().now().await?;
    if of(visit, &claim, now).await.is_none() {
        return Ok(act.done(&path_of(claim.id), "not_offered"));
    }
    let draft = web.drafts.renewal_of(&claim, visit.name()).await;
    let draft = draft.map_err(|error| problem("begin the renewal", error))?;
    Ok(see_other(&format!("/partner/drafts/{}", draft.id)))
}
