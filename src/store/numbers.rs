//! Numbers about the whole namespace and its server, read at a cost that does not depend on how
//! many claims there are.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use redis::InfoDict;

use crate::claim::Status;
use crate::store::{Connection, Store, StoreError};

/// Partitions that are asked at once.
const AT_ONCE: usize = 64;
/// An end that passed longer ago has been missed (`reliability.md`, I11).
const OVERDUE_AFTER: TimeDelta = TimeDelta::minutes(10);

/// Windows that should have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    /// How many ended more than 10 minutes ago and are still open.
    pub windows: u64,
    /// How long ago the first end of all that are open has passed; zero when none has.
    pub most: TimeDelta,
}

/// The memory of the server; of a cluster, that of its fullest master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// What it uses.
    pub used_bytes: u64,
    /// What it may use: `maxmemory`, or all of its machine.
    pub max_bytes: u64,
}

impl Store {
    /// How many claims there are of each status.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn claims_by_status(&self) -> Result<Vec<(Status, u64)>, StoreError> {
        let counts = iter(0..self.keys.partitions()).map(|partition| self.statuses(partition));
        let counts: Vec<Vec<u64>> = counts.buffer_unordered(AT_ONCE).try_collect().await?;
        let sum = |at: usize| counts.iter().filter_map(|counts| counts.get(at)).sum();
        Ok(Status::ALL.into_iter().enumerate().map(|(at, status)| (status, sum(at))).collect())
    }

    async fn statuses(&self, partition: u16) -> Result<Vec<u64>, StoreError> {
        let mut pipeline = redis::pipe();
        for status in Status::ALL {
            pipeline.cmd("ZCARD").arg(self.keys.by_status(partition, status));
        }
        let mut connection = self.connection();
        pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("count the claims of partition {partition}")))
    }

    /// Windows that should have ended by `now`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn overdue_windows(&self, now: DateTime<Utc>) -> Result<Overdue, StoreError> {
        let found = iter(0..self.keys.partitions()).map(|partition| self.overdue(partition, now));
        let found: Vec<Overdue> = found.buffer_unordered(AT_ONCE).try_collect().await?;
        let most = found.iter().map(|overdue| overdue.most).max().unwrap_or_default();
        Ok(Overdue { windows: found.iter().map(|overdue| overdue.windows).sum(), most })
    }

    async fn overdue(&self, partition: u16, now: DateTime<Utc>) -> Result<Overdue, StoreError> {
        let key = self.keys.by_closing(partition);
        let missed_ms = (now - OVERDUE_AFTER).timestamp_millis();
        let mut pipeline = redis::pipe();
        pipeline.cmd("ZCOUNT").arg(&key).arg("-inf").arg(missed_ms);
        pipeline.cmd("ZRANGE").arg(&key).arg(0).arg(0).arg("WITHSCORES");
        let mut connection = self.connection();
        let (windows, head): (u64, Vec<(String, f64)>) = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("look for overdue windows of {partition}")))?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
        let passed_ms = head.first().map(|(_, end)| now.timestamp_millis() - *end as i64);
        let most = TimeDelta::milliseconds(passed_ms.unwrap_or_default().max(0));
        Ok(Overdue { windows, most })
    }

    /// How much memory the server uses and may use.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn memory(&self) -> Result<Memory, StoreError> {
        let doing = || StoreError::doing("ask the server about its memory");
        let mut command = redis::cmd("INFO");
        command.arg("memory");
        let infos: Vec<InfoDict> = match self.connection() {
            Connection::Single(mut single) => {
                vec![command.query_async(&mut single).await.map_err(doing())?]
            }
            Connection::Cluster(mut cluster) => {
                let masters = command.query_async::<HashMap<String, InfoDict>>(cluster.as_mut());
                masters.await.map_err(doing())?.into_values().collect()
            }
        };
        let all = infos.iter().map(memory_of);
        let fullest = all.max_by(|one, other| one.share().total_cmp(&other.share()));
        fullest.ok_or_else(|| StoreError::malformed("ask the server about its memory", "nothing"))
    }
}

fn memory_of(info: &InfoDict) -> Memory {
    let bytes = |name: &str| info.get::<u64>(name).unwrap_or_default();
    let max_bytes = match bytes("maxmemory") {
        0 => bytes("total_system_memory"),
        limit => limit,
    };
    Memory { used_bytes: bytes("used_memory"), max_bytes }
}

impl Memory {
    fn share(self) -> f64 {
        self.used_bytes as f64 / self.max_bytes as f64
    }
}
