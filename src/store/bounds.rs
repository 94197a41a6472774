//! How much is kept of what only people and other systems look at.

/// How much of what only people and others look at is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Events in the feed of each partition.
    pub feed_max: usize,
    /// What partners find in their inboxes.
    pub inbox: InboxBounds,
}

impl Bounds {
    /// For who only reads.
    pub const NONE: Self = Self { feed_max: 1, inbox: InboxBounds { entries_max: 1, seconds: 1 } };
}

/// How much an inbox keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxBounds {
    /// Entries per partner and partition.
    pub entries_max: usize,
    /// For how long an inbox into which nothing comes is kept, in seconds.
    pub seconds: u64,
}
