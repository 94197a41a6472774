//! Not waiting for what is planned for later.

use cpor_jobs::Job;

use crate::claim::ClaimId;
use crate::claim::identity::{Comment, Line};
use crate::ledger::{Ledger, LedgerError};
use crate::operations::{Action, OperatorAction};

/// Makes the entry of a job that is planned for later due at once, on record; false when nothing
/// is planned for later any more.
///
/// # Errors
///
/// When Redis fails.
pub async fn hasten(
    ledger: &Ledger,
    id: ClaimId,
    job: Job,
    reason: &Comment,
    actor: &Line,
) -> Result<bool, LedgerError> {
    let at = ledger.clock().instant().await?;
    if !ledger.store().hasten(id, job, at).await? {
        return Ok(false);
    }
    let done = OperatorAction {
        at: ledger.clock().real(),
        actor: actor.as_str().to_owned(),
        action: Action::EntryHastened,
        subject: format!("{job} {id}"),
        reason: Some(reason.as_str().to_owned()),
    };
    ledger.store().record_operation(&done).await?;
    Ok(true)
}
