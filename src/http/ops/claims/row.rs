//! A claim as a line of a list.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::{Claim, Status};
use crate::http::ops::frame::Visit;
use crate::http::ops::when::{At, away};
use crate::http::words;
use crate::view::{ClaimView, Dossier, status_in_words, waits_for};

/// A line.
#[derive(Serialize)]
pub(in crate::http::ops) struct Row<'a> {
    #[serde(flatten)]
    claim: ClaimView<'a>,
    words: &'static str,
    tone: &'static str,
    domain: &'a str,
    zone: String,
    submitted: At,
    /// When its running window ends.
    ends: Option<At>,
    /// The last day of its window, at the customer's.
    last_day: Option<String>,
    /// What is left of its window.
    left: Option<String>,
    is_late: bool,
    /// Whom or what it waits for.
    waits: Option<String>,
}

impl<'a> Row<'a> {
    /// The line of a claim, with what the visitor may see of it.
    pub fn of(visit: &Visit, dossier: &'a Dossier, now: DateTime<Utc>) -> Self {
        let claim = &dossier.claim;
        let zone = visit.web.customers_zone(claim);
        let window = claim.running_window();
        let is_late = window.is_some_and(|window| window.finalize_at <= now);
        Self {
            words: status_in_words(claim.status()),
            tone: tone(claim.status()),
            domain: claim.submission.customer.domain.unicode(),
            submitted: At::of(claim.submitted_at, &zone),
            ends: window.map(|window| At::of(window.closes_at(), &zone)),
            last_day: claim
                .open_window()
                .map(|window| window.deadline.last_day.format("%a %-d %b %Y").to_string()),
            left: left(claim, now),
            is_late,
            waits: waits(dossier, is_late),
            zone: zone.to_string(),
            claim: dossier.view().for_caller(&visit.session.caller.authority),
        }
    }
}

/// How a status looks: what is well, and what wants somebody's attention.
pub(in crate::http) const fn tone(status: Status) -> &'static str {
    match status {
        Status::Associated => "good",
        Status::ActionRequired | Status::Contested | Status::Paused => "warn",
        Status::Submitted
        | Status::Validated
        | Status::Notified
        | Status::Disqualified
        | Status::Rejected
        | Status::Withdrawn
        | Status::Ended => "",
    }
}

/// What is left of an open window, in words.
pub(in crate::http::ops) fn left(claim: &Claim, now: DateTime<Utc>) -> Option<String> {
    let window = claim.open_window()?;
    if let Some(since) = claim.paused_at() {
        let left = window.account(now, Some(since)).business_days_left;
        let days = if left == 1 { "day" } else { "days" };
        return Some(format!("stands still; {left} business {days} left"));
    }
    if window.admits(now) {
        return Some(away(window.closes_at(), now));
    }
    if now < window.finalize_at {
        return Some(format!("ended; finalized {}", away(window.finalize_at, now)));
    }
    let late = words::in_units(now - window.finalize_at);
    Some(if late.is_empty() { "due now".to_owned() } else { format!("{late} late") })
}

/// What is in the way comes before what should come.
fn waits(dossier: &Dossier, is_late: bool) -> Option<String> {
    match &dossier.stuck {
        Some(dead) => Some(format!("a person: {} failed ({})", dead.job, dead.letter.error)),
        None if is_late => Some("a worker: finalize_association is due".to_owned()),
        None => waits_for(&dossier.claim.state),
    }
}
