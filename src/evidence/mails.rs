//! The mails of a claim, written again, each held against the digest that was recorded when it was
//! sent: where templates, calendars or keys have changed since, that is said and not hidden.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::{Event, Recorded};
use crate::evidence::bundle::{File, json, sha256};
use crate::evidence::{Case, EvidenceError};
use crate::mail::Mail;
use crate::worker::Stationery;
use crate::worker::texts::mail_of_event;

/// A mail may have been written some events before the one that tells of it; no further back.
const EVENTS_BETWEEN_MAX: usize = 32;

/// One mail, or one attempt to send it.
#[derive(Serialize)]
struct Sent<'a> {
    /// The event that says what became of it.
    revision: u64,
    event: &'static str,
    at: DateTime<Utc>,
    /// Whether a mail server has accepted it; nothing when nobody knows.
    accepted: Option<bool>,
    /// What the mail server said.
    reply: &'a str,
    /// The mail, if it could be written again.
    file: Option<String>,
    message_id: Option<String>,
    /// SHA-256 of the mail as it was sent, from the history.
    recorded_sha256: Option<&'a str>,
    /// Whether the file is that mail, byte for byte; nothing when no digest was recorded.
    as_sent: Option<bool>,
    /// What else there is to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

const CHANGED: &str = "What mails are written with (templates, calendars, sender, addresses or \
                       keys) has changed since: the file is not the mail as it was sent, whose \
                       digest is recorded_sha256.";
const NOT_AGAIN: &str = "It could not be written again.";

/// The mails, and `mails/mails.json`, which says what became of each.
pub(super) fn files(cx: &Stationery, case: &Case) -> Result<Vec<File>, EvidenceError> {
    let (mut files, mut list) = (Vec::new(), Vec::new());
    for (at, recorded) in case.history.iter().enumerate() {
        let Some((accepted, reply, digest)) = outcome(&recorded.event) else { continue };
        let written = written(cx, case, at, digest);
        let mut sent = sent(recorded, accepted, reply, digest);
        if let Some(mail) = written {
            let claim_id = case.claim.id;
            let bytes = mail.to_bytes();
            let bytes = bytes.map_err(|source| EvidenceError::Mail { claim_id, source })?;
            let name = format!("mails/{:04}-{}.eml", recorded.revision, mail.kind.name());
            sent.as_sent = digest.map(|digest| sha256(&bytes) == digest);
            sent.note = (sent.as_sent == Some(false)).then_some(CHANGED);
            sent.message_id = Some(mail.message_id.as_str().to_owned());
            sent.file = Some(name.clone());
            files.push(File::new(name, bytes));
        } else if digest.is_some() {
            sent.note = Some(NOT_AGAIN);
        }
        list.push(sent);
    }
    files.push(File::new("mails/mails.json", json("mails/mails.json", &list)?));
    Ok(files)
}

fn sent<'a>(
    recorded: &'a Recorded,
    accepted: Option<bool>,
    reply: &'a str,
    recorded_sha256: Option<&'a str>,
) -> Sent<'a> {
    Sent {
        revision: recorded.revision,
        event: recorded.event.name(),
        at: recorded.at,
        accepted,
        reply,
        file: None,
        message_id: None,
        recorded_sha256,
        as_sent: None,
        note: None,
    }
}

/// What became of a mail: whether it was accepted, what the server said, and its digest.
fn outcome(event: &Event) -> Option<(Option<bool>, &str, Option<&str>)> {
    match event {
        Event::CustomerNotified { reply, mail_sha256, .. } => {
            Some((Some(true), reply, mail_sha256.as_deref()))
        }
        Event::NoticeRefused { cause, .. } | Event::NoticeDeferred { cause, .. } => {
            Some((Some(false), cause, None))
        }
        Event::NoticeUncertain { cause, .. } => Some((None, cause, None)),
        Event::CustomerReminded { delivered, reply, mail_sha256 }
        | Event::CorrectionSent { delivered, reply, mail_sha256, .. }
        | Event::PartnerNotified { delivered, reply, mail_sha256, .. }
        | Event::ReceiptSent { delivered, reply, mail_sha256, .. } => {
            Some((Some(*delivered), reply, mail_sha256.as_deref()))
        }
        _ => None,
    }
}

/// The mail as it was sent if there is one, or else as it would be sent now. Who wrote it may have
/// had the claim in hand as it was some events before.
fn written(cx: &Stationery, case: &Case, at: usize, digest: Option<&str>) -> Option<Mail> {
    let event = &case.history[at].event;
    let earliest = at.saturating_sub(EVENTS_BETWEEN_MAX);
    let states = case.before[earliest..=at].iter().rev().flatten();
    let mut mails = states.filter_map(|claim| mail_of_event(cx, claim, event)?.ok());
    let newest = mails.next()?;
    let is_it = |mail: &Mail| {
        digest.is_none_or(|digest| mail.to_bytes().is_ok_and(|bytes| sha256(&bytes) == digest))
    };
    if is_it(&newest) {
        return Some(newest);
    }
    Some(mails.find(is_it).unwrap_or(newest))
}
