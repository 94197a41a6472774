//! The calendars in force in a running deployment, and what a change of them does to open windows.
//!
//! Files are what an operator edits; an **edition** is what is in force. It is kept in Redis and
//! followed by every process, so that two of them never count with different calendars. A change
//! is read from the files (a **candidate**, all or nothing), previewed, and published as the next
//! edition. An edition for open windows, a new tzdb, and an outage of the customer's page ask for a
//! **sweep**: every open window is computed anew, and moved if it ends later now; never sooner.
//!
//! | file | holds |
//! |---|---|
//! | `edition.rs` | what an edition says, and what the history says of it |
//! | `candidate.rs` | the files, read all or nothing |
//! | `alignment.rs` | one open window against other calendars |
//! | `needed.rs` | claims that will need a calendar which is to be removed |
//! | `preview.rs` | what a candidate would do, without doing it |
//! | `publish.rs` | putting a candidate in force, and how a deployment gets its first edition |
//! | `history.rs`, `signal.rs` | what was done; a reload by signal |
//! | `outage.rs` | outages of the page |
//! | `sweep.rs`, `sweeper.rs` | what is to be done to all open windows, and who does it |
//! | `keeper.rs` | following the edition in force, and sweeping, in the background |
//!
//! Deliberately absent: Redis (that is `store`), and the rule about one window, which is the
//! ledger's and the claim's: a sweep asks `Ledger::adjust` and nothing else.

mod alignment;
mod candidate;
mod edition;
mod history;
mod keeper;
mod needed;
mod outage;
mod preview;
mod publish;
mod signal;
mod sweep;
mod sweeper;

pub use alignment::{Move, Problem, Stay};
pub use candidate::{CalendarFiles, Candidate, FilesWrong};
pub use edition::{ChangedCalendar, Edition, EditionRecord, EntryCounts, Scope};
pub use history::{HistoryEntry, HistoryRecord};
pub use keeper::Keeper;
pub use needed::Needed;
pub use outage::{Outage, OutageRefused};
pub use preview::{Preview, WindowsPreview};
pub use publish::{OpenError, Opened, Publication, PublishError, open};
pub use sweep::{Sweep, SweepTask};
pub use sweeper::{SweepEnd, Told};

use std::sync::Arc;

use crate::calendar::CalendarError;
use crate::ledger::{Ledger, LedgerError};
use crate::store::StoreError;

/// The way to the calendars in force; cheap to clone.
#[derive(Debug, Clone)]
pub struct Editions {
    ledger: Ledger,
    files: CalendarFiles,
}

/// The edition in force cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EditionError {
    /// Redis is in trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A claim could not be changed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A calendar of the edition is of no use to this release.
    #[error("could not use edition {number} of the calendars in force")]
    Calendars {
        /// Which edition.
        number: u64,
        /// Why not.
        #[source]
        source: CalendarError,
    },
}

impl Editions {
    /// The editions of a deployment, and the files that a reload reads.
    #[must_use]
    pub const fn new(ledger: Ledger, files: CalendarFiles) -> Self {
        Self { ledger, files }
    }

    /// The files as they are now: what a reload would put in force. Reads them from the disk.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn candidate(&self) -> Result<Candidate, FilesWrong> {
        self.files.candidate()
    }

    /// The edition in force.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, or what lies there is not an edition.
    pub async fn in_force(&self) -> Result<Edition, StoreError> {
        let found = self.ledger.store().edition().await?;
        let text = found.ok_or_else(|| {
            StoreError::malformed("read the edition of the calendars in force", "nothing there")
        })?;
        Edition::read(&text)
    }

    /// Brings this process in step with the edition in force, and says which that is.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, or the edition is of no use to this release.
    pub async fn follow(&self) -> Result<u64, EditionError> {
        let store = self.ledger.store();
        let number = store.counted(crate::store::editions::Counted::Editions).await?;
        let followed = self.ledger.rules().edition();
        // A namespace that nobody has opened as a deployment has no edition.
        if number == followed || number == 0 {
            return Ok(followed);
        }
        let edition = self.in_force().await?;
        let number = edition.record.number;
        let set = edition.own.set();
        let set = set.map_err(|source| EditionError::Calendars { number, source })?;
        self.ledger.rules().use_edition(number, Arc::new(set));
        tracing::info!(
            calendars.edition = number,
            "edition {number} of the calendars is in force in this process"
        );
        Ok(number)
    }
}
