//! The mails that the customer got, and what became of each.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::course::Teller;
use crate::claim::Submission;
use crate::claim::event::{Event, Recorded};
use crate::claim::lasting::EndingSide;

/// One mail; all copies of a notice are one. Its words are in the tables `mail` and `mail_state`.
#[derive(Serialize)]
pub(super) struct Mail {
    what: &'static str,
    /// The number of a notice.
    number: Option<u32>,
    state: &'static str,
    tone: &'static str,
    to: String,
    at: DateTime<Utc>,
    when: String,
}

/// The mails, the newest first.
pub(super) fn of(history: &[Recorded], teller: &Teller<'_>) -> Vec<Mail> {
    let (mut mails, mut submission): (Vec<Mail>, Option<&Submission>) = (Vec::new(), None);
    for recorded in history {
        if let Event::ClaimSubmitted { submission: newest }
        | Event::ClaimAmended { submission: newest }
        | Event::ContactConfirmed { submission: newest } = &recorded.event
        {
            submission = Some(newest);
        }
        let Some((what, number, (state, tone))) = told(&recorded.event) else { continue };
        let to = submission.map(|submission| submission.customer.contact.email.as_str());
        let mail = Mail {
            what,
            number,
            state,
            tone,
            to: to.unwrap_or_default().to_owned(),
            at: recorded.at,
            when: teller.moment(recorded.at),
        };
        let known = mails.iter().position(|mail| mail.number.is_some() && mail.number == number);
        match known {
            Some(at) => mails[at] = mail,
            None => mails.push(mail),
        }
    }
    mails.reverse();
    mails
}

type Told = (&'static str, Option<u32>, (&'static str, &'static str));

/// What an event says of a mail to the customer.
fn told(event: &Event) -> Option<Told> {
    let notice = |number: &u32, state, tone| Some(("notice", Some(*number), (state, tone)));
    let one = |what, delivered: &bool| {
        Some((what, None, if *delivered { ("accepted", "good") } else { ("refused", "bad") }))
    };
    match event {
        Event::NoticeSending { notice: number, .. } => notice(number, "on_its_way", ""),
        Event::NoticeDeferred { notice: number, .. } => notice(number, "deferred", "warn"),
        Event::NoticeUncertain { notice: number, .. } => notice(number, "uncertain", "warn"),
        Event::NoticeRefused { notice: number, .. } => notice(number, "refused", "bad"),
        Event::CustomerNotified { notice: number, .. } => notice(number, "accepted", "good"),
        Event::CustomerReminded { delivered, .. } => one("reminder", delivered),
        Event::CorrectionSent { delivered, .. } => one("correction", delivered),
        Event::ReceiptSent { delivered, .. } => one("receipt", delivered),
        Event::ChoiceAsked(asked) => one("choice", &asked.told.delivered),
        Event::SubscriptionEndWarned(warned) if warned.warning.side == EndingSide::Customer => {
            one("ending", &warned.delivered)
        }
        _ => None,
    }
}
