//! What operations people ask: how long the queues are.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use futures_util::future::try_join_all;
use redis::{Pipeline, Value};
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::Status;
use crate::store::keys::IntakePart;
use crate::store::{Store, StoreError};

/// How one job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Queue {
    /// The job.
    #[schemars(with = "String")]
    pub job: Job,
    /// Entries that are due and not taken.
    pub due: usize,
    /// Entries that fall due later.
    pub scheduled: usize,
    /// Entries that a worker has.
    pub running: usize,
    /// Entries kept for a person.
    pub dead: usize,
    /// How long the oldest entry has been due, in ms; `None` when nothing is due.
    pub oldest_due_ms: Option<i64>,
}

impl Queue {
    const fn empty(job: Job) -> Self {
        Self { job, due: 0, scheduled: 0, running: 0, dead: 0, oldest_due_ms: None }
    }

    /// Adds what one partition has of it.
    fn add(&mut self, (due, all, running, dead, head): Counts, now_ms: i64) {
        self.due += due;
        self.scheduled += all.saturating_sub(due);
        self.running += running;
        self.dead += dead;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
        let oldest = head.first().map(|(_, score)| now_ms - *score as i64);
        self.oldest_due_ms = self.oldest_due_ms.max(oldest.filter(|ms| *ms >= 0));
    }
}

/// What is asked of one job in one partition: due, planned, running, dead, and the head.
const COUNTS: usize = 5;
type Counts = (usize, usize, usize, usize, Vec<(String, f64)>);

impl Store {
    /// How every job stands at `now`: one round trip per partition, all at once.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn queues(&self, now: DateTime<Utc>) -> Result<Vec<Queue>, StoreError> {
        self.queues_of(&Job::ALL, now).await
    }

    /// How one job stands at `now`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn queue(&self, job: Job, now: DateTime<Utc>) -> Result<Queue, StoreError> {
        let queues = self.queues_of(&[job], now).await?;
        Ok(queues.into_iter().next().unwrap_or_else(|| Queue::empty(job)))
    }

    async fn queues_of(&self, jobs: &[Job], now: DateTime<Utc>) -> Result<Vec<Queue>, StoreError> {
        let mut queues: Vec<Queue> = jobs.iter().copied().map(Queue::empty).collect();
        let (intake, agenda): (Vec<_>, Vec<_>) =
            queues.iter_mut().partition(|queue| queue.job == Job::SubmitClaim);
        for queue in intake {
            self.count_intake(queue).await?;
        }
        if agenda.is_empty() {
            return Ok(queues);
        }
        let jobs: Vec<Job> = agenda.iter().map(|queue| queue.job).collect();
        let partitions = (0..self.keys.partitions()).map(|p| self.count_agenda(p, &jobs, now));
        let counts = try_join_all(partitions).await?;
        let mut agenda = agenda;
        for partition in counts {
            for (queue, counts) in agenda.iter_mut().zip(partition) {
                queue.add(counts, now.timestamp_millis());
            }
        }
        Ok(queues)
    }

    async fn count_intake(&self, queue: &mut Queue) -> Result<(), StoreError> {
        // In the order in which entries move, so that one on its way is seen at least once.
        let mut pipeline = Pipeline::new();
        pipeline.cmd("LLEN").arg(self.keys.intake());
        pipeline.cmd("ZCARD").arg(self.keys.intake_part(IntakePart::Running));
        pipeline.cmd("ZCARD").arg(self.keys.intake_part(IntakePart::Dead));
        let mut connection = self.connection();
        (queue.due, queue.running, queue.dead) = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("count the intake"))?;
        Ok(())
    }

    async fn count_agenda(
        &self,
        partition: u16,
        jobs: &[Job],
        now: DateTime<Utc>,
    ) -> Result<Vec<Counts>, StoreError> {
        let mut pipeline = Pipeline::new();
        for &job in jobs {
            let agenda = self.keys.agenda(partition, job);
            pipeline.cmd("ZCOUNT").arg(&agenda).arg("-inf").arg(now.timestamp_millis());
            pipeline.cmd("ZCARD").arg(&agenda);
            pipeline.cmd("ZCARD").arg(self.keys.running(partition, job));
            pipeline.cmd("ZCARD").arg(self.keys.dead(partition, job));
            pipeline.cmd("ZRANGE").arg(&agenda).arg(0).arg(0).arg("WITHSCORES");
        }
        let doing = || format!("count the queues of partition {partition}");
        let mut connection = self.connection();
        let reply: Vec<Value> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let read = |counts: &[Value]| {
            let counts = Value::Array(counts.to_vec());
            redis::from_redis_value(counts).map_err(|error| StoreError::malformed(doing(), error))
        };
        reply.chunks_exact(COUNTS).map(read).collect()
    }

    /// How many claims have the given status.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn count(&self, status: Status) -> Result<usize, StoreError> {
        let mut sum = 0;
        for partition in 0..self.keys.partitions() {
            let mut connection = self.connection();
            sum += redis::cmd("ZCARD")
                .arg(self.keys.by_status(partition, status))
                .query_async::<usize>(&mut connection)
                .await
                .map_err(StoreError::doing("count claims"))?;
        }
        Ok(sum)
    }
}
