//! `cpor backup` and `cpor restore`: everything a deployment knows in one file, taken while it
//! works.
//!
//! # What a backup promises
//!
//! - Each partition is as it was in one instant: its claims with their histories and jobs, what
//!   they hold, and how far its feed was. No two partitions share a rule about claims, so that
//!   each has an instant of its own is no harm.
//! - Everything that was accepted before the backup began is in it. What comes in while it is
//!   made is in it whole or not at all.
//! - Restored, `cpor check` finds nothing that it would not have found before, and every claim
//!   goes on: what was planned is on the agenda, what a worker had in hand is due again, dead
//!   letters are kept. A job may run a second time, as it may after any crash.
//! - Intake, API keys, webhooks, editions of the calendars, outages and a virtual clock are kept.
//!   Secret keys are **not** in it: whoever has the file has personal data, but signs nothing.
//!
//! # How
//!
//! Redis is never stopped: every step reads a few dozen claims, in about a millisecond. Copying a
//! whole partition in one step would give the same, and block everybody for seconds.
//!
//! 1. The intake is read first, and claims afterwards: a submission that moves from one to the
//!    other meanwhile is seen twice rather than never, and submitting it again doubles nothing.
//!    The calendars are read first, too: a sweep that goes on meanwhile is done again. And so are
//!    drafts: one that becomes a claim meanwhile is open again, and submitting it finds the claim.
//! 2. Per partition, all claims are read that an index of statuses lists. Every commit is in the
//!    feed, so what has changed since the beginning is known, and is read again. The last step
//!    reads what the feed still names together with the end of the feed: what was read is then
//!    the partition in that instant. Its feed up to there is copied, and then the deliveries to
//!    webhooks, which may be made again and are never left out.
//! 3. Everything else is copied key by key, of whatever kind it is, except what another process
//!    would have to say anew: who is running, leases, what is gone by itself within a day.
//!
//! Restoring derives what follows from a claim as a commit does, and copies no index, item, grant
//! or counter. The namespace is marked until all is there, so that nobody works in half of it; a
//! restore that was cut off goes on when it is given the same file.
//!
//! # What is deliberately not here
//!
//! No schedule, no place to keep backups in, no encryption: other programs do that better, and
//! `cpor backup -` writes to them. What has to be thought of after an older state was restored is
//! in `docs/backup.md`.

pub mod line;
mod others;
mod read;
mod restore;
mod take;
mod write;

use crate::store::StoreError;

pub use read::{Problem, Verified};
pub use restore::{RestoreError, Restored, restore};
pub use take::{BackupError, Taken, take};

/// How far something long is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is done.
    pub done: u64,
    /// Of how much, as far as is known.
    pub total: u64,
}

/// Reading or writing the file itself failed.
#[derive(Debug, thiserror::Error)]
#[error("could not {doing}")]
pub struct FileError {
    /// What was attempted.
    doing: &'static str,
    #[source]
    source: std::io::Error,
}

impl FileError {
    fn doing(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self { doing, source }
    }
}

type Told<'a> = &'a mut dyn FnMut(Progress);

/// Claims that are on their way at once.
const AT_ONCE: usize = 16;

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
