//! What open windows were computed with: how many of each calendar version and tzdb release there
//! are, counted by the commits themselves, and the windows one by one.
//!
//! The counters are a hash per partition that is as long as there are different terms in use, not
//! as there are windows. Whether calendars cover what is in use is judged in
//! `calendar::coverage`, not here.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};

use crate::calendar::coverage::{InUse, WindowsInUse};
use crate::claim::{Claim, Status};
use crate::store::batch::Batch;
use crate::store::{Commit, Keys, Store, StoreError};

/// Partitions that are asked at once.
const AT_ONCE: usize = 64;

/// Counts the claim's window under what it was computed with: one that opens, one whose terms
/// change, one that is gone. A counter that comes to 0 is removed by the script.
pub(super) fn write(batch: &mut Batch, keys: &Keys, commit: &Commit<'_>) {
    let terms = |claim: &Claim| claim.open_window().map(|w| InUse::of(&w.deadline).to_string());
    let (old, new) = (commit.before.and_then(terms), terms(commit.after));
    if old == new {
        return;
    }
    let key = keys.windows(commit.after.id.partition());
    for (terms, by) in [(new, 1), (old, -1)] {
        if let Some(terms) = terms {
            batch.write("HINCRBY", key.clone(), &[&terms, &by]);
        }
    }
}

impl Store {
    /// How many windows are open in the deployment, by what they were computed with. Counters
    /// that cannot be right are left out; `cpor check` finds them.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn windows_in_use(&self) -> Result<WindowsInUse, StoreError> {
        let partitions = iter(0..self.keys.partitions());
        let counts = partitions.map(|partition| self.window_counters(partition));
        let mut counts = counts.buffer_unordered(AT_ONCE);
        let mut in_use = WindowsInUse::new();
        while let Some(counters) = counts.try_next().await? {
            for (terms, count) in counters {
                if let (Some(terms), Ok(count @ 1..)) = (InUse::parse(&terms), u64::try_from(count))
                {
                    *in_use.entry(terms).or_default() += count;
                }
            }
        }
        Ok(in_use)
    }

    /// The counters of one partition, as they are written.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn window_counters(
        &self,
        partition: u16,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("HGETALL")
            .arg(self.keys.windows(partition))
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("count the windows that are open"))
    }

    /// When the last of all open windows closes; nothing when none is open.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn last_closing(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let ends = iter(0..self.keys.partitions()).map(|partition| self.last_closing_of(partition));
        let ends: Vec<_> = ends.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(ends.into_iter().flatten().max())
    }

    async fn last_closing_of(&self, partition: u16) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut connection = self.connection();
        let last: Vec<(String, f64)> = redis::cmd("ZRANGE")
            .arg(self.keys.by_closing(partition))
            .arg(-1)
            .arg(-1)
            .arg("WITHSCORES")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("look for the window that closes last"))?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
        let end = last.first().map(|(_, score)| *score as i64);
        Ok(end.and_then(DateTime::from_timestamp_millis))
    }

    /// How many windows the counters of a partition have, and how many its indexes of open ones,
    /// those whose time stands still included.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn count_windows(&self, partition: u16) -> Result<(i64, i64), StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.atomic().cmd("HVALS").arg(self.keys.windows(partition));
        pipeline.cmd("ZCARD").arg(self.keys.by_closing(partition));
        pipeline.cmd("ZCARD").arg(self.keys.by_status(partition, Status::Paused));
        let mut connection = self.connection();
        let (counters, running, paused): (Vec<i64>, i64, i64) = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("count the windows of partition {partition}")))?;
        Ok((counters.iter().sum(), running + paused))
    }
}
