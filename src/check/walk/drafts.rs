//! Drafts that were submitted: is there a claim, and is it theirs?

use chrono::{DateTime, Utc};

use crate::check::walk::{Walk, Wrong};
use crate::drafts::DraftId;

impl Walk<'_> {
    pub(super) async fn draft(&self, id: DraftId, now: DateTime<Utc>) -> Wrong {
        let draft = match self.store().draft(id).await {
            Ok(draft) => draft,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => return Ok(Some(format!("it cannot be read: {error}"))),
        };
        let Some(draft) = draft else { return Ok(None) };
        if draft.id != id {
            return Ok(Some(format!("it says that it is draft {}", draft.id)));
        }
        let Some(claim_id) = draft.claim_id() else { return Ok(None) };
        let Some(claim) = self.readable(claim_id).await? else {
            // Its claim may have ended since, and left for the archive.
            let gone =
                !self.exists(claim_id).await? && self.patience.still_keeps(draft.changed_at, now);
            return Ok(gone.then(|| format!("it became claim {claim_id}, which does not exist")));
        };
        let submission = &claim.submission;
        let is_its = submission.idempotency_key.as_str() == id.to_string()
            && submission.partner.mpn_id == draft.mpn_id;
        Ok((!is_its).then(|| format!("it became claim {claim_id}, which is of another draft")))
    }
}
