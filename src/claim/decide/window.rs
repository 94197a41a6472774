//! What reviewers and changes of calendars do to an open window: it can only become longer, and
//! one that has ended is never opened again.

use chrono::{DateTime, Utc};

use crate::calendar::BusinessDays;
use crate::claim::Claim;
use crate::claim::command::{Told, Why};
use crate::claim::correction::ExtensionCause;
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::Event;
use crate::claim::identity::Comment;
use crate::claim::state::State;
use crate::claim::window::Window;

/// The time stands still; the customer may go on answering.
pub(super) fn pause(claim: &Claim, reason: &Comment, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::Notified { window, .. } if window.admits(now) => {
            Ok(vec![Event::WindowPaused { paused_at: now, reason: reason.clone() }])
        }
        State::Notified { window, .. } => Err(Why::WindowClosed { closes_at: window.closes_at() }),
        State::Paused { .. } => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

pub(super) fn resume(claim: &Claim, window: &Window, reason: &Comment) -> Decision {
    match &claim.state {
        State::Paused { .. } => {
            Ok(vec![Event::WindowResumed { window: window.clone(), reason: reason.clone() }])
        }
        // It was resumed already.
        State::Notified { window, .. } if !window.deadline.adjustments.pauses.is_empty() => {
            nothing_to_do()
        }
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

/// A reviewer grants business days. Asked twice, they are granted twice: who repeats a request that
/// may have been lost looks at the claim first.
pub(super) fn extend(
    claim: &Claim,
    business_days: BusinessDays,
    window: &Window,
    reason: &Comment,
    now: DateTime<Utc>,
) -> Decision {
    let (business_days, reason) = (business_days.get(), reason.clone());
    extended(claim, window, ExtensionCause::Reviewer { business_days, reason }, now)
}

/// Calendar, time zones or an outage ask for a later end; nothing happens where they do not.
pub(super) fn realign(
    claim: &Claim,
    window: &Window,
    cause: &ExtensionCause,
    now: DateTime<Utc>,
) -> Decision {
    match &claim.state {
        State::Notified { .. } | State::Paused { .. } => {
            match extended(claim, window, cause.clone(), now) {
                // It ended meanwhile, or is long enough.
                Err(Why::WindowClosed { .. } | Why::NotLater { .. }) => nothing_to_do(),
                decision => decision,
            }
        }
        // The claim was decided meanwhile.
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => nothing_to_do(),
    }
}

fn extended(claim: &Claim, new: &Window, cause: ExtensionCause, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::Notified { window, .. } if !window.admits(now) => {
            Err(Why::WindowClosed { closes_at: window.closes_at() })
        }
        State::Notified { window, .. } | State::Paused { window, .. } if new.is_later(window) => {
            Ok(vec![Event::WindowExtended { window: new.clone(), cause }])
        }
        State::Notified { window, .. } | State::Paused { window, .. } => {
            Err(Why::NotLater { closes_at: window.closes_at() })
        }
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

/// Fits every state: what was owed may be owed no more when it has been sent.
pub(super) fn record_correction(claim: &Claim, revision: u64, told: &Told) -> Vec<Event> {
    if claim.corrections.iter().all(|correction| correction.revision != revision) {
        return Vec::new();
    }
    let Told { delivered, reply, mail_sha256 } = told.clone();
    vec![Event::CorrectionSent { correction: revision, delivered, reply, mail_sha256 }]
}
