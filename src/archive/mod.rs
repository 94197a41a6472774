//! The archive: closed claims leave Redis for JSON Lines in an object store, a folder or S3.
//!
//! `claims/2026/11/23.jsonl` has the claims that were closed on that day (UTC), one on each line
//! with its whole history. What is written is never written again but by an erasure: a day that is
//! archived in several rounds, or is large, has further parts, `23.2.jsonl` and so on. Nothing is
//! ever deleted here.
//!
//! | file | holds |
//! |---|---|
//! | `place.rs` | opens the object store that is set |
//! | `http.rs` | how S3 is talked to |
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
mod http;
mod line;
mod lines;
mod place;
mod read;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;

use crate::ledger::LedgerError;
use crate::store::StoreError;

pub use address::EmailToErase;
pub use day::{Day, Part};
pub use erasure::{ErasedClaim, ErasureReport, ErasureTask, Whose};
pub use line::{ArchivedClaim, BadLine, FORMAT};
pub use read::{Found, Verified};
pub use sweep::{Archivist, Kept, Progress, SweepEnd, SweepReport};

/// How long one exchange with the object store may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where archived claims lie; cheap to clone.
#[derive(Debug, Clone)]
pub struct Archive {
    objects: Arc<dyn ObjectStore>,
    place: Arc<str>,
}

/// Something about the archive did not work.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A setting does not fit.
    #[error("the setting {key} {problem}")]
    Setting {
        /// Its key.
        key: &'static str,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The folder cannot be made.
    #[error("could not make the folder {path} of the archive")]
    Folder {
        /// Which.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The object store did not do what it was asked.
    #[error("could not {doing}")]
    Object {
        /// What was attempted, and on which object.
        doing: String,
        /// What it said.
        #[source]
        source: object_store::Error,
    },
    /// The object store has not answered.
    #[error("could not {doing}: no answer within {} s", PATIENCE.as_secs())]
    Silent {
        /// What was attempted, and on which object.
        doing: String,
    },
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

impl ArchiveError {
    fn doing(doing: impl Into<String>) -> impl FnOnce(object_store::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Object { doing, source }
    }
}

impl Archive {
    /// Where it is, for people.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// The outcome of an exchange with the object store, which must not take for ever.
async fn within<T>(
    doing: String,
    exchange: impl Future<Output = object_store::Result<T>> + Send,
) -> Result<T, ArchiveError> {
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(done) => done.map_err(ArchiveError::doing(doing)),
        Err(_) => Err(ArchiveError::Silent { doing }),
    }
}
