//! Documents that prove the work: taken in, looked into, kept, scanned, served, and removed.
//!
//! An upload is written to a file without a name first, which the system removes by itself
//! whatever happens, and is hashed on the way. Only what was looked into and is accepted reaches
//! the object store, under an id of ours; then its record is written. Whoever dies in between
//! leaves an object without a record, which a sweep removes.
//!
//! | file | holds |
//! |---|---|
//! | `document.rs` | the record, and the kinds there are |
//! | `name.rs` | the rule for names |
//! | `content/` | what a file is, and what keeps it from being accepted |
//! | `spool.rs` | an upload on its way in |
//! | `receive.rs`, `refused.rs` | taking one in, or saying why not |
//! | `bytes.rs` | bytes in the object store |
//! | `clamd.rs` | the scanner |
//! | `standing.rs` | whether a document counts for a claim; scanning again |
//! | `question.rs`, `acknowledgement.rs` | a statement that the customer acknowledges by a link |
//! | `evidence.rs` | what is kept of that |
//! | `sweep.rs` | what is removed by itself |
//! | `template/` | the statement of work to download and sign |
//! | `advice/` | what seems to be missing before a claim is submitted |
//!
//! A document counts as long as a claim names it: `docs/documents.md` says how long that is.

mod acknowledgement;
mod advice;
mod bytes;
mod clamd;
mod content;
mod document;
mod evidence;
mod name;
mod question;
mod receive;
mod refused;
mod spool;
mod standing;
mod sweep;
pub mod template;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::objects::{Objects, ObjectsError, Setting};
use crate::settings::S3Settings;
use crate::store::Store;

pub use acknowledgement::{Acknowledgement, Answer, Ask, Proved, Sent};
pub use advice::Advice;
pub use clamd::{ScanError, Scanner};
pub use document::{Document, Kind, Scan};
pub use question::Question;
pub use receive::Upload;
pub use refused::Refused;
pub use standing::{Rescan, Standing, document_findings};
pub use sweep::Swept;

/// The settings under `documents`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct DocumentSettings {
    pub url: String,
    pub s3: S3Settings,
    pub bytes_max: u64,
    pub per_day_max: usize,
    pub at_once_max: usize,
    pub silence_seconds: u32,
    pub receive_seconds: u32,
    pub scanner: String,
    pub scan_seconds: u32,
    pub unused_days: u32,
    pub acknowledgement_days: u32,
    pub questions_max: usize,
}

/// The documents of one namespace; cheap to clone.
#[derive(Debug, Clone)]
pub struct Documents {
    store: Store,
    clock: Clock,
    depot: Depot,
    /// Uploads that this process may have under way.
    room: Arc<Semaphore>,
}

/// What is the same for the documents of every namespace of a process.
#[derive(Debug, Clone)]
pub struct Depot {
    objects: Objects,
    scanner: Option<Scanner>,
    /// Where uploads lie, without a name, until they are accepted.
    folder: Arc<PathBuf>,
    settings: Arc<DocumentSettings>,
}

/// A setting of documents does not fit, or their place cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DepotError {
    /// The object store.
    #[error("could not open the object store of documents")]
    Objects(#[from] ObjectsError),
    /// The scanner.
    #[error("the setting documents.scanner {0}")]
    Scanner(String),
}

impl Depot {
    /// Opens the object store; connects to nothing yet. `data` is the data folder.
    ///
    /// # Errors
    ///
    /// When a setting does not fit, or a folder cannot be made.
    pub fn open(settings: &DocumentSettings, data: &Path) -> Result<Self, DepotError> {
        let objects = Objects::open(&Setting {
            section: "documents",
            key: "url",
            value: &settings.url,
            s3: &settings.s3,
            default: &data.join("documents"),
        })?;
        let patience = Duration::from_secs(settings.scan_seconds.into());
        let scanner = Scanner::parse(&settings.scanner, patience).map_err(DepotError::Scanner)?;
        let (folder, settings) = (Arc::new(data.to_owned()), Arc::new(settings.clone()));
        Ok(Self { objects, scanner, folder, settings })
    }

    /// The scanner, where one is set.
    #[must_use]
    pub const fn scanner(&self) -> Option<&Scanner> {
        self.scanner.as_ref()
    }

    /// Where documents are, for people.
    #[must_use]
    pub fn place(&self) -> &str {
        self.objects.place()
    }
}

impl Documents {
    /// The documents of the namespace of `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, depot: Depot) -> Self {
        let room = Arc::new(Semaphore::new(depot.settings.at_once_max));
        Self { store, clock, depot, room }
    }

    /// The most bytes that a document may have.
    #[must_use]
    pub fn bytes_max(&self) -> u64 {
        self.depot.settings.bytes_max
    }
}
