//! The deployment the demo plays on: a private server, a virtual clock, workers in this process
//! and a mail server of its own, all in one new folder.
//!
//! Nothing of the user's is touched: the folder has to be new, and the settings of the
//! environment do not apply.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use cpor::ledger::Ledger;
use cpor::settings::Settings;
use cpor::store::StoreError;
use cpor::testkit::smtp::{Received, SmtpServer};
use cpor::travel::{settle, travel};
use cpor::worker;

use super::script::STARTS_AT;
use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::session::Session;

/// The tenants of the demo's customers.
const DIRECTORY: &str = include_str!("../../../config/demo/directory.toml");
/// The claims of the demo, one JSON object per line.
pub const CLAIMS: &str = include_str!("../../../config/demo/claims.jsonl");
/// Where a demo puts its folder when it is not told.
const FOLDERS: &str = "data/demo";
/// Folders of earlier demos after which somebody has to tidy up.
const FOLDERS_MAX: u32 = 1_000;

/// A running deployment.
pub struct Stage {
    ledger: Ledger,
    smtp: SmtpServer,
    stop: CancellationToken,
    worker: JoinHandle<Result<(), StoreError>>,
    folder: PathBuf,
}

impl Stage {
    /// Starts everything in a new folder; the session is for whoever waits for signals.
    pub async fn set_up(folder: &Path, globals: &Globals) -> Result<(Self, Session)> {
        let directory = folder.join("directory.toml");
        write(&directory, DIRECTORY.as_bytes())?;
        write(&claims_file(folder), CLAIMS.as_bytes())?;
        let kept = kept_settings(folder, &directory);
        write_settings(&config_file(folder), &kept)?;
        let smtp = SmtpServer::start().await.context("could not start the demo's mail server")?;
        let port = smtp.port().to_string();
        let mut all: Vec<(&str, &str)> = kept.iter().map(|(k, v)| (*k, v.as_str())).collect();
        all.extend([
            ("mail.transport", "smtp"),
            ("mail.smtp.host", "127.0.0.1"),
            ("mail.smtp.port", port.as_str()),
        ]);
        let settings = Settings::built_in(&all)?;
        globals.log(&settings.log)?;
        let session = Session::open(settings).await?;
        let context = Arc::new(session.app.context(Job::ALL.to_vec())?);
        let stop = CancellationToken::new();
        let worker = tokio::spawn(worker::run(context, stop.clone()));
        let ledger = session.app.ledger.clone();
        let stage = Self { ledger, smtp, stop, worker, folder: folder.to_owned() };
        Ok((stage, session))
    }

    /// The one door to the demo's claims.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Waits until the workers have nothing left to do.
    pub async fn settle(&self) -> Result<()> {
        Ok(settle(self.ledger()).await?)
    }

    /// Travels to an instant, stopping at everything that falls due on the way.
    pub async fn travel_to(&self, at: DateTime<Utc>) -> Result<()> {
        Ok(travel(self.ledger(), at).await?)
    }

    /// Writes the mails that were accepted as files, and says where and how many.
    pub fn write_mails(&self) -> Result<(PathBuf, usize)> {
        let folder = self.folder.join("mail");
        fs::create_dir_all(&folder)
            .with_context(|| format!("could not make {}", folder.display()))?;
        let mails = self.smtp.received();
        for (index, mail) in mails.iter().enumerate() {
            let file = folder.join(mail_name(index + 1, mail));
            write(&file, &mail.bytes)?;
        }
        Ok((folder, mails.len()))
    }

    /// Stops workers and server, and passes on how it went; the claims stay in the folder.
    pub async fn strike(self, session: Session, result: Result<Exit>) -> Result<Exit> {
        self.stop.cancel();
        let stopped = self.worker.await.context("the demo's worker panicked");
        let result = result.and_then(|exit| {
            stopped??;
            Ok(exit)
        });
        session.close(result).await
    }
}

/// The file that lets later commands look at the claims of a demo.
pub fn config_file(folder: &Path) -> PathBuf {
    folder.join("cpor.toml")
}

/// The claims as they were submitted.
pub fn claims_file(folder: &Path) -> PathBuf {
    folder.join("claims.jsonl")
}

/// Makes the folder of this demo: the one named, or the next number in `data/demo`. Making a
/// folder is atomic, so two demos never share one.
pub fn new_folder(named: Option<&Path>) -> Result<PathBuf> {
    let folder = match named {
        Some(folder) => {
            fs::create_dir(folder).with_context(|| {
                format!("could not make {}; a demo needs a new folder", folder.display())
            })?;
            folder.to_owned()
        }
        None => next_numbered(Path::new(FOLDERS))?,
    };
    folder.canonicalize().with_context(|| format!("could not find {}", folder.display()))
}

fn next_numbered(parent: &Path) -> Result<PathBuf> {
    fs::create_dir_all(parent).with_context(|| format!("could not make {}", parent.display()))?;
    for number in 1..=FOLDERS_MAX {
        let folder = parent.join(number.to_string());
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("could not make {}", folder.display()));
            }
        }
    }
    bail!("{} is full of earlier demos; delete some", parent.display())
}

/// What a later command needs to find the same deployment. Mails of later commands become files,
/// because the demo's mail server ends with the demo.
fn kept_settings(folder: &Path, directory: &Path) -> [(&'static str, String); 8] {
    [
        ("redis.namespace", "demo".to_owned()),
        ("redis.partitions", "4".to_owned()),
        ("data.directory", folder.display().to_string()),
        ("clock.mode", "virtual".to_owned()),
        ("clock.starts_at", STARTS_AT.to_owned()),
        ("mail.transport", "directory".to_owned()),
        ("mail.from", "Partner claims <claims@cpor.example>".to_owned()),
        ("directory.file", directory.display().to_string()),
    ]
}

fn write_settings(file: &Path, settings: &[(&str, String)]) -> Result<()> {
    let mut text = "# The settings of this demo, for `cpor --config <this file>`.\n".to_owned();
    for (key, value) in settings {
        let number = value.parse::<u32>().map(i64::from).map(toml::Value::Integer);
        let value = number.unwrap_or_else(|_| toml::Value::String(value.clone()));
        writeln!(text, "{key} = {value}")?;
    }
    write(file, text.as_bytes())
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))
}

/// For example `07-notice-mert.kaya@anadoluelektrik.example.eml`; a mail's Message-ID begins with
/// the letter of its kind.
fn mail_name(number: usize, mail: &Received) -> String {
    let kind = match mail.message_id.chars().nth(1) {
        Some('n') => "notice",
        Some('r') => "reminder",
        Some('c') => "receipt",
        _ => "result",
    };
    let recipient = mail.to.replace(|c: char| !c.is_alphanumeric() && !".-@".contains(c), "_");
    format!("{number:02}-{kind}-{recipient}.eml")
}
