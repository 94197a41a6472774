//! What a draft takes over from a claim whose place it is to take.

use serde_json::Value;

use crate::claim::Submission;
use crate::drafts::DraftContent;

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
