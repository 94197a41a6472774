//! The names of what belongs to webhooks.

use crate::store::Keys;
use crate::webhook::WebhookId;

impl Keys {
    /// All webhooks: id to JSON; and under `version` how often the hash was changed.
    #[must_use]
    pub fn webhooks(&self) -> String {
        format!("{}:webhooks", self.namespace)
    }

    /// The latest outcomes of deliveries to a webhook, newest first.
    #[must_use]
    pub fn deliveries(&self, id: WebhookId) -> String {
        format!("{}:deliveries:{id}", self.namespace)
    }

    /// How far the feed has been relayed to webhooks (`cursor`), and per webhook how many events
    /// it was not told of while it was paused.
    #[must_use]
    pub fn relay(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("relay"))
    }
}
