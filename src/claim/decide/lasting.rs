//! What an association rests on: taken over from an earlier program; told that it ends soon.

use crate::claim::Claim;
use crate::claim::command::{Told, Why};
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::{Event, SubscriptionEndWarned};
use crate::claim::lasting::EndWarning;
use crate::claim::state::State;
use crate::claim::submission::Submission;

/// The same association twice is one claim.
pub(super) fn import(claim: &Claim, submission: &Submission) -> Decision {
    let same = claim.submission.source == submission.source
        && claim.submission.idempotency_key == submission.idempotency_key;
    if same { nothing_to_do() } else { Err(Why::Exists) }
}

pub(super) fn record_end_warning(claim: &Claim, warning: EndWarning, told: &Told) -> Vec<Event> {
    match &claim.state {
        State::Associated { association } if !association.warned.contains(&warning) => {
            let Told { delivered, reply, mail_sha256 } = told.clone();
            let warned = SubscriptionEndWarned { warning, delivered, reply, mail_sha256 };
            vec![Event::SubscriptionEndWarned(warned)]
        }
        // The job came twice, or the association ended meanwhile.
        State::Associated { .. }
        | State::Submitted { .. }
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
        | State::Withdrawn { .. }
        | State::Ended { .. } => Vec::new(),
    }
}
