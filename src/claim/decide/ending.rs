//! Ends that are not the window's: withdrawn, ended, expired.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::command::{Terms, Why};
use crate::claim::decide::dispute::unanswered;
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::{ClaimRefused, Event};
use crate::claim::review::RefusalCause;
use crate::claim::state::{EndReason, State};

pub(super) fn withdraw(claim: &Claim, reason: Option<&String>) -> Decision {
    match &claim.state {
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
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
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Withdrawn { .. } => Err(Why::WrongStatus),
    }
}

/// The partner had its time to answer.
pub(super) fn expire(claim: &Claim, terms: &Terms, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::ActionRequired { answer_by, .. } if now < *answer_by => {
            Err(Why::AnswerOpen { answer_by: *answer_by })
        }
        State::ActionRequired { findings, .. } if claim.file.reactivated => {
            Ok(vec![Event::ClaimDisqualified { findings: unanswered(findings) }])
        }
        State::ActionRequired { findings, .. } => Ok(vec![Event::ClaimRefused(ClaimRefused {
            findings: unanswered(findings),
            cause: RefusalCause::NoAnswer,
            until: terms.reactivate_until,
            by: terms.actor.clone(),
        })]),
        State::Refused(refused) if now < refused.until => {
            Err(Why::AnswerOpen { answer_by: refused.until })
        }
        State::Refused(refused) => {
            Ok(vec![Event::ClaimDisqualified { findings: refused.findings.clone() }])
        }
        // The job came twice, or the partner answered meanwhile.
        State::Submitted { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => nothing_to_do(),
    }
}
