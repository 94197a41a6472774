//! Mails as files: one `.eml` per mail in a folder.
//!
//! The way of a deployment that has no mail server yet, and a pick-up folder for one that has its
//! own. The name of a file follows from the mail, so a repeat replaces it. Nothing is ever
//! deleted here.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task;

use super::delivery::{Delivery, Failure, Phase};
use super::mailer::MailSettingsError;
use super::message::Mail;

/// Distinguishes the temporary files of mails written at the same time.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// The folder.
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Creates the folder if there is none.
    pub(super) fn new(path: &Path) -> Result<Self, MailSettingsError> {
        let path = path.to_owned();
        match fs::create_dir_all(&path) {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(MailSettingsError::Directory { path, source }),
        }
    }

    /// Writes a mail. It is there as a whole or not at all, also after a power loss.
    pub(super) async fn send(&self, mail: &Mail, bytes: Vec<u8>) -> Delivery {
        let (folder, name) = (self.path.clone(), file_name(mail));
        let reply = format!("stored as {name}");
        let written = task::spawn_blocking(move || write(&folder, &name, &bytes));
        match written.await.map_err(io::Error::other).and_then(|done| done) {
            Ok(()) => Delivery::Accepted { reply },
            Err(error) => Failure::new(Phase::Store, &error.to_string()).judge(),
        }
    }
}

/// For example `2026-11-20T15-00-00Z-notice-n1.0198c0de.eml`.
fn file_name(mail: &Mail) -> String {
    let date = mail.date.format("%Y-%m-%dT%H-%M-%SZ");
    format!("{date}-{}-{}.eml", mail.kind.name(), mail.message_id.local())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".{name}.{}.{number}", std::process::id()));
    let written = write_synced(&temporary, bytes)
        .and_then(|()| fs::rename(&temporary, folder.join(name)))
        .and_then(|()| File::open(folder)?.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&temporary); // The first error is the one worth reporting.
    }
    written
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::smtp::tests::a_mail;

    fn files(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_mail_is_one_file_and_a_repeat_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(&folder.path().join("new/mail")).unwrap();
        let mail = a_mail("mert@example.com", 7);
        let name = "2026-11-20T15-00-00Z-notice-n7.c-1.eml";
        for _ in 0..2 {
            let accepted = Delivery::Accepted { reply: format!("stored as {name}") };
            assert_eq!(directory.send(&mail, mail.to_bytes().unwrap()).await, accepted);
        }
        assert_eq!(files(&folder.path().join("new/mail")), [name]);
        let stored = fs::read(folder.path().join("new/mail").join(name)).unwrap();
        assert_eq!(stored, mail.to_bytes().unwrap());
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_worth_another_attempt() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(&folder.path().join("mail")).unwrap();
        fs::remove_dir(folder.path().join("mail")).unwrap();
        let delivery = directory.send(&a_mail("mert@example.com", 1), Vec::new()).await;
        assert!(matches!(delivery, Delivery::TryAgain { phase: Phase::Store, .. }), "{delivery:?}");
    }
}
