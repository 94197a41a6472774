//! Taking over associations of earlier programs. What somebody has here already is never taken.

use crate::claim::command::Command;
use crate::claim::import::Import;
use crate::claim::state::Holder;
use crate::claim::{Claim, ClaimId};
use crate::ledger::{Changed, Ledger, LedgerError};
use crate::store::intake::KeyRecord;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};
use crate::telemetry;

/// What became of an association that was to be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It is an official association now.
    Imported(ClaimId),
    /// It would be: this was only a look.
    WouldBeImported,
    /// It was imported before.
    Repeated(ClaimId),
    /// Somebody has the item, or claims it.
    Held(Vec<Holder>),
}

impl Ledger {
    /// Takes over one association, unless it was before, or somebody has its item; `dry_run`
    /// changes nothing and says what would come of it.
    ///
    /// # Errors
    ///
    /// When Redis fails; it may then be repeated safely.
    pub async fn import(
        &self,
        import: &Import,
        actor: &str,
        dry_run: bool,
    ) -> Result<ImportOutcome, LedgerError> {
        let submission = &import.submission;
        let at = self.clock().instant().await?;
        if let Some(id) = self.imported_before(import).await? {
            return Ok(ImportOutcome::Repeated(id));
        }
        let partition = self.store().keys().partition_of_tenant(&submission.customer.tenant_id);
        let fresh = ClaimId::new(at.now, partition, rand::random());
        let unborn = Claim::born(fresh, submission.clone(), at.now);
        let holders = self.store().holders(&unborn).await?;
        if !holders.is_empty() {
            return Ok(ImportOutcome::Held(holders));
        }
        if dry_run {
            return Ok(ImportOutcome::WouldBeImported);
        }
        let digest = submission.digest();
        let keys = self.store().keys();
        let own_key = keys.submission(&submission.source, &submission.idempotency_key);
        let mut record = self.own_key(submission, &digest, fresh).await?;
        if let KeyRecord::Different { claim_id, .. } = record {
            // A crash before the commit has left it, and the file was corrected since.
            self.store().free_key(claim_id, &own_key).await?;
            record = self.own_key(submission, &digest, fresh).await?;
        }
        let id = match record {
            KeyRecord::New => fresh,
            KeyRecord::Same(id) | KeyRecord::Different { claim_id: id, .. } => id,
        };
        telemetry::about(id);
        let command = Command::Import(submission.clone(), import.event.clone());
        match self.change(id, None, &command, actor, None, at).await? {
            Changed::Applied(_) => Ok(ImportOutcome::Imported(id)),
            Changed::Conflict if self.store().claim(id).await?.is_some() => {
                Ok(ImportOutcome::Repeated(id))
            }
            Changed::Conflict => {
                self.store().free_key(id, &own_key).await?;
                Ok(ImportOutcome::Held(self.store().holders(&unborn).await?))
            }
        }
    }

    async fn imported_before(&self, import: &Import) -> Result<Option<ClaimId>, LedgerError> {
        let submission = &import.submission;
        let filter = ClaimFilter {
            source: Some(submission.source.clone()),
            idempotency_key: Some(submission.idempotency_key.clone()),
            ..ClaimFilter::default()
        };
        let search = Search::new(filter, Order::Newest, PageSize::DEFAULT);
        let page = self.store().search(&search).await?;
        Ok(page.entries.first().map(|claim| claim.id))
    }
}
