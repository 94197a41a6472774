//! How many claims came into each status, by the minute, for an hour.

use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};

use crate::claim::Status;
use crate::operations::Rate;
use crate::store::{Store, StoreError};

/// Minutes that are shown, the running one included.
const MINUTES: i64 = 60;
/// Minutes of the shorter rate.
const MINUTES_SHORT: i64 = 5;
/// Counts go by themselves once nobody shows them any more.
const KEPT_SECONDS: i64 = (MINUTES + 2) * 60;

impl Store {
    /// A claim came into a status by a commit of this process.
    pub(crate) fn entered(&self, status: Status) {
        self.rates.add(status, 1);
    }

    /// Adds what this process has counted to the counts of the running minute; what cannot be
    /// added now is kept for the next time.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn hand_in_rates(&self, real: DateTime<Utc>) -> Result<(), StoreError> {
        let counts = self.rates.take();
        if counts.is_empty() {
            return Ok(());
        }
        let key = self.keys.rates(real.timestamp().div_euclid(60));
        let mut pipeline = redis::pipe();
        for (status, count) in &counts {
            pipeline.cmd("HINCRBY").arg(&key).arg(status.as_str()).arg(*count).ignore();
        }
        pipeline.cmd("EXPIRE").arg(&key).arg(KEPT_SECONDS).ignore();
        let mut connection = self.connection();
        let handed_in: Result<(), _> = pipeline.query_async(&mut connection).await;
        handed_in.map_err(|source| {
            for (status, count) in &counts {
                self.rates.add(*status, *count);
            }
            StoreError::doing("hand in how many claims came into each status")(source)
        })
    }

    /// How many claims came into each status lately.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn rates(&self, real: DateTime<Utc>) -> Result<BTreeMap<Status, Rate>, StoreError> {
        let minute = real.timestamp().div_euclid(60);
        let mut pipeline = redis::pipe();
        for back in 0..MINUTES {
            pipeline.cmd("HGETALL").arg(self.keys.rates(minute - back));
        }
        let mut connection = self.connection();
        let minutes: Vec<HashMap<String, u64>> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read how many claims came into each status"))?;
        let mut rates: BTreeMap<Status, Rate> = BTreeMap::new();
        for (back, counts) in (0..).zip(minutes) {
            for status in Status::ALL {
                let count = counts.get(status.as_str()).copied().unwrap_or_default();
                let rate = rates.entry(status).or_default();
                rate.last_60_minutes += count;
                rate.last_5_minutes += if back < MINUTES_SHORT { count } else { 0 };
            }
        }
        Ok(rates)
    }
}
