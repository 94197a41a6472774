//! The words of reminders and contests for partners, and of what waits for reviewers.

use chrono::{DateTime, Utc};

use crate::claim::review::{Contest, RefusalCause, Urgency};
use crate::claim::{Claim, Finding, State};
use crate::mail::{Mail, MailKind, Mailbox, MessageId, PartnerOutcome, ReviewNoticeText};
use crate::worker::JobError;
use crate::worker::texts::{
    Stationery, before, beyond_us, item_texts, mail, message_id, moment, partner_text, spoken,
};

/// Who is told of claims that wait for a decision.
#[derive(Clone, Default)]
pub struct Reviewers {
    /// Who is reminded before the time to decide ends.
    pub reminded: Option<Mailbox>,
    /// Who is told when it has ended.
    pub escalated: Option<Mailbox>,
}

/// The mail that reminds the partner of what it has to put right.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn partner_reminder(
    cx: &Stationery,
    claim: &Claim,
    date: DateTime<Utc>,
) -> Result<Mail, JobError> {
    let language = cx.templates.language("").to_owned();
    let text = partner_text(cx, claim, PartnerOutcome::ActionRequired, &language);
    let rendered = cx.templates.partner_reminder(&text, &language);
    let rendered = rendered.map_err(|error| beyond_us(&error))?;
    // Reminded once for each time to answer, which an event has brought.
    let number = u32::try_from(claim.revision).unwrap_or(u32::MAX);
    let message_id = message_id(cx, MailKind::PartnerReminder, number, claim.id)?;
    let contact = &claim.submission.partner.contact;
    let to = (contact.name.as_str(), contact.email.as_str());
    mail(cx, MailKind::PartnerReminder, to, &message_id, date, rendered)
}

/// The mail that tells the partner that another one claims its items, without saying which.
///
/// # Errors
///
/// As [`partner_reminder`].
pub(crate) fn contest_notice(
    cx: &Stationery,
    claim: &Claim,
    contest: &Contest,
) -> Result<Mail, JobError> {
    let language = cx.templates.language("").to_owned();
    let mut text = partner_text(cx, claim, PartnerOutcome::Contested, &language);
    let mut submission = claim.submission.as_ref().clone();
    submission.items.retain(|item| contest.items.contains(item));
    text.items = item_texts(cx, &submission);
    let zone = claim.window().map(|window| &window.deadline.zone);
    let answer_by = moment(contest.answer_by, zone, &language);
    text.answer_by_sentence = Some(before(&answer_by, spoken(&language)));
    text.customer_say = contest.customer.asked_for();
    let rendered = cx.templates.contest_notice(&text, &language);
    let rendered = rendered.map_err(|error| beyond_us(&error))?;
    let number = u32::try_from(contest.revision).unwrap_or(u32::MAX);
    let message_id = message_id(cx, MailKind::ContestNotice, number, claim.id)?;
    let contact = &claim.submission.partner.contact;
    let to = (contact.name.as_str(), contact.email.as_str());
    mail(cx, MailKind::ContestNotice, to, &message_id, contest.since, rendered)
}

/// The mail that tells reviewers that a claim waits for them; nothing when nobody is to be told.
///
/// # Errors
///
/// As [`partner_reminder`].
pub(crate) fn review_notice(
    cx: &Stationery,
    claim: &Claim,
    urgency: Urgency,
    date: DateTime<Utc>,
) -> Result<Option<Mail>, JobError> {
    let Reviewers { reminded, escalated } = &cx.reviewers;
    let overdue = urgency == Urgency::Overdue;
    let to = if overdue { escalated } else { reminded };
    let (Some(to), Some(decide_by)) = (to, claim.decide_by()) else { return Ok(None) };
    let language = cx.templates.language("").to_owned();
    let text = ReviewNoticeText {
        reference: claim.id.to_string(),
        status: claim.status().to_string(),
        overdue,
        decide_by_sentence: moment(decide_by.due.by, None, &language),
        partner_mpn_id: claim.submission.partner.mpn_id.to_string(),
        items: item_texts(cx, &claim.submission),
    };
    let rendered = cx.templates.review_notice(&text, &language);
    let rendered = rendered.map_err(|error| beyond_us(&error))?;
    let number = u32::try_from(claim.revision).unwrap_or(u32::MAX);
    let id = message_id(cx, MailKind::ReviewNotice, number, claim.id)?;
    Ok(Some(Mail {
        kind: MailKind::ReviewNotice,
        from: cx.sender.from.clone(),
        to: to.clone(),
        reply_to: cx.sender.reply_to.clone(),
        message_id: MessageId::parse(&id).map_err(|error| beyond_us(&error))?,
        date,
        rendered,
        leave_url: None,
    }))
}

/// Whether the claim was refused because its partner did not answer.
pub(super) fn is_unanswered(claim: &Claim) -> bool {
    matches!(&claim.state, State::Refused(refused) if refused.cause == RefusalCause::NoAnswer)
}

/// Reason, findings and time to answer, as far as the state has them.
pub(super) fn particulars(claim: &Claim) -> (Option<String>, &[Finding], Option<DateTime<Utc>>) {
    match &claim.state {
        State::ActionRequired { findings, answer_by, .. } => (None, findings, Some(*answer_by)),
        State::Disqualified { findings } => (None, findings, None),
        State::Refused(refused) => {
            (None, &refused.findings, Some(refused.until).filter(|until| *until > claim.changed_at))
        }
        State::Rejected { reason, .. } | State::Withdrawn { reason } => (reason.clone(), &[], None),
        State::Ended { reason, detail, .. } => {
            (detail.clone().or_else(|| Some(reason.as_str().replace('_', " "))), &[], None)
        }
        State::Submitted { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Associated { .. } => (None, &[], None),
    }
}
