//! Reading the feed: every committed event, in one stream per partition.
//!
//! The feed is bounded: what is old is trimmed. Whoever reads on from a position whose next
//! entries are gone is told so, and goes on with what is there.

mod position;
mod tail;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, Utc};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use redis::Value;

use crate::access::Authority;
use crate::claim::identity::{ClaimId, MpnId, Source};
use crate::claim::{ChainTip, Status};
use crate::notifications::Kind;
use crate::store::{Store, StoreError};
pub use position::{FeedPosition, PositionError, StreamId};
pub use tail::{Feed, FeedNews};

/// Partitions that are read at once.
const AT_ONCE: usize = 64;
/// Entries that one read asks of all partitions together, about.
const READ_MAX: usize = 4_096;

/// One committed event, with what is needed to know whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// The partition of its claim.
    pub partition: u16,
    /// Its id in the stream of that partition.
    pub id: StreamId,
    /// Whose event it is.
    pub claim_id: ClaimId,
    /// Which of the claim's events, from 1.
    pub revision: u64,
    /// Its name, such as `claim_validated`.
    pub event: String,
    /// When it was recorded, on the deployment's clock.
    pub at: DateTime<Utc>,
    /// The partner of the claim.
    pub mpn_id: MpnId,
    /// The source that submitted the claim.
    pub source: Source,
    /// Where the claim stood after the commit that brought the event.
    pub status: Status,
    /// What the history up to this event adds up to, for whoever keeps it elsewhere; nothing in
    /// entries of earlier releases.
    pub chain: Option<ChainTip>,
    /// What it is to the people of the partner; nothing when it tells them nothing, and in entries
    /// of earlier releases.
    pub kind: Option<Kind>,
}

impl FeedEntry {
    /// Whether the event is there for a caller of this authority at all.
    #[must_use]
    pub fn seen_by(&self, authority: &Authority) -> bool {
        authority.sees(&self.mpn_id, &self.source)
    }
}

/// Entries of a partition are gone that had not been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedGap {
    /// Which partition.
    pub partition: u16,
    /// How far it had been read.
    pub after: StreamId,
}

/// A part of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// The entries; of one partition in their order, and between partitions by time.
    pub entries: Vec<FeedEntry>,
    /// Where to read on. [`FeedPosition::advance`] tells the position after each entry.
    pub position: FeedPosition,
    /// Where something is missing before the entries.
    pub gaps: Vec<FeedGap>,
}

impl Store {
    /// The position after everything there is.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn feed_end(&self) -> Result<FeedPosition, StoreError> {
        let newest = async |partition| Ok(self.read_partition(partition, None, 1).await?.newest);
        let ends = iter(0..self.keys().partitions()).map(newest).buffered(AT_ONCE);
        Ok(FeedPosition::new(ends.try_collect::<Vec<_>>().await?))
    }

    /// The newest entry that a partition has ever had: every commit adds one, so as long as this
    /// stays, nothing there has been committed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn newest_commit(&self, partition: u16) -> Result<StreamId, StoreError> {
        Ok(self.read_partition(partition, None, 1).await?.newest)
    }

    /// The position after everything that a partition has; of the others it says nothing.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn feed_end_of(&self, partition: u16) -> Result<FeedPosition, StoreError> {
        let mut position = FeedPosition::start(self.keys().partitions());
        position.advance_to(partition, self.newest_commit(partition).await?);
        Ok(position)
    }

    /// How many entries were ever taken away from the feed of a partition.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn feed_removed(&self, partition: u16) -> Result<u64, StoreError> {
        Ok(self.read_partition(partition, None, 1).await?.removed)
    }

    /// At most `limit` entries after `position`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or the position is of another deployment.
    pub async fn read_feed(
        &self,
        position: &FeedPosition,
        limit: usize,
    ) -> Result<FeedPage, StoreError> {
        let all: Vec<u16> = (0..self.keys().partitions()).collect();
        self.read_feed_of(&all, position, limit).await
    }

    /// The same, of some partitions only.
    ///
    /// # Errors
    ///
    /// As [`Store::read_feed`].
    pub async fn read_feed_of(
        &self,
        partitions: &[u16],
        position: &FeedPosition,
        limit: usize,
    ) -> Result<FeedPage, StoreError> {
        if !position.fits(self.keys().partitions()) {
            let found = "the position is of a deployment with another number of partitions";
            return Err(StoreError::malformed("read the feed", found));
        }
        let each = (READ_MAX / partitions.len().max(1)).clamp(1, limit.max(1));
        let read = async |&partition: &u16| {
            let after = position.in_partition(partition);
            Ok((partition, after, self.read_partition(partition, Some(after), each).await?))
        };
        let parts = iter(partitions).map(read).buffered(AT_ONCE).try_collect::<Vec<_>>().await?;
        let (mut position, mut gaps) = (position.clone(), Vec::new());
        let mut streams = Vec::with_capacity(parts.len());
        for (partition, after, part) in parts {
            if part.misses(after) {
                gaps.push(FeedGap { partition, after });
            }
            // A stream that was made anew, as from a backup, is read on from its end.
            position.correct(partition, after.min(part.newest));
            streams.push((partition, part.entries.into_iter().peekable()));
        }
        let entries = merged(streams, limit, &mut position);
        Ok(FeedPage { entries, position, gaps })
    }

    /// What lies in a partition after an id; without one, only its ends.
    async fn read_partition(
        &self,
        partition: u16,
        after: Option<StreamId>,
        limit: usize,
    ) -> Result<Part, StoreError> {
        let doing = || format!("read the feed of partition {partition}");
        let after = after.unwrap_or(StreamId { ms: u64::MAX, sequence: 0 });
        let mut invocation = self.scripts.read_feed.prepare_invoke();
        invocation.key(self.keys().feed(partition)).arg(after.to_string()).arg(limit);
        let mut connection = self.connection();
        let reply: (String, String, u64, Vec<Value>) =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let (oldest, newest, removed, entries) = reply;
        let newest = StreamId::parse(&newest)
            .ok_or_else(|| StoreError::malformed(doing(), format!("the id `{newest}`")))?;
        let entries = entries.iter().filter_map(|entry| read_entry(partition, entry)).collect();
        Ok(Part { oldest: StreamId::parse(&oldest), newest, removed, entries })
    }
}

/// What one partition has.
struct Part {
    oldest: Option<StreamId>,
    newest: StreamId,
    removed: u64,
    /// An entry that cannot be read is only its id.
    entries: Vec<(StreamId, Option<FeedEntry>)>,
}

impl Part {
    /// Whether something that came after an id is not there any more. An entry that is itself
    /// gone may have been the last of those that are; nobody can tell, so it counts.
    fn misses(&self, after: StreamId) -> bool {
        if after > self.newest {
            return true;
        }
        let still_there = self.oldest.is_some_and(|oldest| oldest <= after);
        if after == StreamId::default() {
            return self.removed > 0;
        }
        !still_there && after < self.newest
    }
}

type Entries = std::iter::Peekable<std::vec::IntoIter<(StreamId, Option<FeedEntry>)>>;

/// Takes from the streams whichever entry is the oldest, and moves the position along.
fn merged(
    mut streams: Vec<(u16, Entries)>,
    limit: usize,
    position: &mut FeedPosition,
) -> Vec<FeedEntry> {
    let head = |streams: &mut Vec<(u16, Entries)>, stream: usize| {
        let (id, entry) = streams[stream].1.peek()?;
        Some(Reverse((entry.as_ref().map(|entry| entry.at), *id, stream)))
    };
    let mut entries = Vec::new();
    let mut heads: BinaryHeap<_> =
        (0..streams.len()).filter_map(|stream| head(&mut streams, stream)).collect();
    while entries.len() < limit
        && let Some(Reverse((_, id, stream))) = heads.pop()
    {
        position.advance_to(streams[stream].0, id);
        entries.extend(streams[stream].1.next().and_then(|(_, entry)| entry));
        heads.extend(head(&mut streams, stream));
    }
    entries
}

/// `[id, [field, value, …]]`.
fn read_entry(partition: u16, entry: &Value) -> Option<(StreamId, Option<FeedEntry>)> {
    let (id, fields): (String, Vec<String>) = redis::from_redis_value_ref(entry).ok()?;
    let id = StreamId::parse(&id)?;
    let field = |name: &str| {
        let mut pairs = fields.chunks_exact(2);
        pairs.find(|pair| pair[0] == name).map(|pair| pair[1].as_str())
    };
    let read = || {
        let at = DateTime::from_timestamp_millis(field("at")?.parse().ok()?)?;
        Some(FeedEntry {
            partition,
            id,
            claim_id: ClaimId::parse(field("claim")?).ok()?,
            revision: field("revision")?.parse().ok()?,
            event: field("event")?.to_owned(),
            at,
            mpn_id: MpnId::parse(field("mpn_id")?).ok()?,
            source: Source::parse(field("source")?).ok()?,
            status: field("status")?.parse().ok()?,
            chain: field("chain").and_then(ChainTip::parse),
            kind: field("kind").and_then(|kind| kind.parse().ok()),
        })
    };
    Some((id, read()))
}
