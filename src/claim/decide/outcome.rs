//! How the window ends: the customer rejects, agrees, or stays silent.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::command::Why;
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::Event;
use crate::claim::state::{EndReason, State};

/// An answer wins or loses by when it was received, never by when it was recorded.
pub(super) fn reject(
    claim: &Claim,
    received_at: DateTime<Utc>,
    reason: Option<&String>,
    now: DateTime<Utc>,
) -> Decision {
    if received_at > now {
        return Err(Why::Future { received_at });
    }
    let reason = reason.cloned();
    match &claim.state {
        State::Notified { window, .. } if window.admits(received_at) => {
            Ok(vec![Event::ClaimRejected { received_at, reason, receipt: true }])
        }
        State::Notified { .. } => late(claim, received_at, reason),
        // The window is open for as long as its time stands still.
        State::Paused { .. } => {
            Ok(vec![Event::ClaimRejected { received_at, reason, receipt: true }])
        }
        // A copy is out; the customer answered before its acceptance could be recorded.
        State::Validated { notice } if notice.sending.is_some() => {
            Ok(vec![Event::ClaimRejected { received_at, reason, receipt: true }])
        }
        // Received before the end of the window, but only after the customer had agreed, or entered
        // only after the claim was finalized: the no still counts, and the grant goes in the same
        // commit.
        State::Associated { association }
            if association.window().is_some_and(|window| window.admits(received_at)) =>
        {
            Ok(vec![Event::AssociationEnded {
                reason: EndReason::RejectedInTime,
                detail: reason,
                received_at: Some(received_at),
            }])
        }
        // Nobody was asked, so there is nothing to say no to; it can be ended.
        State::Associated { association } if association.imported().is_some() => Err(Why::Official),
        State::Associated { .. } => late(claim, received_at, reason),
        State::Rejected { .. } | State::Ended { .. } => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Withdrawn { .. } => Err(Why::WrongStatus),
    }
}

/// A no that is too late is recorded once, however often it is said.
fn late(claim: &Claim, received_at: DateTime<Utc>, reason: Option<String>) -> Decision {
    if claim.rejected_late {
        return nothing_to_do();
    }
    Ok(vec![Event::LateRejectionReceived { received_at, reason, receipt: true }])
}

pub(super) fn confirm(claim: &Claim, received_at: DateTime<Utc>, now: DateTime<Utc>) -> Decision {
    if received_at > now {
        return Err(Why::Future { received_at });
    }
    match &claim.state {
        State::Notified { window, .. } if window.admits(received_at) => Ok(vec![
            Event::ClaimConfirmed { received_at, receipt: true },
            Event::AssociationFinalized { official_at: received_at.max(window.opened_at) },
        ]),
        State::Paused { window, .. } => Ok(vec![
            Event::ClaimConfirmed { received_at, receipt: true },
            Event::AssociationFinalized { official_at: received_at.max(window.opened_at) },
        ]),
        // After the end silence has agreed already; the finalize job makes it official.
        State::Notified { .. } | State::Associated { .. } | State::Ended { .. } => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Rejected { .. }
        | State::Withdrawn { .. } => Err(Why::WrongStatus),
    }
}

/// Silence makes the association official at the end of the window, however late the worker is.
pub(super) fn finalize(claim: &Claim, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::Notified { window, .. } if window.admits(now) => {
            Err(Why::WindowOpen { closes_at: window.closes_at() })
        }
        State::Notified { window, .. } => {
            Ok(vec![Event::AssociationFinalized { official_at: window.closes_at() }])
        }
        // The job came twice, the claim was decided before, its window is void, or its time stands
        // still.
        State::ActionRequired { .. }
        | State::Refused(_)
        | State::Disputed(_)
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => nothing_to_do(),
        State::Submitted { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Validated { .. } => Err(Why::WrongStatus),
    }
}
