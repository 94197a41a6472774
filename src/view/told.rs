//! What has happened to a claim, in sentences without their ends, for people.

mod decision;

use chrono::{DateTime, Utc};

use crate::calendar::{Language, closing_moment};
use crate::claim::event::{Event, SubscriptionEndWarned};
use crate::claim::identity::Comment;
use crate::claim::state::EndReason;
use crate::claim::{ExtensionCause, Status, Window};
use crate::view::{held_by, sentences};
pub use decision::chose_in_words;

/// The status in words.
#[must_use]
pub const fn status_in_words(status: Status) -> &'static str {
    match status {
        Status::Submitted => "submitted",
        Status::ActionRequired => "action required",
        Status::Disqualified => "disqualified",
        Status::Contested => "contested",
        Status::UnderReview => "under review",
        Status::Refused => "refused",
        Status::Disputed => "disputed by the partner",
        Status::Validated => "validated",
        Status::Notified => "customer notified",
        Status::Paused => "paused by a reviewer",
        Status::Rejected => "rejected by the customer",
        Status::Associated => "associated (official)",
        Status::Withdrawn => "withdrawn by the partner",
        Status::Ended => "ended",
    }
}

/// Why an association ended, in words.
#[must_use]
pub const fn end_in_words(reason: &EndReason) -> &'static str {
    match reason {
        EndReason::CustomerWithdrew => "the customer withdrew",
        EndReason::PartnerWithdrew => "the partner withdrew",
        EndReason::SubscriptionEnded => "the subscription ended",
        EndReason::Superseded => "another partner won an arbitration",
        EndReason::RejectedInTime => "the customer had rejected in time",
    }
}

/// How events are told.
pub struct Told<'a> {
    /// How instants are written.
    pub moment: &'a dyn Fn(DateTime<Utc>) -> String,
    /// Whether the words of customers, partners and reviewers are repeated; who looks after queues
    /// does not see them.
    pub with_words: bool,
}

impl Told<'_> {
    /// What has happened.
    #[must_use]
    pub fn event(&self, event: &Event) -> String {
        match event {
            Event::ClaimSubmitted { .. }
            | Event::ClaimAmended { .. }
            | Event::VerdictDeferred { .. }
            | Event::ClaimValidated
            | Event::ActionRequested { .. }
            | Event::ClaimDisqualified { .. }
            | Event::ClaimContested { .. }
            | Event::ContactProposed { .. }
            | Event::ContactConfirmed { .. }
            | Event::PersonalDataErased { .. } => self.of_the_verdict(event),
            Event::NoticeSending { .. }
            | Event::NoticeDeferred { .. }
            | Event::NoticeUncertain { .. }
            | Event::NoticeResumed { .. }
            | Event::NoticeRefused { .. }
            | Event::CustomerNotified { .. }
            | Event::CustomerReminded { .. }
            | Event::CorrectionSent { .. }
            | Event::PartnerNotified { .. }
            | Event::SubscriptionEndWarned(_)
            | Event::ReceiptSent { .. } => self.of_mails(event),
            Event::WindowPaused { .. }
            | Event::WindowResumed { .. }
            | Event::WindowExtended { .. }
            | Event::ClaimRejected { .. }
            | Event::LateRejectionReceived { .. }
            | Event::ClaimConfirmed { .. }
            | Event::AssociationFinalized { .. }
            | Event::AssociationImported(_)
            | Event::ClaimWithdrawn { .. }
            | Event::AssociationEnded { .. } => self.of_the_end(event),
            Event::ReviewRequested(_)
            | Event::ReviewApproved(_)
            | Event::ClaimRefused(_)
            | Event::ClaimDisputed(_)
            | Event::DisputeDecided(_)
            | Event::ClaimReactivated(_)
            | Event::ItemsContested(_)
            | Event::ContestAnswered(_)
            | Event::IncumbentAnswered(_)
            | Event::ChoiceAsked(_)
            | Event::CustomerChose(_)
            | Event::ContestWon(_)
            | Event::ContestClosed(_)
            | Event::IncumbentNotified(_)
            | Event::CommentAdded(_)
            | Event::ProofAdded(_)
            | Event::PartnerReminded(_)
            | Event::ReviewersTold(_) => self.of_a_decision(event),
        }
    }

    fn of_the_verdict(&self, event: &Event) -> String {
        let at = self.moment;
        match event {
            Event::ClaimSubmitted { submission } => format!("submitted by {}", submission.source),
            Event::ClaimAmended { .. } => "amended by the partner".to_owned(),
            Event::VerdictDeferred { findings, again_at } => {
                format!("validated again at {}. {}", at(*again_at), sentences(findings))
            }
            Event::ClaimValidated => "validated; the claim holds its items".to_owned(),
            Event::ActionRequested { findings, answer_by, .. } => {
                format!("action required until {}. {}", at(*answer_by), sentences(findings))
            }
            Event::ClaimDisqualified { findings } => {
                format!("disqualified. {}", sentences(findings))
            }
            Event::ClaimContested(event) => format!("contested: {}", held_by(&event.holders)),
            Event::ContactProposed(proposed) => format!(
                "the customer named another contact{} at {}; the window is void, and the partner \
                 can confirm the contact until {}",
                self.shown(|| format!(" ({})", proposed.contact.email.masked())),
                at(proposed.received_at),
                at(proposed.answer_by)
            ),
            Event::ContactConfirmed { .. } => "the partner confirmed the named contact".to_owned(),
            Event::PersonalDataErased(erased) => {
                let (fields, reason) = (erased.fields.join(", "), erased.reason.as_str());
                format!("personal data was erased ({fields}): {reason}")
            }
            other => other.name().to_owned(),
        }
    }

    fn of_mails(&self, event: &Event) -> String {
        let at = self.moment;
        match event {
            Event::NoticeSending { notice, message_id, .. } => {
                format!("notice {notice} goes to the mail server as {message_id}")
            }
            Event::NoticeDeferred { notice, cause, again_at } => {
                format!("notice {notice} was not taken ({cause}); again at {}", at(*again_at))
            }
            Event::NoticeUncertain { notice, cause, again_at } => format!(
                "nobody knows whether notice {notice} was taken ({cause}); the same message goes \
                 out again at {}",
                at(*again_at)
            ),
            Event::NoticeResumed { notice } => format!("notice {notice} is sent again, as asked"),
            Event::NoticeRefused { notice, cause } => {
                format!("notice {notice} was refused ({cause})")
            }
            Event::CustomerNotified { notice, reply, window, .. } => format!(
                "the mail server took notice {notice} ({reply}); the customer can reject before {}",
                closes(window)
            ),
            Event::CustomerReminded { delivered, reply, .. } => {
                told("the customer was reminded", *delivered, reply)
            }
            Event::CorrectionSent { correction, delivered, reply, .. } => {
                told(&format!("the customer was told of event {correction}"), *delivered, reply)
            }
            Event::PartnerNotified { outcome, delivered, reply, .. } => {
                let whom = format!("the partner was told: {}", status_in_words(*outcome));
                told(&whom, *delivered, reply)
            }
            Event::SubscriptionEndWarned(SubscriptionEndWarned {
                warning,
                delivered,
                reply,
                ..
            }) => {
                let whom = warning.side.as_str();
                let what = format!("the {whom} was told that it ends after {}", warning.ends_on);
                told(&what, *delivered, reply)
            }
            Event::ReceiptSent { receipt, delivered, reply, .. } => {
                told(&format!("the customer got a receipt of event {receipt}"), *delivered, reply)
            }
            other => other.name().to_owned(),
        }
    }

    fn of_the_end(&self, event: &Event) -> String {
        let at = self.moment;
        match event {
            Event::WindowPaused { reason, .. } => {
                format!("the window was paused{}", self.because(reason))
            }
            Event::WindowResumed { window, reason } => format!(
                "the window was resumed{}; the customer can reject before {}",
                self.because(reason),
                closes(window)
            ),
            Event::WindowExtended { window, cause } => format!(
                "{}; the customer can reject before {}",
                self.extension(cause),
                closes(window)
            ),
            Event::ClaimRejected { received_at, reason, .. } => format!(
                "rejected by the customer at {}{}",
                at(*received_at),
                self.quoted(reason.as_ref())
            ),
            Event::LateRejectionReceived { received_at, reason, .. } => format!(
                "a rejection came too late, at {}{}",
                at(*received_at),
                self.quoted(reason.as_ref())
            ),
            Event::ClaimConfirmed { received_at, .. } => {
                format!("the customer agreed at {}", at(*received_at))
            }
            Event::AssociationFinalized { official_at } => {
                format!("official since {}; usage data is open to the partner", at(*official_at))
            }
            Event::AssociationImported(event) => format!(
                "imported from {}, official since {}, until the subscription ends (the file says \
                 {}); usage data is open to the partner",
                event.imported.origin.as_str(),
                at(event.since),
                event.imported.ends_on
            ),
            Event::ClaimWithdrawn { reason } => {
                format!("withdrawn by the partner{}", self.quoted(reason.as_ref()))
            }
            Event::AssociationEnded { reason, detail, .. } => format!(
                "ended, because {}{}; the grant is revoked",
                end_in_words(reason),
                self.quoted(detail.as_ref())
            ),
            other => other.name().to_owned(),
        }
    }

    /// Why a window became longer.
    fn extension(&self, cause: &ExtensionCause) -> String {
        let at = self.moment;
        match cause {
            ExtensionCause::Reviewer { business_days, reason } => {
                let days = if *business_days == 1 { "day" } else { "days" };
                let because = self.because(reason);
                format!("the window was extended by {business_days} business {days}{because}")
            }
            ExtensionCause::Calendar { edition, days, .. } => {
                let days: Vec<String> = days.iter().map(|day| day.date.to_string()).collect();
                format!("edition {edition} of the calendars has changed {}", days.join(", "))
            }
            ExtensionCause::TimeZones { edition, tzdb_before } => format!(
                "edition {edition} of the calendars came with newer time zone data than \
                 {tzdb_before}"
            ),
            ExtensionCause::Outage { outage, reason } => format!(
                "the page could not be reached from {} to {}{}",
                at(outage.from),
                at(outage.to),
                self.because(reason)
            ),
        }
    }

    fn because(&self, reason: &Comment) -> String {
        self.shown(|| format!(": {}", reason.as_str()))
    }

    fn quoted(&self, words: Option<&String>) -> String {
        words.map(|words| self.shown(|| format!(": \"{words}\""))).unwrap_or_default()
    }

    fn shown(&self, words: impl Fn() -> String) -> String {
        if self.with_words { words() } else { String::new() }
    }
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
