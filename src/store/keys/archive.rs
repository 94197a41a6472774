//! The names of what belongs to claims that leave Redis for the archive.

use crate::store::Keys;

impl Keys {
    /// Closed claims: claim to when it was closed, ms since the epoch.
    #[must_use]
    pub fn by_closed(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("by-closed"))
    }

    /// How many claims have left for the archive.
    #[must_use]
    pub fn archived(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("archived"))
    }

    /// Claims that have left while their source's own key, which lies in another slot, has not
    /// been freed yet: claim to that key.
    #[must_use]
    pub fn leaving(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("leaving"))
    }

    /// The process that changes the archive, for as long as its lease lasts.
    #[must_use]
    pub fn archivist(&self) -> String {
        format!("{{{}:archive}}:archivist", self.namespace)
    }
}
