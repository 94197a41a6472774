//! From the verdict to the open window: the notice, the reminder, and telling the partner.

use crate::claim::command::{NoticeOutcome, Told, Why};
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::Event;
use crate::claim::finding::Finding;
use crate::claim::state::{Notice, Sending, State};
use crate::claim::{Claim, Status};
use crate::secrets::KeyId;

/// The intent before the effect: from here on every copy carries the same Message-ID, and the same
/// link once a copy may have arrived.
pub(super) fn record_sending(claim: &Claim, message_id: &str, link_key: KeyId) -> Decision {
    match &claim.state {
        State::Validated { notice } => {
            let sending = notice.sending.as_ref();
            let message_id =
                sending.map_or_else(|| message_id.to_owned(), |sending| sending.message_id.clone());
            let settled = sending.is_some_and(Sending::is_settled);
            let link_key = if settled { claim.link_key } else { Some(link_key) };
            Ok(vec![Event::NoticeSending { notice: notice.number, message_id, link_key }])
        }
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Notified { .. }
        | State::Paused { .. }
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
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Disqualified { .. } => nothing_to_do(),
        State::Submitted { .. } | State::Contested { .. } => Err(Why::WrongStatus),
    }
}

fn outcome_events(notice: &Notice, outcome: &NoticeOutcome) -> Vec<Event> {
    let number = notice.number;
    match outcome {
        NoticeOutcome::Accepted { reply, mail_sha256, window } => vec![Event::CustomerNotified {
            notice: number,
            reply: reply.clone(),
            mail_sha256: mail_sha256.clone(),
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
        NoticeOutcome::Refused { cause, answer_by, remind_at } => vec![
            Event::NoticeRefused { notice: number, cause: cause.clone() },
            Event::ActionRequested {
                findings: vec![undeliverable(cause)],
                answer_by: *answer_by,
                remind_at: *remind_at,
            },
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
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Notified { .. }
        | State::Paused { .. }
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
            mail_sha256: told.mail_sha256.clone(),
        }]),
        // The reminder came twice, or the claim was decided or passed on while it was being sent.
        State::Notified { reminded: true, .. }
        | State::Paused { .. }
        | State::ActionRequired { .. }
        | State::Refused(_)
        | State::Disputed(_)
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

/// Fits every state: what was told may be outdated by the time it is recorded, and then the
/// newer status is still to be told.
pub(super) fn record_partner_notice(claim: &Claim, outcome: Status, told: &Told) -> Vec<Event> {
    if claim.tell_partner_at.is_none() || claim.status() != outcome {
        return Vec::new();
    }
    let Told { delivered, reply, mail_sha256 } = told.clone();
    vec![Event::PartnerNotified { outcome, delivered, reply, mail_sha256 }]
}

/// Fits every state: what the customer answered is history by the time it gets a receipt.
pub(super) fn record_receipt(claim: &Claim, revision: u64, told: &Told) -> Vec<Event> {
    if claim.receipts.iter().all(|receipt| receipt.revision != revision) {
        return Vec::new();
    }
    let Told { delivered, reply, mail_sha256 } = told.clone();
    vec![Event::ReceiptSent { receipt: revision, delivered, reply, mail_sha256 }]
}
