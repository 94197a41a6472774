//! What has happened since a moment, for whoever has travelled since.

use crate::ledger::Ledger;
use crate::store::StoreError;
use crate::store::feed::{FeedEntry, FeedPosition};

/// The most events that are told.
pub const HAPPENED_MAX: usize = 500;

/// The events since a position of the feed.
#[derive(Debug, Clone)]
pub struct Happened {
    /// The events, the oldest first; at most [`HAPPENED_MAX`].
    pub events: Vec<FeedEntry>,
    /// Whether there are more than are told.
    pub is_cut: bool,
}

/// What has happened since `position`, the oldest first.
///
/// # Errors
///
/// When Redis fails.
pub async fn happened_since(
    ledger: &Ledger,
    position: &FeedPosition,
) -> Result<Happened, StoreError> {
    let page = ledger.store().read_feed(position, HAPPENED_MAX + 1).await?;
    let mut events = page.entries;
    let is_cut = events.len() > HAPPENED_MAX || !page.gaps.is_empty();
    events.truncate(HAPPENED_MAX);
    Ok(Happened { events, is_cut })
}
