//! Handing mails to a mail server.
//!
//! One attempt per call: the schedule of attempts is the agenda's. What is repeated here, once,
//! is a mail that had not been begun because a kept connection turned out to be gone.

use lettre::Address;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Duration, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::connection::{Connection, Offer};
use super::delivery::{Delivery, Failure, OUT_OF_TIME, Phase};
use super::mailer::MailSettingsError;
use super::message::Mail;
use super::pool::Pool;
use super::settings::{SmtpSettings, SmtpTimeouts, TlsMode};
use super::wire::{self, Wire};

/// How long a server may take to say goodbye.
const QUIT_LIMIT: Duration = Duration::from_secs(1);

/// A mail server and our connections to it.
pub struct Smtp {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    hello: ClientId,
    limits: SmtpTimeouts,
    pool: Pool,
}

enum Encryption {
    None,
    StartTls(Box<TlsParameters>),
    Tls { connector: TlsConnector, name: ServerName<'static> },
}

/// A mail as the conversation needs it.
pub(super) struct Composed {
    pub(super) sender: Address,
    pub(super) recipient: Address,
    pub(super) needs_utf8: bool,
    pub(super) bytes: Vec<u8>,
}

impl Smtp {
    /// Checks the settings; connects to nothing. `domain` is what we say hello as.
    pub(super) fn new(settings: &SmtpSettings, domain: &str) -> Result<Self, MailSettingsError> {
        check(settings)?;
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            encryption: encryption(settings)?,
            credentials: credentials(settings)?,
            hello: ClientId::Domain(domain.to_owned()),
            limits: settings.timeouts,
            pool: Pool::new(settings.connections_max, settings.timeouts.idle),
        })
    }

    /// The mail server.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Where it listens.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Tries once to hand over a mail. Waits for its turn when all connections are in use.
    pub(super) async fn send(&self, mail: &Mail, bytes: Vec<u8>) -> Delivery {
        let composed = Composed {
            sender: mail.from.to_address(),
            recipient: mail.to.to_address(),
            needs_utf8: mail.has_utf8_address(),
            bytes,
        };
        // Servers like to repeat the address; it does not belong into histories and logs.
        let anonymous = |text: String| text.replace(mail.to.address(), "(recipient)");
        match self.deliver(&composed).await {
            Ok(reply) => Delivery::Accepted { reply: anonymous(reply) },
            Err(Failure { phase, code, text }) => {
                Failure { phase, code, text: anonymous(text) }.judge()
            }
        }
    }

    /// Opens a connection as for a mail, and says what the server offers on it.
    pub(super) async fn probe(&self) -> Result<Offer, Failure> {
        let connection = self.open().await?;
        let offer = Offer {
            encrypted: !matches!(self.encryption, Encryption::None),
            smtp_utf8: connection.has_smtp_utf8(),
        };
        connection.quit(QUIT_LIMIT).await;
        Ok(offer)
    }

    /// Says goodbye on the connections at rest.
    pub(super) async fn close(&self) {
        for connection in self.pool.drain() {
            connection.quit(QUIT_LIMIT).await;
        }
    }

    async fn deliver(&self, mail: &Composed) -> Result<String, Failure> {
        let closed = |_| Failure::new(Phase::Connect, "the mailer has been shut down");
        let _slot = self.pool.slot().await.map_err(closed)?;
        let mut connection = match self.pool.take() {
            Some(kept) => match self.begin(kept, mail).await {
                Err(failure) if failure.lost_connection() && failure.phase == Phase::Sender => {
                    self.begin(self.open().await?, mail).await?
                }
                begun => begun?,
            },
            None => self.begin(self.open().await?, mail).await?,
        };
        let outcome = hand_over(&mut connection, mail).await;
        self.settle(connection, outcome.as_ref().err()).await;
        outcome
    }

    /// `MAIL FROM` on a connection; a connection that answered no is kept.
    async fn begin(
        &self,
        mut connection: Connection,
        mail: &Composed,
    ) -> Result<Connection, Failure> {
        match connection.sender(mail).await {
            Ok(()) => Ok(connection),
            Err(failure) => {
                self.settle(connection, Some(&failure)).await;
                Err(failure)
            }
        }
    }

    /// Keeps a connection for the next mail if both sides still agree where they are.
    async fn settle(&self, mut connection: Connection, failure: Option<&Failure>) {
        let usable = match failure {
            None => true,
            Some(failure) if failure.phase == Phase::Compose => true, // Nothing was said.
            Some(failure) if failure.lost_connection() => false,
            Some(_) => connection.reset().await.is_ok(),
        };
        if usable {
            self.pool.put(connection);
        }
    }

    /// A new connection, ready for a mail.
    async fn open(&self) -> Result<Connection, Failure> {
        let wire = self.connect().await?;
        let mut connection = Connection::greet(wire, &self.hello, self.limits).await?;
        if let Encryption::StartTls(parameters) = &self.encryption {
            connection.start_tls((**parameters).clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.log_in(credentials).await?;
        }
        Ok(connection)
    }

    async fn connect(&self) -> Result<Wire, Failure> {
        let connecting = timeout(self.limits.connect, Wire::connect(&self.host, self.port));
        let wire = io_step(connecting.await, Phase::Connect)?;
        match &self.encryption {
            Encryption::None => Ok(wire),
            Encryption::StartTls(_) => Ok(wire.before_starttls()),
            Encryption::Tls { connector, name } => {
                let encrypting = wire.encrypt(connector, name.clone());
                io_step(timeout(self.limits.command, encrypting).await, Phase::Tls)
            }
        }
    }
}

/// The rest of a mail that has been begun.
async fn hand_over(connection: &mut Connection, mail: &Composed) -> Result<String, Failure> {
    connection.recipient(mail).await?;
    connection.data().await?;
    connection.message(&mail.bytes).await
}

fn io_step<T>(
    step: Result<std::io::Result<T>, tokio::time::error::Elapsed>,
    phase: Phase,
) -> Result<T, Failure> {
    match step {
        Ok(done) => done.map_err(|error| Failure::new(phase, &error.to_string())),
        Err(_) => Err(Failure::new(phase, OUT_OF_TIME)),
    }
}

fn check(settings: &SmtpSettings) -> Result<(), MailSettingsError> {
    let limits = settings.timeouts;
    let bad = |key, problem| Err(MailSettingsError::Value { key, problem });
    if settings.host.trim().is_empty() {
        return bad("mail.smtp.host", "is empty");
    }
    if settings.port == 0 {
        return bad("mail.smtp.port", "must be 1 to 65535");
    }
    if !(1..=1_000).contains(&settings.connections_max) {
        return bad("mail.smtp.connections_max", "must be 1 to 1000");
    }
    for (key, limit) in [
        ("mail.smtp.timeouts.connect_seconds", limits.connect),
        ("mail.smtp.timeouts.command_seconds", limits.command),
        ("mail.smtp.timeouts.data_seconds", limits.data),
        ("mail.smtp.timeouts.final_dot_seconds", limits.final_dot),
        ("mail.smtp.timeouts.idle_seconds", limits.idle),
    ] {
        if limit.is_zero() || limit > Duration::from_secs(3_600) {
            return bad(key, "must be 1 to 3600");
        }
    }
    Ok(())
}

fn encryption(settings: &SmtpSettings) -> Result<Encryption, MailSettingsError> {
    let host = settings.host.clone();
    match settings.tls {
        TlsMode::None => Ok(Encryption::None),
        TlsMode::Starttls => TlsParametersBuilder::new(host)
            .build_rustls()
            .map(|parameters| Encryption::StartTls(Box::new(parameters)))
            .map_err(MailSettingsError::StartTls),
        TlsMode::Tls => {
            let problem = "is not a name that a certificate can have";
            let bad = |_| MailSettingsError::Value { key: "mail.smtp.host", problem };
            let name = ServerName::try_from(host).map_err(bad)?;
            let connector = wire::connector().map_err(MailSettingsError::Tls)?;
            Ok(Encryption::Tls { connector, name })
        }
    }
}

/// A name and a password, or neither; and never in clear over the network.
fn credentials(settings: &SmtpSettings) -> Result<Option<Credentials>, MailSettingsError> {
    let bad = |key, problem| Err(MailSettingsError::Value { key, problem });
    match (&settings.username, &settings.password) {
        (None, None) => Ok(None),
        (None, Some(_)) => bad("mail.smtp.username", "is missing, but mail.smtp.password is set"),
        (Some(_), None) => bad("mail.smtp.password", "is missing, but mail.smtp.username is set"),
        (Some(_), Some(_)) if settings.tls == TlsMode::None => {
            bad("mail.smtp.tls", "must be \"starttls\" or \"tls\" when mail.smtp.username is set")
        }
        (Some(name), Some(password)) => {
            Ok(Some(Credentials::new(name.clone(), password.reveal().to_owned())))
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
