//! From the verdict to the open window: the notice, the reminder, and telling the partner.

use crate::claim::command::{NoticeOutcome, Told, Why};
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::Event;
use crate::claim::finding::Finding;
use crate::claim::state::{Notice, State};
use crate::claim::{Claim, Status};

/// The intent before the effect: from here on every copy carries the same Message-ID.
pub(super) fn record_sending(claim: &Claim, message_id: &str) -> Decision {
    match &claim.state {
        State::Validated { notice } => {
            let message_id = notice
                .sending
                .as_ref()
                .map_or_else(|| message_id.to_owned(), |sending| sending.message_id.clone());
            Ok(vec![Event::NoticeSending { notice: notice.number, message_id }])
        }
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::Notified { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

pub(super) fn record(claim: &Claim, outcome: &NoticeOutcome) -> Decision {
    match &claim.state {
        State::Validated { notice } => match &notice.sending {
            Some(sending) if sending.in_flight => Ok(outcome_events(notice, outcome)),
            // No copy is out: the outcome was recorded before.
            Some(_) | None => nothing_to_do(),
        },
        // The outcome of a copy that somebody else has recorded, or that nobody waits for any
        // more.
        State::ActionRequired { .. }
        | State::Notified { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. }
        | State::Disqualified { .. } => nothing_to_do(),
        State::Submitted { .. } | State::Contested { .. } => Err(Why::WrongStatus),
    }
}

fn outcome_events(notice: &Notice, outcome: &NoticeOutcome) -> Vec<Event> {
    let number = notice.number;
    match outcome {
        NoticeOutcome::Accepted { reply, window } => vec![Event::CustomerNotified {
            notice: number,
            reply: reply.clone(),
            window: window.as_ref().clone(),
        }],
        NoticeOutcome::Deferred { cause, again_at } => vec![Event::NoticeDeferred {
            notice: number,
            cause: cause.clone(),
            again_at: *again_at,
        }],
        NoticeOutcome::Unknown { cause, again_at } => vec![Event::NoticeUncertain {
            notice: number,
            cause: cause.clone(),
            again_at: *again_at,
        }],
        NoticeOutcome::Refused { cause, answer_by } => vec![
            Event::NoticeRefused { notice: number, cause: cause.clone() },
            Event::ActionRequested { findings: vec![undeliverable(cause)], answer_by: *answer_by },
        ],
    }
}

/// F18: a permanent refusal by the mail server is for the partner to put right.
fn undeliverable(cause: &str) -> Finding {
    Finding::new(
        "customer.contact.email",
        "undeliverable",
        format!("The mail server refused the notice ({cause}). Name another customer contact."),
    )
}

/// A person sends the same message again after too many copies had no good end.
pub(super) fn resume(claim: &Claim) -> Decision {
    match &claim.state {
        State::Validated { notice } => match &notice.sending {
            Some(_) => Ok(vec![Event::NoticeResumed { notice: notice.number }]),
            None => nothing_to_do(),
        },
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::Notified { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

pub(super) fn record_reminder(claim: &Claim, told: &Told) -> Decision {
    match &claim.state {
        State::Notified { reminded: false, .. } => Ok(vec![Event::CustomerReminded {
            delivered: told.delivered,
            reply: told.reply.clone(),
        }]),
        // The reminder came twice, or the claim was decided while it was being sent.
        State::Notified { reminded: true, .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::Validated { .. } => Err(Why::WrongStatus),
    }
}

/// Fits every state: what was told may be outdated by the time it is recorded, and then the
/// newer status is still to be told.
pub(super) fn record_partner_notice(claim: &Claim, outcome: Status, told: &Told) -> Vec<Event> {
    if claim.tell_partner_at.is_none() || claim.status() != outcome {
        return Vec::new();
    }
    vec![Event::PartnerNotified { outcome, delivered: told.delivered, reply: told.reply.clone() }]
}
