//! The spans of a claim as a whole. No process is there from a claim's start to its end, so they
//! are made when they end, from the claim itself, by whoever commits their end.

use chrono::{DateTime, Utc};
use tracing::info_span;

use crate::claim::{Claim, State};
use crate::store::meta::ClockMode;

/// Tells of what a commit has ended: a window, the way of a claim, an association.
pub(crate) fn tell_outcome(before: Option<&Claim>, after: &Claim, mode: ClockMode) {
    let virtual_clock = (mode == ClockMode::Virtual).then_some(mode.as_str());
    let outcome_at = outcome_at(after);
    if let (Some(window), None) = (before.and_then(|b| b.open_window()), after.open_window()) {
        let ended_at = outcome_at.unwrap_or(after.changed_at);
        drop(info_span!("window", claim.id = %after.id, claim.revision = after.revision,
            claim.status = after.status().as_str(),
            window.closes_at = window.closes_at().to_rfc3339(),
            clock.mode = virtual_clock,
            span.started_us = window.opened_at.timestamp_micros(),
            span.ended_us = ended_at.timestamp_micros()));
    }
    let had_outcome = before.is_some_and(|before| self::outcome_at(before).is_some());
    if let (Some(ended_at), false) = (outcome_at, had_outcome) {
        let programs: Vec<_> = after.submission.programs().map(|p| p.as_str()).collect();
        drop(info_span!("claim", claim.id = %after.id, claim.revision = after.revision,
            claim.status = after.status().as_str(),
            claim.program = programs.join(","),
            clock.mode = virtual_clock,
            span.started_us = after.submitted_at.timestamp_micros(),
            span.ended_us = ended_at.timestamp_micros()));
    }
    if let Some(State::Associated { association }) = before.map(|before| &before.state)
        && let State::Ended { reason, ended_at, .. } = &after.state
    {
        drop(info_span!("association", claim.id = %after.id, claim.revision = after.revision,
            association.end_reason = reason.as_str(),
            clock.mode = virtual_clock,
            span.started_us = association.since.timestamp_micros(),
            span.ended_us = ended_at.timestamp_micros()));
    }
}

/// When a claim that has just had its outcome had it.
fn outcome_at(claim: &Claim) -> Option<DateTime<Utc>> {
    match &claim.state {
        State::Rejected { received_at, .. } => Some(*received_at),
        State::Associated { association } => Some(association.since),
        State::Ended { ended_at, .. } => Some(*ended_at),
        State::Disqualified { .. } | State::Withdrawn { .. } => Some(claim.changed_at),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. } => None,
    }
}
