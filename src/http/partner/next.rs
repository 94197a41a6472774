//! What comes next for a claim, and when: one line beside its status.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::moment;
use crate::claim::State;
use crate::view::Dossier;

use super::frame::Visit;

/// What comes next, or what has happened last.
#[derive(Debug, Serialize)]
pub(super) struct Next {
    /// The key of its words in the table `next`; they name the instant `when`.
    words: &'static str,
    /// For programs.
    at: DateTime<Utc>,
    /// At the customer's, in words.
    when: String,
    /// Whether it is near or past, and somebody's turn.
    is_pressing: bool,
}

/// What comes next.
pub(super) fn next(visit: &Visit, dossier: &Dossier, now: DateTime<Utc>) -> Option<Next> {
    let claim = &dossier.claim;
    let (words, at) = match &claim.state {
        State::ActionRequired { answer_by, .. } => ("answer_by", *answer_by),
        State::Notified { window, .. } => ("closes", window.closes_at()),
        State::Paused { paused_at, .. } => ("paused", *paused_at),
        State::Associated { association } => ("official", association.since),
        State::Disqualified { .. }
        | State::Rejected { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => ("decided", dossier.decided_at()?),
        State::Submitted { .. } | State::Contested { .. } | State::Validated { .. } => return None,
    };
    let zone = visit.web.customers_zone(claim);
    let soon = chrono::TimeDelta::days(2);
    let is_pressing = words == "answer_by" && at < now + soon;
    Some(Next { words, at, when: moment(at, &zone, visit.language), is_pressing })
}
