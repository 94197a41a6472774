//! The mailer: takes a finished mail to where the settings say.
//!
//! A closed set of ways, so an enum. It makes one attempt and reports what became of it; it keeps
//! no schedule, no record of what was sent, and reads no clock.

use std::path::PathBuf;

use thiserror::Error;

use super::delivery::{Delivery, Phase};
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
    pub async fn send(&self, mail: &Mail) -> Delivery {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Directory(directory) => directory.send(mail).await,
            Self::Memory(outbox) => outbox.keep(mail),
            Self::Discard => Delivery::Accepted { reply: "discarded".to_owned() },
        }
    }

    /// Whether there is a mail server that can be down.
    pub const fn has_server(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }

    /// Looks whether the mail server could take a mail; says how far it came when it could not.
    pub async fn look(&self) -> Result<(), (Phase, Option<u16>)> {
        match self {
            Self::Smtp(smtp) => smtp.look().await,
            Self::Directory(_) | Self::Memory(_) | Self::Discard => Ok(()),
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

#[cfg(test)]
mod tests;
