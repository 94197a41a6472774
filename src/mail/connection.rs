//! One connection to the mail server, and the commands of one mail on it.
//!
//! Every step has a time limit and fails with the [`Phase`] it failed in. lettre speaks the
//! protocol; what is added here is knowing whether the final dot had been sent.

use std::error::Error as _;
use std::future::Future;
use std::iter;

use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::sync::SetOnce;
use tokio::time::{Duration, sleep, timeout};

use super::delivery::{Failure, OUT_OF_TIME, Phase, bounded};
use super::settings::SmtpTimeouts;
use super::smtp::Composed;
use super::wire::Wire;

/// What a mail server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Whether the conversation was encrypted.
    pub encrypted: bool,
    /// Addresses that are not ASCII.
    pub smtp_utf8: bool,
}

/// A connection on which the server has greeted us and we may begin a mail.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    limits: SmtpTimeouts,
}

impl Connection {
    /// Waits for the greeting and says `EHLO`.
    pub(super) async fn greet(
        wire: Wire,
        hello: &ClientId,
        limits: SmtpTimeouts,
    ) -> Result<Self, Failure> {
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), hello);
        let smtp = within(limits.command, Phase::Greeting, greeting).await?;
        Ok(Self { smtp, limits })
    }

    /// Encrypts the connection with `STARTTLS`, which the server must offer.
    pub(super) async fn start_tls(
        &mut self,
        parameters: smtp::client::TlsParameters,
        hello: &ClientId,
    ) -> Result<(), Failure> {
        within(self.limits.command, Phase::Tls, self.smtp.starttls(parameters, hello)).await
    }

    /// Whether the server takes addresses that are not ASCII.
    pub(super) fn has_smtp_utf8(&self) -> bool {
        self.smtp.server_info().supports_feature(Extension::SmtpUtfEight)
    }

    /// Logs in.
    pub(super) async fn log_in(&mut self, credentials: &Credentials) -> Result<(), Failure> {
        let login = self.smtp.auth(DEFAULT_MECHANISMS, credentials);
        let reply = within(self.limits.command, Phase::Login, login).await?;
        completed(&reply, Phase::Login)
    }

    /// `MAIL FROM`: begins a mail.
    pub(super) async fn sender(&mut self, mail: &Composed) -> Result<(), Failure> {
        let mut parameters = Vec::new();
        if mail.needs_utf8 {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                let text = "the address is not ASCII and the mail server has no SMTPUTF8";
                return Err(Failure::new(Phase::Compose, text));
            }
            parameters.push(MailParameter::SmtpUtfEight);
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let command = MailFrom::new(Some(mail.sender.clone()), parameters);
        let command = self.smtp.command(command);
        completed(&within(self.limits.command, Phase::Sender, command).await?, Phase::Sender)
    }

    /// `RCPT TO`: names the recipient.
    pub(super) async fn recipient(&mut self, mail: &Composed) -> Result<(), Failure> {
        let command = self.smtp.command(Rcpt::new(mail.recipient.clone(), Vec::new()));
        let reply = within(self.limits.command, Phase::Recipient, command).await?;
        completed(&reply, Phase::Recipient)
    }

    /// `DATA`: asks to send the message.
    pub(super) async fn data(&mut self) -> Result<(), Failure> {
        let command = self.smtp.command(Data);
        let reply = within(self.limits.command, Phase::Data, command).await?;
        if reply.has_code(354) { Ok(()) } else { Err(unexpected(&reply, Phase::Data)) }
    }

    /// Sends the message and waits for the server to take it. lettre asks for the next part of a
    /// message after it has written the one before and sends the final dot when there is none;
    /// so our answer "no more parts" is the moment from which the outcome may be unknown.
    pub(super) async fn message(&mut self, bytes: &[u8]) -> Result<String, Failure> {
        let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes); // The final dot brings its own.
        let all_written = SetOnce::new();
        let end = iter::from_fn(|| {
            let _ = all_written.set(()); // Asked twice, the first answer stands.
            None
        });
        let sent = tokio::select! {
            biased; // An answer that came in time is never overlooked.
            reply = self.smtp.message_iter(iter::once(bytes).chain(end)) => Some(reply),
            () = out_of_time(&all_written, &self.limits) => None,
        };
        let phase = if all_written.initialized() { Phase::FinalDot } else { Phase::Data };
        let reply = match sent {
            Some(reply) => reply.map_err(|error| failure(&error, phase))?,
            None => return Err(Failure::new(phase, OUT_OF_TIME)),
        };
        completed(&reply, phase).map(|()| text(&reply))
    }

    /// `RSET`: gives up the mail begun, so that the connection can be used for another.
    pub(super) async fn reset(&mut self) -> Result<(), Failure> {
        let command = self.smtp.command(Rset);
        completed(&within(self.limits.command, Phase::Sender, command).await?, Phase::Sender)
    }

    /// `QUIT`, without insisting on an answer.
    pub(super) async fn quit(mut self, limit: Duration) {
        let _ = timeout(limit, self.smtp.command(Quit)).await; // Nobody needs the answer.
    }
}

/// Runs one step under its time limit.
async fn within<T>(
    limit: Duration,
    phase: Phase,
    step: impl Future<Output = Result<T, smtp::Error>>,
) -> Result<T, Failure> {
    match timeout(limit, step).await {
        Ok(done) => done.map_err(|error| failure(&error, phase)),
        Err(_) => Err(Failure::new(phase, OUT_OF_TIME)),
    }
}

/// Ends when the message takes too long to write, or its final dot too long to be answered.
async fn out_of_time(all_written: &SetOnce<()>, limits: &SmtpTimeouts) {
    if timeout(limits.data, all_written.wait()).await.is_ok() {
        sleep(limits.final_dot).await;
    }
}

/// The code and the words of a reply, or what lettre says failed.
fn failure(error: &smtp::Error, phase: Phase) -> Failure {
    let code = error.status().map(u16::from);
    let text = match (code, error.source()) {
        (Some(_), Some(reply)) => bounded(&reply.to_string()),
        (_, _) => bounded(&error.to_string()),
    };
    Failure { phase, code, text }
}

fn completed(reply: &Response, phase: Phase) -> Result<(), Failure> {
    match reply.code().severity {
        Severity::PositiveCompletion => Ok(()),
        Severity::PositiveIntermediate
        | Severity::TransientNegativeCompletion
        | Severity::PermanentNegativeCompletion => Err(unexpected(reply, phase)),
    }
}

/// A reply that does not belong here: we and the server no longer agree where we are.
fn unexpected(reply: &Response, phase: Phase) -> Failure {
    Failure::new(phase, &format!("unexpected reply {} {}", reply.code(), text(reply)))
}

fn text(reply: &Response) -> String {
    bounded(&reply.message().collect::<Vec<_>>().join(" "))
}
