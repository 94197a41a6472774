//! Ends that are not the window's: withdrawn, ended, expired.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::command::Why;
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::Event;
use crate::claim::finding::Finding;
use crate::claim::state::{EndReason, State};

pub(super) fn withdraw(claim: &Claim, reason: Option<&String>) -> Decision {
    match &claim.state {
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Contested { .. }
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. } => Ok(vec![Event::ClaimWithdrawn { reason: reason.cloned() }]),
        State::Withdrawn { .. } => nothing_to_do(),
        State::Associated { .. } => Err(Why::Official),
        State::Disqualified { .. } | State::Rejected { .. } | State::Ended { .. } => {
            Err(Why::WrongStatus)
        }
    }
}

pub(super) fn end(
    claim: &Claim,
    reason: &EndReason,
    detail: Option<&String>,
    now: DateTime<Utc>,
) -> Decision {
    match &claim.state {
        State::Associated { .. } => Ok(vec![Event::AssociationEnded {
            reason: reason.clone(),
            detail: detail.cloned(),
            received_at: (*reason == EndReason::CustomerWithdrew).then_some(now),
        }]),
        State::Ended { .. } => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Withdrawn { .. } => Err(Why::WrongStatus),
    }
}

/// The partner had its time to answer.
pub(super) fn expire(claim: &Claim, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::ActionRequired { answer_by, .. } if now < *answer_by => {
            Err(Why::AnswerOpen { answer_by: *answer_by })
        }
        State::ActionRequired { findings, .. } => {
            Ok(vec![Event::ClaimDisqualified { findings: unanswered(findings) }])
        }
        // The job came twice, or the partner answered meanwhile.
        State::Submitted { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => nothing_to_do(),
    }
}

/// The findings that were never answered, and that this is what ended the claim.
fn unanswered(findings: &[Finding]) -> Vec<Finding> {
    let message = "The partner did not answer the action required in time.";
    let mut all = vec![Finding::new("claim", "no_answer", message.to_owned())];
    all.extend_from_slice(findings);
    all
}
