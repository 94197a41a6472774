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

use chrono::TimeDelta;

use crate::ledger::Ledger;
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
}

impl Patience {
    /// As the settings have it.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let notice = settings.job_limits().of(cpor_jobs::Job::NotifyCustomer).timeout;
        Self {
            lease: TimeDelta::seconds(settings.agenda.lease_seconds.into()),
            notice: TimeDelta::from_std(notice).unwrap_or(TimeDelta::MAX),
        }
    }
}

/// Checks every invariant, and reports on each of them.
///
/// # Errors
///
/// When Redis cannot be reached or refuses; then nothing is known.
pub async fn check(
    ledger: &Ledger,
    patience: Patience,
) -> Result<Vec<InvariantReport>, StoreError> {
    walk::Walk::new(ledger, patience).run().await
}
