//! A mail that was sent, written again from what its claim was before the event that says so. No
//! mail is kept: Message-ID, date and words follow from the history, the templates and the keys.

use crate::claim::{Claim, Event, State};
use crate::mail::{Mail, MailKind};
use crate::worker::JobError;
use crate::worker::notify_partner::outcome;
use crate::worker::texts::{
    Stationery, choice_mail, contest_notice, correction_mail, customer_mail, ending_mail,
    message_id, notice_mail, partner_mail, partner_reminder, receipt_mail, review_notice,
};

/// The mail that the event speaks of; nothing when it speaks of none, or the claim as it was owed
/// none.
pub(crate) fn mail_of_event(
    cx: &Stationery,
    before: &Claim,
    event: &Event,
) -> Option<Result<Mail, JobError>> {
    match event {
        Event::CustomerNotified { .. }
        | Event::NoticeRefused { .. }
        | Event::NoticeUncertain { .. } => {
            let State::Validated { notice } = &before.state else { return None };
            Some(notice_mail(cx, before, notice.sending.as_ref()?))
        }
        Event::CustomerReminded { mail_sha256: Some(_), .. } => reminder(cx, before),
        Event::CorrectionSent { correction, .. } => {
            let mut owed = before.corrections.iter();
            let correction = owed.find(|owed| owed.revision == *correction)?;
            Some(correction_mail(cx, before, correction, before.open_window()?))
        }
        Event::SubscriptionEndWarned(warned) => Some(ending_mail(cx, before, warned.warning)),
        Event::PartnerNotified { .. } => {
            let outcome = outcome(before.status())?;
            Some(partner_mail(cx, before, outcome, before.tell_partner_at?))
        }
        Event::PartnerReminded(_) => match &before.state {
            State::ActionRequired { remind_at: Some(remind_at), .. } => {
                Some(partner_reminder(cx, before, *remind_at))
            }
            _ => None,
        },
        Event::IncumbentNotified(notified) => {
            let mut contests = before.file.contests.iter();
            let contest = contests.find(|known| known.revision == notified.contest)?;
            Some(contest_notice(cx, before, contest))
        }
        Event::ChoiceAsked(asked) => choice_mail(cx, before, &asked.incumbents).transpose(),
        Event::ReviewersTold(_) => {
            let (urgency, due_at) = before.decide_by()?.next()?;
            review_notice(cx, before, urgency, due_at).transpose()
        }
        Event::ReceiptSent { receipt, .. } => {
            let receipt = before.receipts.iter().find(|owed| owed.revision == *receipt)?;
            Some(receipt_mail(cx, before, receipt))
        }
        _ => None,
    }
}

fn reminder(cx: &Stationery, claim: &Claim) -> Option<Result<Mail, JobError>> {
    let State::Notified { window, .. } = &claim.state else { return None };
    let date = window.remind_at.unwrap_or(window.opened_at);
    let id = message_id(cx, MailKind::Reminder, claim.notices, claim.id);
    Some(id.and_then(|id| customer_mail(cx, claim, MailKind::Reminder, &id, date, window)))
}
