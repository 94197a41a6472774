//! Drafts of claims that take the place of others.

use serde_json::Value;

use crate::claim::{Claim, Submission};
use crate::drafts::{Draft, DraftContent, DraftError, DraftState, Drafts};

/// Drafts that are read at once.
const PAGE: usize = 100;

impl DraftContent {
    /// What a claim says that still holds for one that takes its place: everything but its proof,
    /// which has to be new, and its subscriptions, which end with it.
    #[must_use]
    pub fn renewing(submission: &Submission) -> Self {
        let Ok(mut json) = serde_json::to_value(submission) else { return Self::default() };
        if let Some(fields) = json.as_object_mut() {
            for gone in ["v", "source", "idempotency_key", "proof_of_execution"] {
                fields.remove(gone);
            }
            let items = fields.get_mut("items").and_then(Value::as_array_mut);
            for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
                item.remove("subscription_id");
            }
        }
        // What a submission can say, a draft can say too; a test reads every field.
        serde_json::from_value(json).unwrap_or_default()
    }
}

impl Drafts {
    /// Makes a draft of a claim that takes the place of this one.
    ///
    /// # Errors
    ///
    /// As [`Drafts::create`].
    pub async fn renew(&self, claim: &Claim, by: &str) -> Result<Draft, DraftError> {
        let content = DraftContent::renewing(&claim.submission);
        self.begin(&claim.submission.partner.mpn_id, content, Some(claim.id), by).await
    }

    /// The newest draft that is to take the place of a claim and is not submitted yet, or else a
    /// new one. Two people who ask at one instant may get one each.
    ///
    /// # Errors
    ///
    /// As [`Drafts::create`].
    pub async fn renewal_of(&self, claim: &Claim, by: &str) -> Result<Draft, DraftError> {
        let (mpn_id, mut before) = (&claim.submission.partner.mpn_id, None);
        loop {
            let page = self.list(mpn_id, before, PAGE).await?;
            let last = page.last().map(|draft| draft.id).filter(|_| page.len() == PAGE);
            let mut open = page.into_iter().filter(|draft| draft.state == DraftState::Open);
            if let Some(draft) = open.find(|draft| draft.renews == Some(claim.id)) {
                return Ok(draft);
            }
            if last.is_none() {
                return self.renew(claim, by).await;
            }
            before = last;
        }
    }
}
