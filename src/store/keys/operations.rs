//! The names of what operators see and set.

use crate::store::Keys;

impl Keys {
    /// Running processes: name to JSON.
    #[must_use]
    pub fn processes(&self) -> String {
        format!("{}:processes", self.namespace)
    }

    /// What operators have set on queues: `pause:<job>` to JSON, `concurrency:<job>` to a number.
    #[must_use]
    pub fn queue_settings(&self) -> String {
        format!("{}:queue-settings", self.namespace)
    }

    /// What operators did, the newest first, trimmed.
    #[must_use]
    pub fn operations(&self) -> String {
        format!("{}:operations", self.namespace)
    }

    /// How many claims came into each status in one minute since the epoch. All minutes share one
    /// slot, so that an hour is read at once.
    #[must_use]
    pub fn rates(&self, minute: i64) -> String {
        format!("{{{}:rates}}:{minute}", self.namespace)
    }
}
