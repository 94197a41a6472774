//! A claim as a line of a list.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::{Language, date_in_words};
use crate::claim::{Claim, Status};
use crate::http::ops::claims::tone;
use crate::http::partner::frame::Visit;
use crate::http::partner::next::{Next, next};
use crate::view::Dossier;

/// A line.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    name: String,
    status: Status,
    tone: &'static str,
    domain: String,
    items: Vec<String>,
    /// What comes next, and when.
    next: Option<Next>,
    /// When the claim was submitted, as a day at the customer's.
    submitted: String,
    submitted_at: DateTime<Utc>,
}

impl Row {
    /// The line of a claim.
    pub fn of(visit: &Visit, dossier: &Dossier, now: DateTime<Utc>) -> Self {
        let claim = &dossier.claim;
        let submission = &claim.submission;
        Self {
            id: claim.id.to_string(),
            name: submission.name.as_str().to_owned(),
            status: claim.status(),
            tone: tone(claim.status()),
            domain: submission.customer.domain.unicode().to_owned(),
            items: items(visit, claim),
            next: next(visit, dossier, now),
            submitted: day(visit, claim, claim.submitted_at, visit.language),
            submitted_at: claim.submitted_at,
        }
    }
}

/// The names of the claimed items.
fn items(visit: &Visit, claim: &Claim) -> Vec<String> {
    let catalog = &visit.web.ledger.rules().catalog;
    let name = |code: &str| catalog.item_name(code).unwrap_or(code).to_owned();
    claim.submission.items.iter().map(|item| name(item.code().as_str())).collect()
}

/// The day of an instant at the customer's.
fn day(visit: &Visit, claim: &Claim, at: DateTime<Utc>, language: Language) -> String {
    let zone = visit.web.customers_zone(claim);
    date_in_words(zone.local(at).date_naive(), language)
}
