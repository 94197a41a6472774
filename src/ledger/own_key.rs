//! Whose a source's own key is, where claims leave for the archive at the same time.

use crate::claim::{ClaimId, Submission};
use crate::ledger::{Ledger, LedgerError};
use crate::store::intake::KeyRecord;

impl Ledger {
    /// The claim that a submission's own key stands for: `fresh`, where it was free. The key of a
    /// claim that has left for the archive is free.
    ///
    /// A key without a claim is that of a submission which crashed before its commit, or of a
    /// claim that has left a moment ago. The latter is noted from the departure until the key is
    /// free; so who finds no note, and after that still the same key, has the former.
    pub(super) async fn own_key(
        &self,
        submission: &Submission,
        digest: &str,
        fresh: ClaimId,
    ) -> Result<KeyRecord, LedgerError> {
        let store = &self.store;
        let mut record = store.record_key(submission, digest, fresh).await?;
        loop {
            let found = match &record {
                KeyRecord::New => return Ok(record),
                KeyRecord::Same(id) | KeyRecord::Different { claim_id: id, .. } => *id,
            };
            if store.claim(found).await?.is_some() {
                return Ok(record);
            }
            let is_leaving = store.is_leaving(found).await?;
            if is_leaving {
                let key = store.keys().submission(&submission.source, &submission.idempotency_key);
                store.free_key(found, &key).await?;
            }
            let again = store.record_key(submission, digest, fresh).await?;
            if again == record && !is_leaving {
                return Ok(record);
            }
            record = again;
        }
    }
}
