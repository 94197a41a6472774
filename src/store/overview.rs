//! Everything that the overview shows, read in one round trip per partition and two besides.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use redis::Pipeline;

use crate::claim::{ClaimId, Status};
use crate::operations::{Overview, QueueView, Rate, StatusCount};
use crate::store::{Store, StoreError};

/// How many claims of a partition have a status, and the first of them.
type Counted = (usize, Option<ClaimId>);

impl Store {
    /// How the deployment stands at `now`, which is `real` unless the clock is virtual.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn overview(
        &self,
        now: DateTime<Utc>,
        real: DateTime<Utc>,
    ) -> Result<Overview, StoreError> {
        let (counts, rates, queues, settings, processes) = tokio::try_join!(
            self.status_counts(),
            self.rates(real),
            self.queues(now),
            self.queue_settings(),
            self.processes(real),
        )?;
        let rate = |status| rates.get(&status).copied().unwrap_or_default();
        let counts = Status::ALL.into_iter().zip(counts);
        let statuses = counts.map(|(status, counted)| status_count(status, counted, rate(status)));
        let queues = queues.into_iter().map(|queue| {
            let setting = settings.of(queue.job);
            QueueView::new(queue, setting, &processes, real)
        });
        let (statuses, queues) = (statuses.collect(), queues.collect());
        Ok(Overview { now, real, statuses, queues, processes })
    }

    /// How many open windows ended before `limit`, and the end of the first of them.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn windows_ended_before(
        &self,
        limit: DateTime<Utc>,
    ) -> Result<(usize, Option<DateTime<Utc>>), StoreError> {
        let in_partition = async |partition| {
            let index = self.keys.by_closing(partition);
            let mut pipeline = Pipeline::new();
            let before = format!("({}", limit.timestamp_millis());
            pipeline.cmd("ZCOUNT").arg(&index).arg("-inf").arg(before);
            pipeline.cmd("ZRANGE").arg(&index).arg(0).arg(0).arg("WITHSCORES");
            let mut connection = self.connection();
            let counted: Result<(usize, Vec<(String, f64)>), _> =
                pipeline.query_async(&mut connection).await;
            counted.map_err(StoreError::doing("count windows that have ended"))
        };
        let (mut windows, mut first) = (0, None);
        let partitions = (0..self.keys.partitions()).map(in_partition);
        for (count, head) in try_join_all(partitions).await? {
            windows += count;
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
            let head = head.first().map(|(_, score)| *score as i64);
            let head = head.and_then(DateTime::from_timestamp_millis).filter(|end| *end < limit);
            first = [first, head].into_iter().flatten().min();
        }
        Ok((windows, first))
    }

    /// Per status, how many claims have it and which was submitted first.
    async fn status_counts(&self) -> Result<Vec<Counted>, StoreError> {
        let partitions = (0..self.keys.partitions()).map(|p| self.status_counts_of(p));
        let mut sums = vec![(0, None); Status::ALL.len()];
        for counts in try_join_all(partitions).await? {
            for (sum, (count, oldest)) in sums.iter_mut().zip(counts) {
                sum.0 += count;
                sum.1 = [sum.1, oldest].into_iter().flatten().min();
            }
        }
        Ok(sums)
    }

    async fn status_counts_of(&self, partition: u16) -> Result<Vec<Counted>, StoreError> {
        let mut pipeline = Pipeline::new();
        for status in Status::ALL {
            let index = self.keys.by_status(partition, status);
            pipeline.cmd("ZCARD").arg(&index);
            // Ordered by id, and so by the time of submission.
            pipeline.cmd("ZRANGE").arg(&index).arg(0).arg(0);
        }
        let mut connection = self.connection();
        let reply: Vec<redis::Value> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("count the claims of each status"))?;
        Ok(reply.chunks_exact(2).map(read_counted).collect())
    }
}

fn read_counted(pair: &[redis::Value]) -> Counted {
    let [count, first] = pair else { return (0, None) };
    let count = redis::from_redis_value_ref(count).unwrap_or_default();
    let first: Vec<String> = redis::from_redis_value_ref(first).unwrap_or_default();
    (count, first.first().and_then(|id| ClaimId::parse(id).ok()))
}

fn status_count(status: Status, (claims, oldest): Counted, entered: Rate) -> StatusCount {
    let oldest_submitted_at = oldest.and_then(ClaimId::made_at);
    StatusCount { status, claims, oldest, oldest_submitted_at, entered }
}
