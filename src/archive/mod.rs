//! The archive: closed claims leave Redis for JSON Lines in an object store, a folder or S3.
//!
//! `claims/2026/11/23.jsonl` has the claims that were closed on that day (UTC), one on each line
//! with its whole history. What is written is never written again but by an erasure: a day that is
//! archived in several rounds, or is large, has further parts, `23.2.jsonl` and so on. Nothing is
//! ever deleted here.
//!
//! | file | holds |
//! |---|---|
//! | `day.rs` | names of objects |
//! | `line.rs` | one claim on one line, written and read |
//! | `lines.rs` | an object line by line, in bounded memory |
//! | `sweep.rs`, `departure.rs` | moves what is closed for long enough |
//! | `read.rs` | goes through what is there, and verifies it |
//! | `erasure.rs`, `address.rs` | erases the personal data of closed claims, here and in Redis |

mod address;
mod day;
mod departure;
mod erasure;
mod line;
mod lines;
mod read;
mod sweep;

use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;

use crate::ledger::LedgerError;
use crate::objects::{Objects, ObjectsError, Setting};
use crate::settings::ArchiveSettings;
use crate::store::StoreError;

pub use address::EmailToErase;
pub use day::{Day, Part};
pub use erasure::{ErasedClaim, ErasureReport, ErasureTask, Whose};
pub use line::{ArchivedClaim, BadLine, FORMAT};
pub use read::{Found, Verified};
pub use sweep::{Archivist, Kept, Progress, SweepEnd, SweepReport};

/// Where archived claims lie; cheap to clone.
#[derive(Debug, Clone)]
pub struct Archive {
    objects: Arc<dyn ObjectStore>,
    place: Arc<str>,
}

/// Something about the archive did not work.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The object store cannot be opened, or did not do what it was asked.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// What was written was read back otherwise.
    #[error(
        "{object} in {place} does not read as it was written; nothing was removed from Redis. Look \
         at that object store before the next sweep"
    )]
    NotAsWritten {
        /// The object.
        object: String,
        /// Where the archive is.
        place: String,
    },
    /// A line is none that this release reads.
    #[error("line {number} of {object} cannot be used: {problem}")]
    BadLine {
        /// The object.
        object: String,
        /// Its number, from 1.
        number: u64,
        /// What is wrong.
        problem: BadLine,
    },
    /// The archive is being changed by another process.
    #[error("another process is at work on the archive; try again when it is done")]
    Elsewhere,
    /// Redis, or the ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

impl Archive {
    /// Opens the archive; with S3, connects to nothing yet. `data` is where it is by default.
    ///
    /// # Errors
    ///
    /// When a setting does not fit, or the folder cannot be made.
    pub fn open(settings: &ArchiveSettings, data: &Path) -> Result<Self, ArchiveError> {
        let objects = Objects::open(&Setting {
            section: "archive",
            key: "store",
            value: &settings.store,
            s3: &settings.s3,
            default: &data.join("archive"),
        })?;
        Ok(Self { place: Arc::from(objects.place()), objects: objects.store })
    }

    /// Where it is, for people.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}
