//! Why a claim stands where it does, in words.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::claim::review::RefusalCause;
use crate::claim::state::Holder;
use crate::claim::{Finding, State};

/// An instant in UTC, to the second, or finer where it is.
#[must_use]
pub fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Why a claim is where it is, where there is a reason.
#[must_use]
pub fn reason(state: &State) -> Option<String> {
    match state {
        State::Rejected { reason, .. } | State::Withdrawn { reason } => reason.clone(),
        State::Ended { reason, .. } => Some(reason.as_str().to_owned()),
        State::ActionRequired { findings, .. } | State::Disqualified { findings } => {
            Some(sentences(findings))
        }
        State::Refused(refused) => Some(sentences(&refused.findings)),
        State::Disputed(disputed) => Some(sentences(&disputed.refusal.findings)),
        State::Contested { holders, .. } => Some(held_by(holders)),
        State::Submitted { .. }
        | State::UnderReview(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Associated { .. } => None,
    }
}

/// Whom or what the claim waits for; nothing once it is decided.
#[must_use]
pub fn waits_for(state: &State) -> Option<String> {
    match state {
        State::Submitted { validate_at } => Some(format!("validation at {}", utc(*validate_at))),
        State::ActionRequired { answer_by, .. } => {
            Some(format!("the partner's answer until {}", utc(*answer_by)))
        }
        State::Contested { .. } => Some("an arbitration".to_owned()),
        State::UnderReview(review) => {
            Some(format!("a reviewer, until {}", utc(review.decide_by.due.by)))
        }
        State::Refused(refused) => {
            let what = match refused.cause {
                RefusalCause::NoAnswer => "reactivate it",
                RefusalCause::Reviewer | RefusalCause::Arbitration => "dispute it",
            };
            Some(format!("the partner, who can {what} until {}", utc(refused.until)))
        }
        State::Disputed(disputed) => {
            Some(format!("a decision about the dispute, until {}", utc(disputed.decide_by.due.by)))
        }
        State::Validated { notice } => {
            Some(format!("the mail server to take notice {}", notice.number))
        }
        State::Notified { .. } => Some("the customer, or the end of the window".to_owned()),
        State::Paused { paused_at, .. } => {
            let since = utc(*paused_at);
            Some(format!("the customer, or a reviewer who resumes what was paused at {since}"))
        }
        State::Disqualified { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => None,
    }
}

/// What findings say, one sentence after the other.
#[must_use]
pub fn sentences(findings: &[Finding]) -> String {
    findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join(" ")
}

/// Who has what.
#[must_use]
pub fn held_by(holders: &[Holder]) -> String {
    let held = holders.iter().map(|holder| {
        let has = if holder.official { "is associated with" } else { "is held by" };
        format!(
            "{} {has} claim {} of partner {}",
            holder.item.key(),
            holder.claim_id,
            holder.mpn_id
        )
    });
    held.collect::<Vec<_>>().join("; ")
}
