//! The words of a correction: what has changed since the notice, and the notice as it is now.

use chrono::{DateTime, Utc};

use crate::calendar::{ChangedDay, Span, date_in_words};
use crate::claim::identity::Comment;
use crate::claim::{Claim, Correction, ExtensionCause, State, Window, WindowChange};
use crate::mail::{CorrectionText, Mail, MailKind, WindowChangeText};
use crate::worker::JobError;
use crate::worker::texts::{
    Stationery, before, beyond_us, mail, message_id, moment, notice_text, spoken,
};

/// The mail that tells a customer that the time to answer has changed.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn correction_mail(
    cx: &Stationery,
    claim: &Claim,
    correction: &Correction,
    window: &Window,
) -> Result<Mail, JobError> {
    let contact = &claim.submission.customer.contact;
    let wanted = contact.language.as_ref().map_or("", |language| language.as_str());
    let text = correction_text(cx, claim, correction, window, cx.templates.language(wanted));
    let rendered = cx.templates.correction(&text, wanted).map_err(|error| beyond_us(&error))?;
    let number = u32::try_from(correction.revision).unwrap_or(u32::MAX);
    let message_id = message_id(cx, MailKind::Correction, number, claim.id)?;
    let to = (contact.name.as_str(), contact.email.as_str());
    mail(cx, MailKind::Correction, to, &message_id, correction.due_at, rendered)
}

fn correction_text(
    cx: &Stationery,
    claim: &Claim,
    correction: &Correction,
    window: &Window,
    language: &str,
) -> CorrectionText {
    let told = Told::of(&correction.change);
    let zone = &window.deadline.zone;
    let moment = |at: DateTime<Utc>| moment(at, Some(zone), language);
    let span = told.span.map(|span| (moment(span.from), moment(span.to)));
    let (from, to) = span.unzip();
    // While a pause goes on, only its beginning is known.
    let paused_at = match &claim.state {
        State::Paused { paused_at, .. } if told.change == WindowChangeText::Paused => {
            Some(moment(*paused_at))
        }
        _ => None,
    };
    let day = |day: &ChangedDay| {
        let date = date_in_words(day.date, spoken(language));
        day.name.as_ref().map_or_else(|| date.clone(), |name| format!("{date}, {name}"))
    };
    CorrectionText {
        notice: notice_text(cx, claim, window, language),
        change: told.change,
        reason: told.reason.map(|reason| reason.as_str().to_owned()),
        days: told.days.iter().map(day).collect(),
        business_days: told.business_days,
        from_sentence: from.or(paused_at),
        to_sentence: to,
        stopped: claim.paused_at().is_some(),
        closed_sentence: before(&moment(correction.closes_at_before), spoken(language)),
    }
}

/// What a change has to tell.
struct Told<'a> {
    change: WindowChangeText,
    reason: Option<&'a Comment>,
    days: &'a [ChangedDay],
    business_days: Option<u32>,
    span: Option<Span>,
}

impl<'a> Told<'a> {
    fn of(change: &'a WindowChange) -> Self {
        let told =
            |change| Self { change, reason: None, days: &[], business_days: None, span: None };
        match change {
            WindowChange::Paused { reason } => {
                Self { reason: Some(reason), ..told(WindowChangeText::Paused) }
            }
            WindowChange::Resumed { pause, reason } => {
                Self { reason: Some(reason), span: Some(*pause), ..told(WindowChangeText::Resumed) }
            }
            WindowChange::Extended(ExtensionCause::Reviewer { business_days, reason }) => Self {
                reason: Some(reason),
                business_days: Some(*business_days),
                ..told(WindowChangeText::Reviewer)
            },
            WindowChange::Extended(ExtensionCause::Calendar { days, .. }) => {
                Self { days, ..told(WindowChangeText::Calendar) }
            }
            WindowChange::Extended(ExtensionCause::TimeZones { .. }) => {
                told(WindowChangeText::TimeZones)
            }
            WindowChange::Extended(ExtensionCause::Outage { outage, .. }) => {
                Self { span: Some(*outage), ..told(WindowChangeText::Outage) }
            }
        }
    }
}
