//! What the doctor looks at without Redis: mail, the tenant directory, calendars.

use std::time::Duration;

use anyhow::Result;

use cpor::app;
use cpor::directory::{Directory, DirectoryProvider};
use cpor::mail::{MailSettings, Mailer, Offer, Sender, Templates, Transport};
use cpor::settings::Settings;

use super::Diagnosis;
use crate::cli::exit::message;

/// Longest time for saying hello to the mail server, encrypting and logging in.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// Mail settings, templates, and whether the mail server takes mails from us.
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
        Transport::Smtp => return smtp(&mail).await,
    };
    vec![check]
}

fn mail_parts(mail: &MailSettings) -> Result<()> {
    Mailer::new(mail)?;
    Sender::new(mail)?;
    Templates::load(mail.templates_directory.as_deref(), &mail.default_language)?;
    Ok(())
}

async fn smtp(mail: &MailSettings) -> Vec<Diagnosis> {
    let server = format!("{}:{}", mail.smtp.host, mail.smtp.port);
    let mailer = match Mailer::new(mail) {
        Ok(mailer) => mailer,
        Err(error) => return vec![unusable(&server, &message(&error.into()))],
    };
    let problem = match tokio::time::timeout(PROBE_TIMEOUT, mailer.probe()).await {
        Ok(Ok(offer)) => return offer.iter().flat_map(|offer| offered(&server, *offer)).collect(),
        Ok(Err(failure)) => failure.to_string(),
        Err(_) => format!("it did not answer within {} s", PROBE_TIMEOUT.as_secs()),
    };
    vec![unusable(&server, &problem)]
}

fn unusable(server: &str, problem: &str) -> Diagnosis {
    let finding = format!("the mail server {server} cannot be used: {problem}");
    let remedy = "check mail.smtp.host, port, tls, username and password, and the server";
    Diagnosis::found("mail", finding, remedy)
}

/// What does not keep mails from being sent is said all the same.
fn offered(server: &str, offer: Offer) -> Vec<Diagnosis> {
    let how = if offer.encrypted { "encrypted" } else { "not encrypted" };
    let utf8 = if offer.smtp_utf8 { "with" } else { "without" };
    let finding = format!("the mail server {server} takes mails ({how}, {utf8} SMTPUTF8)");
    let mut checks = vec![Diagnosis::fine("mail", finding)];
    let is_here = server.starts_with("127.") || server.starts_with("localhost:");
    if !offer.encrypted && !is_here {
        let finding = format!("mails go to {server} in the clear");
        checks.push(Diagnosis::found("mail", finding, "set mail.smtp.tls to \"starttls\""));
    }
    checks
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
