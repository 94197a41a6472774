//! What operations people ask: how long the queues are, and who is at work.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use redis::Pipeline;
use serde::Serialize;

use crate::claim::Status;
use crate::store::keys::IntakePart;
use crate::store::{Store, StoreError};

/// A process that has not been seen for this long is not at work any more.
pub(super) const WORKER_SILENCE: TimeDelta = TimeDelta::seconds(10);

/// How one job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// The job.
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
}

type Counts = (usize, usize, usize, usize, Vec<(String, f64)>);

impl Store {
    /// How every job stands at `now`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn queues(&self, now: DateTime<Utc>) -> Result<Vec<Queue>, StoreError> {
        let mut queues = Vec::with_capacity(Job::ALL.len());
        for job in Job::ALL {
            queues.push(self.queue(job, now).await?);
        }
        Ok(queues)
    }

    /// How one job stands at `now`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn queue(&self, job: Job, now: DateTime<Utc>) -> Result<Queue, StoreError> {
        let mut queue = Queue::empty(job);
        if job == Job::SubmitClaim {
            self.count_intake(&mut queue).await?;
        } else {
            self.count_agenda(&mut queue, now).await?;
        }
        Ok(queue)
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

    async fn count_agenda(&self, queue: &mut Queue, now: DateTime<Utc>) -> Result<(), StoreError> {
        let now_ms = now.timestamp_millis();
        for partition in 0..self.keys.partitions() {
            let agenda = self.keys.agenda(partition, queue.job);
            let mut pipeline = Pipeline::new();
            pipeline.cmd("ZCOUNT").arg(&agenda).arg("-inf").arg(now_ms);
            pipeline.cmd("ZCARD").arg(&agenda);
            pipeline.cmd("ZCARD").arg(self.keys.running(partition, queue.job));
            pipeline.cmd("ZCARD").arg(self.keys.dead(partition, queue.job));
            pipeline.cmd("ZRANGE").arg(&agenda).arg(0).arg(0).arg("WITHSCORES");
            let mut connection = self.connection();
            let (due, all, running, dead, head): Counts = pipeline
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing(format!("count the queue {}", queue.job)))?;
            queue.due += due;
            queue.scheduled += all.saturating_sub(due);
            queue.running += running;
            queue.dead += dead;
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
            let oldest = head.first().map(|(_, score)| now_ms - *score as i64);
            let overdue = oldest.filter(|ms| *ms >= 0);
            queue.oldest_due_ms = queue.oldest_due_ms.max(overdue);
        }
        Ok(())
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

    /// Says that the process `name` is at work.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn worker_seen(&self, name: &str, real: DateTime<Utc>) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let forgotten_ms = (real - WORKER_SILENCE * 60).timestamp_millis();
        let mut pipeline = Pipeline::new();
        let workers = self.keys.workers();
        pipeline.cmd("ZADD").arg(&workers).arg(real.timestamp_millis()).arg(name).ignore();
        pipeline.cmd("ZREMRANGEBYSCORE").arg(&workers).arg("-inf").arg(forgotten_ms).ignore();
        pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("record that worker {name} is at work")))
    }

    /// Says that the process `name` has stopped.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn worker_gone(&self, name: &str) -> Result<(), StoreError> {
        let mut connection = self.connection();
        redis::cmd("ZREM")
            .arg(self.keys.workers())
            .arg(name)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("record that worker {name} has stopped")))
    }

    /// The processes at work.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn workers(&self, real: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("ZRANGEBYSCORE")
            .arg(self.keys.workers())
            .arg((real - WORKER_SILENCE).timestamp_millis())
            .arg("+inf")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("list the workers"))
    }
}
