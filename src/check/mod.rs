//! `cpor check`: do the invariants of the whole deployment hold?
//!
//! Safe while the system runs: each claim is read in one step, and what lies in another slot or
//! was read before is read again until nothing has moved in between. Memory is bounded by a page
//! of keys. Nothing is ever written or put right here.
//!
//! | file | holds |
//! |---|---|
//! | `invariant.rs` | the invariants and their sentences |
//! | `report.rs` | what was looked at, and what was wrong |
//! | `judge.rs`, `judge/` | PURE: one claim with everything there is about it |
//! | `walk.rs` | goes through all keys |

mod invariant;
pub mod judge;
mod report;
mod walk;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ledger::Ledger;
use crate::objects::ObjectsError;
use crate::proofs::Documents;
use crate::settings::Settings;
use crate::store::StoreError;

pub use invariant::Invariant;
pub use report::InvariantReport;

/// How long things may take before they are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a lease lasts unless it is renewed.
    pub lease: TimeDelta,
    /// How long one attempt to send a notice may take.
    pub notice: TimeDelta,
    /// How long a claim stays in Redis after its end; for ever, if there is nothing.
    pub kept: Option<TimeDelta>,
}

/// The invariants could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Redis cannot be reached or refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The object store of documents cannot be reached or refuses.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
}

impl Patience {
    /// As the settings have it.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let notice = settings.job_limits().of(cpor_jobs::Job::NotifyCustomer).timeout;
        let kept_days = settings.archive.retention_days;
        Self {
            lease: TimeDelta::seconds(settings.agenda.lease_seconds.into()),
            notice: TimeDelta::from_std(notice).unwrap_or(TimeDelta::MAX),
            kept: (kept_days > 0).then(|| TimeDelta::days(kept_days.into())),
        }
    }

    /// Whether a claim that had not ended at that instant has to be in Redis still.
    fn still_keeps(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.kept.is_none_or(|kept| now - at < kept)
    }
}

/// Checks every invariant, and reports on each of them.
///
/// # Errors
///
/// When Redis or the object store cannot be reached or refuses; then nothing is known.
pub async fn check(
    ledger: &Ledger,
    documents: &Documents,
    patience: Patience,
) -> Result<Vec<InvariantReport>, CheckError> {
    walk::Walk::new(ledger, documents, patience).run().await
}
