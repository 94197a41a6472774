//! The mailer: takes a finished mail to where the settings say.
//!
//! A closed set of ways, so an enum. It makes one attempt and reports what became of it; it keeps
//! no schedule, no record of what was sent, and reads no clock.

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tracing::field::{Empty, display};
use tracing::{Instrument as _, Span, info_span};

use super::connection::Offer;
use super::delivery::{Attempt, Delivery, Failure, Phase};
use super::directory::Directory;
use super::mailbox::{Mailbox, MailboxError};
use super::message::Mail;
use super::outbox::Outbox;
use super::settings::{MailSettings, Transport};
use super::smtp::Smtp;

/// Where mails go, ready to be used by many tasks at once.
pub enum Mailer {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Into a folder.
    Directory(Directory),
    /// Kept in memory, in a sandbox.
    Memory(Outbox),
    /// Nowhere, for benchmarks: every mail is accepted.
    Discard,
}

/// A setting that keeps the service from starting; every text names its key.
#[derive(Debug, Error)]
pub enum MailSettingsError {
    /// A mailbox that is not one.
    #[error("{key} is not a mailbox like `Name <name@example.com>`")]
    Mailbox {
        /// The setting.
        key: &'static str,
        /// What is wrong with it.
        #[source]
        source: MailboxError,
    },
    /// A value out of its range, or one that does not go with another.
    #[error("{key} {problem}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What is wrong with it, to be read after the key.
        problem: &'static str,
    },
    /// The folder cannot be used.
    #[error("mail.directory: could not create the folder {}", path.display())]
    Directory {
        /// The folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Encryption cannot be set up.
    #[error("mail.smtp.tls: could not set up STARTTLS")]
    StartTls(#[source] lettre::transport::smtp::Error),
    /// Encryption cannot be set up.
    #[error("mail.smtp.tls: could not set up TLS")]
    Tls(#[source] rustls::Error),
}

/// Who our mails are from, as the settings have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// `mail.from`.
    pub from: Mailbox,
    /// `mail.reply_to`.
    pub reply_to: Option<Mailbox>,
}

impl Sender {
    /// Reads `mail.from` and `mail.reply_to`.
    pub fn new(settings: &MailSettings) -> Result<Self, MailSettingsError> {
        let parse = |key, raw: &str| {
            Mailbox::parse(raw).map_err(|source| MailSettingsError::Mailbox { key, source })
        };
        let reply_to = settings.reply_to.as_deref().map(|raw| parse("mail.reply_to", raw));
        Ok(Self { from: parse("mail.from", &settings.from)?, reply_to: reply_to.transpose()? })
    }

    /// The mailbox whose readers answer: `mail.reply_to`, or else `mail.from`.
    pub fn answered_by(&self) -> &Mailbox {
        self.reply_to.as_ref().unwrap_or(&self.from)
    }
}

impl Mailer {
    /// Checks the settings and makes the mailer they ask for. Connects to nothing; creates the
    /// folder of the transport `directory`.
    pub fn new(settings: &MailSettings) -> Result<Self, MailSettingsError> {
        let sender = Sender::new(settings)?;
        match settings.transport {
            Transport::Smtp => {
                Ok(Self::Smtp(Box::new(Smtp::new(&settings.smtp, sender.from.domain())?)))
            }
            Transport::Directory => Directory::new(&settings.directory).map(Self::Directory),
            Transport::Discard => Ok(Self::Discard),
        }
    }

    /// Makes one attempt to hand over a mail. May be dropped at any time; the outcome is then
    /// unknown.
    pub async fn send(&self, mail: &Mail) -> Attempt {
        let span = self.span(mail);
        let attempt = self.carry(mail).instrument(span.clone()).await;
        record(&span, &attempt.delivery);
        attempt
    }

    /// Where it goes and what for; never to whom.
    fn span(&self, mail: &Mail) -> Span {
        let span = info_span!("mail", mail.kind = mail.kind.name(),
            mail.id = mail.message_id.as_str(),
            mail.outcome = Empty, mail.phase = Empty, mail.reply_code = Empty, error.type = Empty,
            server.address = Empty, server.port = Empty);
        if let Self::Smtp(smtp) = self {
            span.record("server.address", smtp.host()).record("server.port", smtp.port());
        }
        span
    }

    async fn carry(&self, mail: &Mail) -> Attempt {
        match self {
            Self::Smtp(smtp) => written(mail, |bytes| smtp.send(mail, bytes)).await,
            Self::Directory(directory) => written(mail, |bytes| directory.send(mail, bytes)).await,
            Self::Memory(outbox) => written(mail, async |_| outbox.keep(mail)).await,
            Self::Discard => {
                let delivery = Delivery::Accepted { reply: "discarded".to_owned() };
                Attempt { delivery, sha256: None }
            }
        }
    }

    /// Whether there is a mail server that can be down.
    pub const fn has_server(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }

    /// Says hello to the mail server, encrypts and logs in as for a mail, and takes leave: what it
    /// offers, or the step that failed. Nothing for who has no server.
    ///
    /// # Errors
    ///
    /// The step that failed, and why.
    pub async fn probe(&self) -> Result<Option<Offer>, Failure> {
        match self {
            Self::Smtp(smtp) => smtp.probe().await.map(Some),
            Self::Directory(_) | Self::Memory(_) | Self::Discard => Ok(None),
        }
    }

    /// Takes leave of the mail server, on shutdown. Mails sent afterwards open new connections.
    pub async fn close(&self) {
        match self {
            Self::Smtp(smtp) => smtp.close().await,
            Self::Directory(_) | Self::Memory(_) | Self::Discard => {}
        }
    }
}

/// Writes a mail and hands its bytes over.
async fn written(mail: &Mail, hand_over: impl AsyncFnOnce(Vec<u8>) -> Delivery) -> Attempt {
    match mail.to_bytes() {
        Ok(bytes) => {
            let sha256 = Some(hex::encode(Sha256::digest(&bytes)));
            Attempt { delivery: hand_over(bytes).await, sha256 }
        }
        Err(error) => {
            let delivery = Failure::new(Phase::Compose, &error.to_string()).judge();
            Attempt { delivery, sha256: None }
        }
    }
}

/// What came of it; the words of the server, which may repeat the address, stay out.
fn record(span: &Span, delivery: &Delivery) {
    let outcome = match delivery {
        Delivery::Accepted { .. } => "accepted",
        Delivery::TryAgain { .. } => "deferred",
        Delivery::Refused { .. } => "refused",
        Delivery::Unknown { .. } => "unknown",
    };
    span.record("mail.outcome", outcome);
    if let Delivery::TryAgain { phase, code, .. } | Delivery::Refused { phase, code, .. } = delivery
    {
        span.record("mail.phase", display(phase)).record("mail.reply_code", *code);
    }
    if !matches!(delivery, Delivery::Accepted { .. }) {
        span.record("error.type", outcome);
    }
}

#[cfg(test)]
mod tests;
