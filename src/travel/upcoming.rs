//! What comes next: the due moments at which travelling would stop.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::ClaimId;
use crate::ledger::Ledger;
use crate::store::StoreError;
use crate::store::agenda::claim_of;

/// The most moments that are told.
pub const UPCOMING_MAX: usize = 20;

/// Something that falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Upcoming {
    /// When, on the deployment's clock.
    pub due_at: DateTime<Utc>,
    /// What is done then.
    #[schemars(with = "String")]
    pub job: Job,
    /// For which claim; null when that is not yours to know.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub claim_id: Option<ClaimId>,
}

/// The next due entries, the earliest first; at most [`UPCOMING_MAX`].
///
/// # Errors
///
/// When Redis fails.
pub async fn upcoming(ledger: &Ledger, most: usize) -> Result<Vec<Upcoming>, StoreError> {
    let planned = ledger.store().planned(most.min(UPCOMING_MAX)).await?;
    let told = planned.into_iter().map(|planned| Upcoming {
        due_at: planned.due_at,
        job: planned.job,
        claim_id: claim_of(planned.job, &planned.entry),
    });
    Ok(told.collect())
}
