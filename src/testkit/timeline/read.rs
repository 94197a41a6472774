//! Reads from Redis what a timeline is made of, within a bounded time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use futures_util::future::try_join_all;
use redis::Pipeline;
use tokio::time::timeout;

use super::Timeline;
use super::life::Life;
use super::rows::rows;
use crate::claim::ClaimId;
use crate::store::agenda::claim_of;
use crate::store::dead::DeadEntry;
use crate::store::feed::FeedPosition;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};
use crate::store::{Store, StoreError};
use crate::testkit::smtp::Received;
use crate::testkit::world::in_words;

/// Time for all of it; a server that is gone or stalls is not waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// Claims of one world that are shown, the newest first.
const CLAIMS_MAX: usize = 40;
/// Up to so many claims a timeline that is about one of them shows the others as well.
const FEW: usize = 10;
/// Entries of one job and partition that are shown at most.
const ENTRIES_MAX: usize = 100;
/// Events of the feed that are looked at for the order in which claims came in.
const FEED_MAX: usize = 4_000;

/// What a timeline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The whole world.
    Everything,
    /// One claim, and others if they are few.
    Claim(ClaimId),
}

/// What lies in Redis.
#[derive(Default)]
pub(super) struct Found {
    /// Where the virtual clock stands.
    pub(super) now: Option<DateTime<Utc>>,
    /// The claims, the oldest first.
    pub(super) lives: Vec<Life>,
    pub(super) entries: Vec<Entry>,
    pub(super) dead: Vec<DeadEntry>,
    /// What is not in here.
    pub(super) missing: Vec<String>,
    /// Whether all claims are in here.
    pub(super) is_whole: bool,
}

/// An entry of the agenda.
pub(super) struct Entry {
    pub(super) job: Job,
    pub(super) claim_id: Option<ClaimId>,
    /// Nothing while a worker has it.
    pub(super) due_at: Option<DateTime<Utc>>,
    pub(super) failed_attempts: u32,
}

impl Timeline {
    /// What is in Redis, and the mails that came in. Where Redis cannot be asked, the mails, and
    /// why there is nothing else.
    pub(in crate::testkit) async fn read(
        store: &Store,
        mails: &[Received],
        about: About,
        seen: DateTime<Utc>,
    ) -> Self {
        match timeout(PATIENCE, Found::read(store, about)).await {
            Ok(Ok(found)) => Self::of_found(found, mails, seen),
            Ok(Err(error)) => Self::without_redis(&in_words(&error), mails, seen),
            Err(_) => Self::without_redis("it is too slow", mails, seen),
        }
    }

    /// The mails, and why there is nothing else.
    pub(super) fn without_redis(why: &str, mails: &[Received], seen: DateTime<Utc>) -> Self {
        let missing = "claims, agenda and dead letters are missing, for Redis could not be asked";
        let missing = vec![format!("{missing}: {why}")];
        Self::of_found(Found { missing, is_whole: true, ..Found::default() }, mails, seen)
    }

    fn of_found(found: Found, mails: &[Received], seen: DateTime<Utc>) -> Self {
        let rows = rows(&found, mails, seen);
        Self { now: found.now.or(Some(seen)), rows, missing: found.missing }
    }
}

impl Found {
    async fn read(store: &Store, about: About) -> Result<Self, StoreError> {
        let mut found = Self { is_whole: true, ..Self::default() };
        let ids = found.claims(store, about).await?;
        let histories = try_join_all(ids.iter().map(|&id| store.history(id))).await?;
        let lives = ids.iter().zip(histories).filter_map(|(&id, history)| Life::of(id, history));
        found.lives = lives.collect();
        let submitted = in_order_of_submission(store).await?;
        // Ids of the same millisecond are in no order.
        found.lives.sort_by_key(|life| {
            let place = submitted.iter().position(|id| *id == life.claim.id);
            (life.claim.submitted_at, place, life.claim.id)
        });
        for partition in 0..store.keys().partitions() {
            for job in Job::ALL.into_iter().filter(|job| *job != Job::SubmitClaim) {
                found.entries.extend(entries(store, partition, job).await?);
            }
        }
        found.dead = store.dead_letters().await?;
        if !found.is_whole {
            let ours = |id: Option<ClaimId>| id.is_none_or(|id| ids.contains(&id));
            found.entries.retain(|entry| ours(entry.claim_id));
            found.dead.retain(|dead| ours(dead.claim_id()));
        }
        let now_ms = store.text_of(&store.keys().clock()).await?.and_then(|ms| ms.parse().ok());
        found.now = now_ms.and_then(DateTime::from_timestamp_millis);
        Ok(found)
    }

    /// Which claims are shown, the oldest first.
    async fn claims(&mut self, store: &Store, about: About) -> Result<Vec<ClaimId>, StoreError> {
        let search = Search::new(ClaimFilter::default(), Order::Newest, PageSize::MAX);
        let page = store.search(&search).await?;
        let mut ids: Vec<ClaimId> = page.entries.iter().map(|claim| claim.id).collect();
        let all = ids.len();
        match about {
            About::Claim(id) if all > FEW => ids = vec![id],
            About::Claim(_) | About::Everything => ids.truncate(CLAIMS_MAX),
        }
        if ids.len() < all {
            let left_out = all - ids.len();
            let more = if page.next.is_some() { " or more" } else { "" };
            self.missing.push(format!("{left_out}{more} other claims are left out"));
            self.is_whole = false;
        }
        ids.reverse();
        Ok(ids)
    }
}

/// The claims whose first events the feed still has, as they came in.
async fn in_order_of_submission(store: &Store) -> Result<Vec<ClaimId>, StoreError> {
    let start = FeedPosition::start(store.keys().partitions());
    let mut entries = store.read_feed(&start, FEED_MAX).await?.entries;
    entries.retain(|entry| entry.revision == 1);
    entries.sort_by_key(|entry| entry.id);
    Ok(entries.into_iter().map(|entry| entry.claim_id).collect())
}

/// One job's entries in one partition, those that a worker has included.
async fn entries(store: &Store, partition: u16, job: Job) -> Result<Vec<Entry>, StoreError> {
    let keys = store.keys();
    let doing = || StoreError::doing(format!("read the agenda of {job}"));
    let mut connection = store.connection();
    let mut pipeline = Pipeline::new();
    pipeline.cmd("ZRANGE").arg(keys.agenda(partition, job)).arg(0).arg(ENTRIES_MAX - 1);
    pipeline.arg("WITHSCORES");
    pipeline.cmd("ZRANGE").arg(keys.running(partition, job)).arg(0).arg(ENTRIES_MAX - 1);
    let (due, running): (Vec<(String, f64)>, Vec<String>) =
        pipeline.query_async(&mut connection).await.map_err(doing())?;
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
    let due = due.into_iter().map(|(entry, ms)| (entry, Some(ms as i64)));
    let all = due.chain(running.into_iter().map(|entry| (entry, None)));
    let mut entries = Vec::new();
    for (entry, due_ms) in all {
        let attempts: Option<String> = redis::cmd("HGET")
            .arg(keys.attempts(partition, job))
            .arg(&entry)
            .query_async(&mut connection)
            .await
            .map_err(doing())?;
        let failed = attempts.as_deref().and_then(|record| record.split(':').next());
        entries.push(Entry {
            job,
            claim_id: claim_of(job, &entry),
            due_at: due_ms.and_then(DateTime::from_timestamp_millis),
            failed_attempts: failed.and_then(|count| count.parse().ok()).unwrap_or_default(),
        });
    }
    Ok(entries)
}
