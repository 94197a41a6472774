//! The settings under `mail.…`, as an operator writes them.
//!
//! Values are checked when a [`Mailer`](super::Mailer) is built from them, not here: one place
//! names the key of a bad value. Nothing in this file opens a file or a connection.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::secrets::Secret;

/// Everything under `mail` in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// `mail.transport`: where mails go.
    pub transport: Transport,
    /// `mail.directory`: the folder of `.eml` files, used by the transport `directory`.
    pub directory: PathBuf,
    /// `mail.from`: the mailbox mails come from, with or without a display name.
    pub from: String,
    /// `mail.reply_to`: the mailbox that people read; without it answers go to `mail.from`.
    pub reply_to: Option<String>,
    /// `mail.default_language`: the language of a mail whose own language has no templates.
    pub default_language: String,
    /// `mail.templates_directory`: the operator's own templates, which replace built-in ones.
    pub templates_directory: Option<PathBuf>,
    /// `mail.smtp.…`, used by the transport `smtp`.
    pub smtp: SmtpSettings,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            transport: Transport::Directory,
            directory: PathBuf::from("mail"),
            from: "CPOR <cpor@localhost.localdomain>".to_owned(),
            reply_to: None,
            default_language: "en".to_owned(),
            templates_directory: None,
            smtp: SmtpSettings::default(),
        }
    }
}

/// Where mails go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// A mail server, see [`SmtpSettings`].
    Smtp,
    /// One `.eml` file per mail in `mail.directory`.
    Directory,
    /// Nowhere; every mail counts as accepted. For benchmarks.
    Discard,
}

/// Everything under `mail.smtp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmtpSettings {
    /// `mail.smtp.host`: name or address of the relay.
    pub host: String,
    /// `mail.smtp.port`: usually 25, 587 (`starttls`) or 465 (`tls`).
    pub port: u16,
    /// `mail.smtp.tls`: how the connection is encrypted.
    pub tls: TlsMode,
    /// `mail.smtp.username`: log in as, where the relay asks for it.
    pub username: Option<String>,
    /// `mail.smtp.password`: belongs in the environment, never in a file.
    pub password: Option<Secret>,
    /// `mail.smtp.connections_max`: connections open at any one time, 1 to 1,000.
    pub connections_max: usize,
    /// `mail.smtp.timeouts`: how long each phase may take.
    pub timeouts: SmtpTimeouts,
}

impl Default for SmtpSettings {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            port: 25,
            tls: TlsMode::None,
            username: None,
            password: None,
            connections_max: 8,
            timeouts: SmtpTimeouts::default(),
        }
    }
}

/// How a connection to the relay is encrypted. There is no opportunistic mode: an attacker on
/// the way could switch it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Not at all; for a relay on this machine or a private network.
    None,
    /// Plain first, then `STARTTLS`, which the relay must offer.
    Starttls,
    /// Encrypted from the first byte.
    Tls,
}

/// How long each phase of a conversation with the relay may take, in whole seconds in the
/// settings. The defaults are those of fault F19.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmtpTimeouts {
    /// `connect_seconds`: resolving the name and connecting.
    #[serde(rename = "connect_seconds", with = "seconds")]
    pub connect: Duration,
    /// `command_seconds`: the greeting, and each command up to and including `DATA`.
    #[serde(rename = "command_seconds", with = "seconds")]
    pub command: Duration,
    /// `data_seconds`: handing over the message.
    #[serde(rename = "data_seconds", with = "seconds")]
    pub data: Duration,
    /// `final_dot_seconds`: the relay's answer to the message.
    #[serde(rename = "final_dot_seconds", with = "seconds")]
    pub final_dot: Duration,
    /// `idle_seconds`: an unused connection older than this is not used again.
    #[serde(rename = "idle_seconds", with = "seconds")]
    pub idle: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_secs(60),
            data: Duration::from_secs(120),
            final_dot: Duration::from_secs(600),
            idle: Duration::from_secs(60),
        }
    }
}

/// Durations as whole seconds.
mod seconds {
    use super::{Deserialize, Deserializer, Duration, Serializer};

    pub fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(value.as_secs())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_under_their_documented_names() {
        let settings: MailSettings = toml::from_str(
            r#"
            transport = "smtp"
            from = "CPOR <cpor@example.com>"
            [smtp]
            host = "relay.example.com"
            port = 587
            tls = "starttls"
            username = "cpor"
            password = "hunter2"
            connections_max = 4
            [smtp.timeouts]
            final_dot_seconds = 5
            "#,
        )
        .unwrap();
        assert_eq!(settings.transport, Transport::Smtp);
        assert_eq!(settings.smtp.tls, TlsMode::Starttls);
        assert_eq!(settings.smtp.timeouts.final_dot, Duration::from_secs(5));
        assert_eq!(settings.smtp.timeouts.connect, Duration::from_secs(10));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = toml::from_str::<MailSettings>("[smtp]\nhots = \"x\"").unwrap_err();
        assert!(error.to_string().contains("hots"), "{error}");
    }

    #[test]
    fn a_password_is_not_shown() {
        let mut settings = MailSettings::default();
        settings.smtp.password = Some(Secret::new("hunter2".to_owned()));
        let shown = format!("{settings:?}{}", serde_json::to_string(&settings).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("********"), "{shown}");
    }
}
