//! Dead letters in operators' hands: try again, or forget, and write down who did.

use cpor_jobs::Job;

use crate::claim::command::Command;
use crate::claim::identity::{Comment, Line};
use crate::ledger::{Ledger, LedgerError};
use crate::operations::{Action, OperatorAction};
use crate::store::StoreError;
use crate::store::dead::DeadEntry;

/// Makes a dead entry due at once, with fresh attempts; false when it is not there any more.
///
/// The copies of a notice are counted in its claim, so the claim has to be told to go on;
/// everything else only has to become due again.
///
/// # Errors
///
/// When Redis fails.
pub async fn retry_dead(
    ledger: &Ledger,
    entry: &DeadEntry,
    reason: Option<&Comment>,
    actor: &Line,
) -> Result<bool, LedgerError> {
    let retried = resume_notice(ledger, entry, actor).await? || {
        let at = ledger.clock().instant().await?;
        ledger.store().retry_dead(entry, at).await?
    };
    if retried {
        record(ledger, Action::DeadRetried, entry, reason, actor).await?;
    }
    Ok(retried)
}

/// Forgets a dead entry; false when it is not there any more. The claim stays as it is.
///
/// # Errors
///
/// When Redis fails.
pub async fn drop_dead(
    ledger: &Ledger,
    entry: &DeadEntry,
    reason: Option<&Comment>,
    actor: &Line,
) -> Result<bool, StoreError> {
    let dropped = ledger.store().drop_dead(entry, ledger.clock().instant().await?).await?;
    if dropped {
        record(ledger, Action::DeadDropped, entry, reason, actor).await?;
    }
    Ok(dropped)
}

async fn resume_notice(
    ledger: &Ledger,
    entry: &DeadEntry,
    actor: &Line,
) -> Result<bool, LedgerError> {
    let (Job::NotifyCustomer, Some(id)) = (entry.job, entry.claim_id()) else {
        return Ok(false);
    };
    match ledger.apply(id, &Command::ResumeNotice, actor.as_str()).await {
        Ok(applied) => Ok(!applied.events.is_empty()),
        // No copy was ever sent, or nobody waits for the notice any more.
        Err(LedgerError::Refused { .. } | LedgerError::NoClaim(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn record(
    ledger: &Ledger,
    action: Action,
    entry: &DeadEntry,
    reason: Option<&Comment>,
    actor: &Line,
) -> Result<(), StoreError> {
    let done = OperatorAction {
        at: ledger.clock().real(),
        actor: actor.as_str().to_owned(),
        action,
        subject: format!("{} {}", entry.job, entry.entry),
        reason: reason.map(|reason| reason.as_str().to_owned()),
    };
    ledger.store().record_operation(&done).await
}
