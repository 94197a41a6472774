//! One mail, and its bytes (RFC 5322 and MIME).
//!
//! The same [`Mail`] always gives the same bytes: nothing in here asks for the time, a random
//! number or the name of the host. That is what makes a repeat of a mail recognizable. Signing
//! (DKIM) is the relay's work.

use std::time::SystemTime;

use chrono::{DateTime, Datelike, Utc};
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, ContentTypeErr, HeaderName, HeaderValue,
};
use lettre::message::{MultiPart, SinglePart};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::clean::header_text;
use super::mailbox::Mailbox;
use super::texts::Rendered;

/// Longest subject, in characters; the rest is cut off.
const SUBJECT_CHARACTERS_MAX: usize = 300;
/// Longest Message-ID, in bytes.
const MESSAGE_ID_BYTES_MAX: usize = 200;

/// What a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// Tells the customer of a claim; its acceptance opens the rejection window.
    Notice,
    /// Tells the customer again, before the window closes.
    Reminder,
    /// Tells the partner how a claim went on.
    PartnerResult,
    /// Tells the customer that its answer has arrived.
    Receipt,
    /// Tells the customer that the time to answer has changed.
    Correction,
    /// Reminds the partner of what it has to put right.
    PartnerReminder,
    /// Tells the partner that another one claims its items.
    ContestNotice,
    /// Tells reviewers that a claim waits for them.
    ReviewNotice,
    /// Tells the customer, or the partner, that an association ends soon with its subscription.
    SubscriptionEnding,
    /// Tells an address of the partner's people of one event.
    Notification,
    /// Tells an address of the partner's people of a day.
    Digest,
    /// Asks an address whether it may be told.
    Confirmation,
    /// Asks the customer to acknowledge a statement of work.
    Acknowledgement,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Notice,
        Self::Reminder,
        Self::PartnerResult,
        Self::Receipt,
        Self::Correction,
        Self::PartnerReminder,
        Self::ContestNotice,
        Self::ReviewNotice,
        Self::SubscriptionEnding,
        Self::Notification,
        Self::Digest,
        Self::Confirmation,
        Self::Acknowledgement,
    ];

    /// The name of the kind in folders and file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Reminder => "reminder",
            Self::PartnerResult => "partner_result",
            Self::Receipt => "receipt",
            Self::Correction => "correction",
            Self::PartnerReminder => "partner_reminder",
            Self::ContestNotice => "contest_notice",
            Self::ReviewNotice => "review_notice",
            Self::SubscriptionEnding => "subscription_ending",
            Self::Notification => "notification",
            Self::Digest => "digest",
            Self::Confirmation => "confirmation",
            Self::Acknowledgement => "acknowledgement",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Notice => 'n',
            Self::Reminder => 'r',
            Self::PartnerResult => 'p',
            Self::Receipt => 'c',
            Self::Correction => 'w',
            Self::PartnerReminder => 'a',
            Self::ContestNotice => 'k',
            Self::ReviewNotice => 'e',
            Self::SubscriptionEnding => 's',
            Self::Notification => 'v',
            Self::Digest => 'd',
            Self::Confirmation => 'q',
            Self::Acknowledgement => 'o',
        }
    }
}

/// A Message-ID with its angle brackets, `<n1.claim@domain>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// The Message-ID of the `number`-th mail of its kind for a claim: `<n<number>.<claim>@<domain
    /// of from>>` for a notice, `r` for a reminder, `p` for a partner's result, `c` for the
    /// receipt of a customer, `w` for a change of the window, `a` for a reminder of the partner,
    /// `k` for a contest, `e` for reviewers, `s` for the end of a subscription. What partners'
    /// people get is about a subscription too: `v` for an event
    /// (`<v<revision>.<claim>.<subscription>@…>`), `d` for a digest and `q` for the mail that
    /// asks, which are of no claim; `o` and the id of a document for the question whether a
    /// statement of work is right.
    pub fn new(
        kind: MailKind,
        number: u32,
        claim: &str,
        from: &Mailbox,
    ) -> Result<Self, MessageError> {
        Self::parse(&format!("<{}{number}.{claim}@{}>", kind.letter(), from.domain()))
    }

    /// Reads a Message-ID that was stored: letters, digits, `.`, `-` and `_`, and one `@`.
    pub fn parse(raw: &str) -> Result<Self, MessageError> {
        let inner = raw.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        let (local, domain) = inner.and_then(|i| i.split_once('@')).ok_or(MessageError::Id)?;
        let fit = |part: &str| {
            let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            !part.is_empty() && !part.starts_with('.') && part.bytes().all(safe)
        };
        if raw.len() <= MESSAGE_ID_BYTES_MAX && fit(local) && fit(domain) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(MessageError::Id)
        }
    }

    /// With the angle brackets, as in the header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the mail is for and the claim it is about, if it is one of [`MessageId::new`].
    pub fn kind_and_claim(&self) -> Option<(MailKind, &str)> {
        let mut parts = self.local().split('.');
        let (number, claim) = (parts.next()?, parts.next()?);
        let kind = MailKind::ALL.into_iter().find(|kind| number.starts_with(kind.letter()))?;
        Some((kind, claim))
    }

    /// What stands before the `@`; safe in a file name.
    pub(super) fn local(&self) -> &str {
        self.0.trim_start_matches('<').split('@').next().unwrap_or_default()
    }
}

/// A mail to one recipient, everything in it fixed before the first attempt to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What it is for.
    pub kind: MailKind,
    /// From whom; also the envelope's sender.
    pub from: Mailbox,
    /// To whom; the only recipient.
    pub to: Mailbox,
    /// Who reads the answers.
    pub reply_to: Option<Mailbox>,
    /// Its identity: a repeat has the same.
    pub message_id: MessageId,
    /// The date in its header.
    pub date: DateTime<Utc>,
    /// Subject, text and HTML.
    pub rendered: Rendered,
    /// Where one click, without a page, ends mails like this one (RFC 8058).
    pub leave_url: Option<String>,
}

/// Why a mail cannot be written.
#[derive(Debug, Error)]
pub enum MessageError {
    /// The Message-ID has a character or length that none may have.
    #[error("the Message-ID is not of the form <name@domain>")]
    Id,
    /// A year that RFC 5322 cannot write.
    #[error("the date {0} cannot be written in a mail")]
    Date(DateTime<Utc>),
    /// The parts do not make a message.
    #[error("could not write the mail")]
    Build(#[source] lettre::error::Error),
    /// The content type of the message is not one.
    #[error("could not write the content type of the mail")]
    ContentType(#[source] ContentTypeErr),
}

impl Mail {
    /// The bytes of the mail: CRLF line ends, lines of at most 998 bytes, no dot-stuffing.
    /// Everything is ASCII unless an address has a part before the `@` that is not.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MessageError> {
        let mut builder = Message::builder()
            .from(self.from.to_header())
            .to(self.to.to_header())
            .subject(header_text(&self.rendered.subject, SUBJECT_CHARACTERS_MAX))
            .date(header_date(self.date)?)
            .raw_header(ascii_header("Message-ID", &self.message_id.0))
            .raw_header(ascii_header("Auto-Submitted", "auto-generated"))
            .envelope(self.envelope()?);
        if let Some(url) = &self.leave_url {
            let one_click = ascii_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
            builder = builder
                .raw_header(ascii_header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(one_click);
        }
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.to_header());
        }
        let message = builder.multipart(self.alternatives()?).map_err(MessageError::Build)?;
        Ok(message.formatted())
    }

    /// Whether an address needs a server that speaks SMTPUTF8.
    pub(super) fn has_utf8_address(&self) -> bool {
        let mailboxes = [Some(&self.from), Some(&self.to), self.reply_to.as_ref()];
        mailboxes.into_iter().flatten().any(Mailbox::needs_utf8)
    }

    /// Given explicitly, because lettre would otherwise read it back out of the headers.
    fn envelope(&self) -> Result<Envelope, MessageError> {
        Envelope::new(Some(self.from.to_address()), vec![self.to.to_address()])
            .map_err(MessageError::Build)
    }

    /// The text, and the HTML for those who prefer it.
    fn alternatives(&self) -> Result<MultiPart, MessageError> {
        let boundary = boundary(&self.message_id);
        let content_type = format!("multipart/alternative; boundary=\"{boundary}\"");
        let content_type = ContentType::parse(&content_type).map_err(MessageError::ContentType)?;
        Ok(MultiPart::builder()
            .header(content_type)
            .singlepart(part(ContentType::TEXT_PLAIN, &self.rendered.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.rendered.html)))
    }
}

/// Always quoted-printable: it keeps lines short, and its result cannot contain our boundary.
fn part(content_type: ContentType, body: &str) -> SinglePart {
    SinglePart::builder()
        .header(content_type)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(body.to_owned())
}

/// Derived from the Message-ID, so that a repeat has the same. Quoted-printable writes every `=`
/// as `=3D`, so no text, however malicious, can have `=_` in it.
fn boundary(message_id: &MessageId) -> String {
    let digest = Sha256::digest(message_id.0.as_bytes());
    format!("=_{}", hex::encode(&digest[..16]))
}

/// lettre panics on years that do not have four digits.
fn header_date(date: DateTime<Utc>) -> Result<SystemTime, MessageError> {
    if (1970..=9999).contains(&date.year()) {
        Ok(date.into())
    } else {
        Err(MessageError::Date(date))
    }
}

/// For values that are known to be short and printable ASCII; they are not folded.
fn ascii_header(name: &'static str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests;
