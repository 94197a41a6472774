//! What the doctor looks at without Redis: mail, the tenant directory, calendars.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use chrono::{Days, NaiveDate};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use cpor::app;
use cpor::calendar::{BusinessCalendar, tzdb_version};
use cpor::directory::{Directory, DirectoryProvider};
use cpor::mail::{MailSettings, Mailer, Sender, SmtpSettings, Templates, TlsMode, Transport};
use cpor::settings::Settings;

use super::Diagnosis;
use crate::cli::exit::message;

/// Longest time for connecting to the mail server and hearing its greeting.
const GREETING_TIMEOUT: Duration = Duration::from_secs(10);
/// A calendar that ends sooner than this is a finding.
const CALENDAR_DAYS_MIN: u64 = 90;

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

/// Every calendar in use, and the time zone data.
pub fn calendars(settings: &Settings, today: Option<NaiveDate>) -> Vec<Diagnosis> {
    let calendars = match app::calendars(settings) {
        Ok(calendars) => calendars,
        Err(error) => {
            let remedy = "correct the file it names, or the settings under calendars";
            return vec![Diagnosis::found("calendars", message(&error.into()), remedy)];
        }
    };
    // Those of the binary are judged by its tests; they are hundreds, and few are in use.
    let own = calendars.read_from_files();
    let mut checks: Vec<Diagnosis> =
        own.flat_map(|calendar| calendar_checks(calendar, today)).collect();
    let (count, own) = (calendars.ids().count(), calendars.read_from_files());
    let finding = match own.min_by_key(|calendar| calendar.valid_to()) {
        Some(first) => {
            let (id, end) = (first.id(), first.valid_to());
            format!("{count} calendars; of your own, the first to end is {id}, on {end}")
        }
        None => format!("{count} calendars, built in"),
    };
    checks.push(Diagnosis::fine("calendars", finding));
    let finding = format!("time zone data {}, built in", tzdb_version());
    checks.push(Diagnosis::fine("time zones", finding));
    checks
}

fn calendar_checks(calendar: &BusinessCalendar, today: Option<NaiveDate>) -> Vec<Diagnosis> {
    let (id, end, mut checks) = (calendar.id(), calendar.valid_to(), Vec::new());
    let soon = today.and_then(|today| today.checked_add_days(Days::new(CALENDAR_DAYS_MIN)));
    if soon.is_some_and(|soon| end < soon) {
        let finding = format!("the calendar {id} ends on {end}, and claims beyond it are refused");
        let remedy = format!("install a newer {id}.toml");
        checks.push(Diagnosis::found("calendars", finding, remedy));
    }
    if calendar.version() != calendar.version_of_content() {
        let finding = format!("the calendar {id} was edited without a new version");
        let version = calendar.version_of_content();
        let remedy = format!("set its version to \"{version}\", or put changes into overrides");
        checks.push(Diagnosis::found("calendars", finding, remedy));
    }
    checks
}
