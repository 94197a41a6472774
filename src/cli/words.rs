//! Claims in words, for people: statuses, reasons, what a claim waits for, what has happened.

use chrono::{DateTime, Utc};

use cpor::calendar::{Language, closing_moment};
use cpor::claim::event::Event;
use cpor::claim::state::EndReason;
use cpor::claim::{ExtensionCause, Status, Window};
use cpor::view::{held_by, sentences};
pub use cpor::view::{reason, utc, waits_for};

/// The status in words.
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::Submitted => "submitted",
        Status::ActionRequired => "action required",
        Status::Disqualified => "disqualified",
        Status::Contested => "contested",
        Status::Validated => "validated",
        Status::Notified => "customer notified",
        Status::Paused => "paused by a reviewer",
        Status::Rejected => "rejected by the customer",
        Status::Associated => "associated (official)",
        Status::Withdrawn => "withdrawn by the partner",
        Status::Ended => "ended",
    }
}

const fn end_reason(reason: &EndReason) -> &'static str {
    match reason {
        EndReason::CustomerWithdrew => "the customer withdrew",
        EndReason::PartnerWithdrew => "the partner withdrew",
        EndReason::SubscriptionEnded => "the subscription ended",
        EndReason::Superseded => "another partner won an arbitration",
        EndReason::RejectedInTime => "the customer had rejected in time",
    }
}

fn quoted(words: Option<&String>) -> String {
    words.map(|words| format!(": \"{words}\"")).unwrap_or_default()
}

fn told(whom: &str, delivered: bool, reply: &str) -> String {
    if delivered {
        format!("{whom} ({reply})")
    } else {
        format!("{whom} could not be reached: the mail server refused the mail ({reply})")
    }
}

fn closes(window: &Window) -> String {
    closing_moment(&window.deadline, Language::English)
}

/// Why a window became longer.
fn extension(cause: &ExtensionCause, moment: &dyn Fn(DateTime<Utc>) -> String) -> String {
    match cause {
        ExtensionCause::Reviewer { business_days, reason } => {
            let days = if *business_days == 1 { "day" } else { "days" };
            let reason = reason.as_str();
            format!("the window was extended by {business_days} business {days}: {reason}")
        }
        ExtensionCause::Calendar { edition, days, .. } => {
            let days: Vec<String> = days.iter().map(|day| day.date.to_string()).collect();
            format!("edition {edition} of the calendars has changed {}", days.join(", "))
        }
        ExtensionCause::TimeZones { edition, tzdb_before } => format!(
            "edition {edition} of the calendars came with newer time zone data than {tzdb_before}"
        ),
        ExtensionCause::Outage { outage, reason } => format!(
            "the page could not be reached from {} to {}: {}",
            moment(outage.from),
            moment(outage.to),
            reason.as_str()
        ),
    }
}

/// What has happened, in a sentence without its end; instants in UTC.
pub fn event(event: &Event) -> String {
    event_in(event, &utc)
}

/// What has happened, in a sentence without its end; instants as `moment` writes them.
pub fn event_in(event: &Event, moment: &dyn Fn(DateTime<Utc>) -> String) -> String {
    match event {
        Event::ClaimSubmitted { submission } => format!("submitted by {}", submission.source),
        Event::ClaimAmended { .. } => "amended by the partner".to_owned(),
        Event::VerdictDeferred { findings, again_at } => {
            format!("validated again at {}. {}", moment(*again_at), sentences(findings))
        }
        Event::ClaimValidated => "validated; the claim holds its items".to_owned(),
        Event::ActionRequested { findings, answer_by } => {
            format!("action required until {}. {}", moment(*answer_by), sentences(findings))
        }
        Event::ClaimDisqualified { findings } => format!("disqualified. {}", sentences(findings)),
        Event::ClaimContested { holders } => format!("contested: {}", held_by(holders)),
        Event::NoticeSending { notice, message_id, .. } => {
            format!("notice {notice} goes to the mail server as {message_id}")
        }
        Event::NoticeDeferred { notice, cause, again_at } => {
            format!("notice {notice} was not taken ({cause}); again at {}", moment(*again_at))
        }
        Event::NoticeUncertain { notice, cause, again_at } => format!(
            "nobody knows whether notice {notice} was taken ({cause}); the same message goes out \
             again at {}",
            moment(*again_at)
        ),
        Event::NoticeResumed { notice } => format!("notice {notice} is sent again, as asked"),
        Event::NoticeRefused { notice, cause } => format!("notice {notice} was refused ({cause})"),
        Event::CustomerNotified { notice, reply, window, .. } => format!(
            "the mail server took notice {notice} ({reply}); the customer can reject before {}",
            closes(window)
        ),
        Event::CustomerReminded { delivered, reply, .. } => {
            told("the customer was reminded", *delivered, reply)
        }
        Event::WindowPaused { reason, .. } => format!("the window was paused: {}", reason.as_str()),
        Event::WindowResumed { window, reason } => format!(
            "the window was resumed: {}; the customer can reject before {}",
            reason.as_str(),
            closes(window)
        ),
        Event::WindowExtended { window, cause } => format!(
            "{}; the customer can reject before {}",
            extension(cause, moment),
            closes(window)
        ),
        Event::CorrectionSent { correction, delivered, reply, .. } => {
            told(&format!("the customer was told of event {correction}"), *delivered, reply)
        }
        Event::ContactProposed { received_at, contact, answer_by, .. } => format!(
            "the customer named another contact ({}) at {}; the window is void, and the partner \
             can confirm the contact until {}",
            contact.email.masked(),
            moment(*received_at),
            moment(*answer_by)
        ),
        Event::ContactConfirmed { .. } => "the partner confirmed the named contact".to_owned(),
        Event::ClaimRejected { received_at, reason, .. } => {
            format!(
                "rejected by the customer at {}{}",
                moment(*received_at),
                quoted(reason.as_ref())
            )
        }
        Event::LateRejectionReceived { received_at, reason, .. } => format!(
            "a rejection came too late, at {}{}",
            moment(*received_at),
            quoted(reason.as_ref())
        ),
        Event::ClaimConfirmed { received_at, .. } => {
            format!("the customer agreed at {}", moment(*received_at))
        }
        Event::AssociationFinalized { official_at } => {
            format!("official since {}; usage data is open to the partner", moment(*official_at))
        }
        Event::ClaimWithdrawn { reason } => {
            format!("withdrawn by the partner{}", quoted(reason.as_ref()))
        }
        Event::AssociationEnded { reason, detail, .. } => format!(
            "ended, because {}{}; the grant is revoked",
            end_reason(reason),
            quoted(detail.as_ref())
        ),
        Event::PartnerNotified { outcome, delivered, reply, .. } => {
            let whom = format!("the partner was told: {}", status(*outcome));
            told(&whom, *delivered, reply)
        }
        Event::ReceiptSent { receipt, delivered, reply, .. } => {
            told(&format!("the customer got a receipt of event {receipt}"), *delivered, reply)
        }
        Event::PersonalDataErased { reason, fields, .. } => {
            format!("personal data was erased ({}): {}", fields.join(", "), reason.as_str())
        }
    }
}
