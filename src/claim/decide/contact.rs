//! "I am not the right person": the customer names another contact, and the partner agrees.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::claim::command::{ContactProposal, Why};
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::{ContactProposed, Event};
use crate::claim::finding::Finding;
use crate::claim::state::{Proposed, State};
use crate::claim::{Claim, Submission};

/// An answer that is in time voids the window; the hold on the items stays.
pub(super) fn propose(claim: &Claim, proposal: &ContactProposal, now: DateTime<Utc>) -> Decision {
    let received_at = proposal.received_at;
    if received_at > now {
        return Err(Why::Future { received_at });
    }
    // The answer came twice; a notice is passed on once.
    if claim.passed_on.as_ref().is_some_and(|passed_on| proposal.notice <= passed_on.notice) {
        return nothing_to_do();
    }
    match &claim.state {
        State::Notified { window, .. } if window.admits(received_at) => proposed(claim, proposal),
        State::Notified { window, .. } => Err(Why::WindowClosed { closes_at: window.closes_at() }),
        State::Paused { .. } => proposed(claim, proposal),
        // A copy is out; the customer answered before its acceptance could be recorded.
        State::Validated { notice } if notice.sending.is_some() => proposed(claim, proposal),
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

/// Only who has the newest notice can pass it on, and not to themselves.
fn proposed(claim: &Claim, proposal: &ContactProposal) -> Decision {
    if proposal.notice != claim.notices {
        return Err(Why::OtherNotice { newest: claim.notices });
    }
    if proposal.contact.email == claim.submission.customer.contact.email {
        return Err(Why::SameContact);
    }
    Ok(vec![Event::ContactProposed(ContactProposed {
        notice: proposal.notice,
        received_at: proposal.received_at,
        contact: proposal.contact.clone(),
        comment: proposal.comment.clone(),
        findings: vec![to_be_confirmed()],
        answer_by: proposal.answer_by,
        remind_at: proposal.remind_at,
    })])
}

fn to_be_confirmed() -> Finding {
    Finding::new(
        "customer.contact",
        "contact_proposed",
        "The customer's contact is not the right person and has named somebody else. Confirm the \
         named contact, or amend the claim with another one; the new contact gets a notice and \
         the whole time to answer.",
    )
}

/// The named contact becomes the customer's, and the claim is validated with it.
pub(super) fn confirm(claim: &Claim) -> Decision {
    match &claim.state {
        State::ActionRequired { proposed: Some(proposed), .. } => {
            let submission = Arc::new(with_contact(&claim.submission, proposed));
            Ok(vec![Event::ContactConfirmed { submission }])
        }
        State::ActionRequired { proposed: None, .. } => Err(Why::NothingProposed),
        // It was confirmed already, and the claim has gone on.
        State::Submitted { .. }
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
            if claim.passed_on.is_some() =>
        {
            nothing_to_do()
        }
        State::Submitted { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

fn with_contact(submission: &Submission, proposed: &Proposed) -> Submission {
    let mut submission = submission.clone();
    submission.customer.contact = proposed.contact.clone();
    submission
}
