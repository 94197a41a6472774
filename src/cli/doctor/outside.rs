//! What the doctor looks at without Redis: mail, the tenant directory, calendars.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use cpor::app;
use cpor::directory::{Directory, DirectoryProvider};
use cpor::mail::{MailSettings, Mailer, Sender, SmtpSettings, Templates, TlsMode, Transport};
use cpor::settings::Settings;

use super::Diagnosis;
use crate::cli::exit::message;

/// Longest time for connecting to the mail server and hearing its greeting.
const GREETING_TIMEOUT: Duration = Duration::from_secs(10);

/// Mail settings, templates, and whether the mail server greets.
pub async fn mail(settings: &Settings) -> Vec<Diagnosis> {
    let mail = MailSettings { directory: settings.mail_directory(), ..settings.mail.clone() };
    if let Err(error) = mail_parts(&mail) {
        return vec![Diagnosis::found("mail", message(&error), "correct the setting it names")];
    }
    let check = match mail.transport {
        Transport::Directory => {
            Diagnosis::fine("mail", format!("mails are files in {}", mail.directory.display()))
        }
        Transport::Discard => Diagnosis::found(
            "mail",
            "mails are discarded: no customer is told anything",
            "set mail.transport to \"smtp\" or \"directory\"",
        ),
        Transport::Smtp => smtp(&mail.smtp).await,
    };
    vec![check]
}

fn mail_parts(mail: &MailSettings) -> Result<()> {
    Mailer::new(mail)?;
    Sender::new(mail)?;
    Templates::load(mail.templates_directory.as_deref(), &mail.default_language)?;
    Ok(())
}

async fn smtp(smtp: &SmtpSettings) -> Diagnosis {
    let server = format!("{}:{}", smtp.host, smtp.port);
    let greeted = tokio::time::timeout(GREETING_TIMEOUT, greeting(smtp)).await;
    let problem = match greeted {
        Ok(Ok(())) => return Diagnosis::fine("mail", format!("the mail server {server} answers")),
        Ok(Err(error)) => message(&error),
        Err(_) => format!("it did not answer within {} s", GREETING_TIMEOUT.as_secs()),
    };
    let finding = format!("the mail server {server} cannot be used: {problem}");
    Diagnosis::found(
        "mail",
        finding,
        "check mail.smtp.host, mail.smtp.port, mail.smtp.tls, and the server",
    )
}

/// With TLS from the first byte there is no greeting to read without it; connecting is enough.
async fn greeting(smtp: &SmtpSettings) -> Result<()> {
    let address = (smtp.host.as_str(), smtp.port);
    let mut stream = TcpStream::connect(address).await.context("could not connect")?;
    if smtp.tls == TlsMode::Tls {
        return Ok(());
    }
    let mut greeting = [0_u8; 512];
    let length = stream.read(&mut greeting).await.context("could not read its greeting")?;
    if !greeting[..length].starts_with(b"220") {
        bail!("it does not greet as a mail server does");
    }
    // Good manners only; the server has answered.
    let _ = stream.write_all(b"QUIT\r\n").await;
    Ok(())
}

/// The tenant directory as configured.
pub fn directory(settings: &Settings) -> Vec<Diagnosis> {
    let check = "directory";
    if let Err(error) = Directory::new(&settings.directory) {
        let remedy = "correct the file or the setting it names";
        return vec![Diagnosis::found(check, message(&error.into()), remedy)];
    }
    let file = settings.directory.file.as_ref().filter(|file| !file.as_os_str().is_empty());
    vec![match (settings.directory.provider, file) {
        (DirectoryProvider::Entra, _) => {
            let base_url = &settings.directory.entra.base_url;
            Diagnosis::fine(check, format!("tenants are looked up at {base_url}"))
        }
        (DirectoryProvider::Static | DirectoryProvider::Demo, Some(file)) => {
            Diagnosis::fine(check, format!("tenants are looked up in {}", file.display()))
        }
        (DirectoryProvider::Demo, None) => Diagnosis::fine(
            check,
            "knows the customers of the demo and nobody else; for development only",
        ),
        (DirectoryProvider::Static, None) => Diagnosis::found(
            check,
            "no tenant is known, so every claim becomes action required",
            "set directory.file (see config/directory.example.toml), or directory.provider to \
             \"entra\"",
        ),
    }]
}

/// Whether the calendars can be read; what is in use is only known where Redis is.
pub fn calendars(settings: &Settings) -> Diagnosis {
    let check = "calendars";
    match app::calendars(settings) {
        Ok(calendars) => {
            let count = calendars.ids().count();
            Diagnosis::fine(check, format!("{count} calendars can be read"))
        }
        Err(error) => {
            let remedy = "correct the file it names, or the settings under calendars";
            Diagnosis::found(check, message(&error.into()), remedy)
        }
    }
}
