//! The ends of a lease: five ways to settle it, and making it last longer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::store::batch::{Answer, Batch};
use crate::store::lease::{Lease, Place};
use crate::store::{Instant, Store, StoreError};

/// What becomes of an entry other than being acknowledged by a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to do.
    Done,
    /// It failed; it is due again later.
    Again {
        /// When.
        due_at: DateTime<Utc>,
    },
    /// It was not tried, because it is of no use yet; it is due again later, and this is no failed
    /// attempt.
    Postponed {
        /// When.
        due_at: DateTime<Utc>,
    },
    /// It was not started; it is due at once, as if it had not been taken.
    GivenBack,
    /// It is out of attempts, or beyond help: kept for a person.
    Dead {
        /// Why, in a sentence.
        error: String,
    },
}

/// Why an entry is kept for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Failed attempts, this one included.
    pub attempts: u32,
    /// Why, in a sentence.
    pub error: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Ends a lease in one of five ways; false when the lease was lost, and nothing was changed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn settle(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let (waiting, partition) = lease.waiting(&self.keys);
        let mut batch = Batch::new(waiting);
        lease.guard(&mut batch, &self.keys);
        self.write_outcome(&mut batch, lease, outcome, at)?;
        let doing = || format!("settle {} of {}", lease.job, lease.entry);
        Ok(self.run(&batch, partition, Instant { skew_ms: None, ..at }, doing).await?
            == Answer::Done)
    }

    fn write_outcome(
        &self,
        batch: &mut Batch,
        lease: &Lease,
        outcome: &Outcome,
        at: Instant,
    ) -> Result<(), StoreError> {
        let keys = &self.keys;
        match outcome {
            Outcome::Done => lease.acknowledge(batch, keys),
            Outcome::Again { due_at } => {
                self.put_back(batch, lease, *due_at, lease.failed_attempts() + 1, 0, at);
            }
            Outcome::Postponed { due_at } => {
                self.put_back(batch, lease, *due_at, lease.failed_attempts(), 0, at);
            }
            Outcome::GivenBack => {
                let deliveries = lease.deliveries().saturating_sub(1);
                self.put_back(batch, lease, at.now, lease.failed_attempts(), deliveries, at);
                if lease.place != Place::Intake {
                    batch.wake();
                }
            }
            Outcome::Dead { error } => {
                let letter = DeadLetter {
                    attempts: lease.failed_attempts() + 1,
                    error: error.chars().take(1_000).collect(),
                    at: at.now,
                };
                let json = serde_json::to_string(&letter)
                    .map_err(|error| StoreError::malformed("write a dead letter", error))?;
                let (dead, letters) = lease.dead(keys);
                // Rubbish is kept as what can be shown of it, so that a person can be shown it.
                batch.write("HSET", letters, &[&lease.entry, &json]);
                batch.write("ZADD", dead, &[&at.now.timestamp_millis(), &lease.entry]);
                batch.write("ZREM", lease.running(keys), &[&lease.member]);
                batch.write("HDEL", lease.attempts(keys), &[&lease.member]);
            }
        }
        Ok(())
    }

    /// On the intake, an entry waits for its next attempt as a lease that runs out then.
    fn put_back(
        &self,
        batch: &mut Batch,
        lease: &Lease,
        due_at: DateTime<Utc>,
        failed: u32,
        deliveries: u32,
        at: Instant,
    ) {
        let record = format!("{failed}:{deliveries}:");
        batch.write("HSET", lease.attempts(&self.keys), &[&lease.member, &record]);
        match lease.place {
            Place::Partition(partition) => {
                let agenda = self.keys.agenda(partition, lease.job);
                batch.write("ZADD", agenda, &[&due_at.timestamp_millis(), &lease.member]);
                batch.write("ZREM", lease.running(&self.keys), &[&lease.member]);
            }
            Place::Intake => {
                let pause = due_at - at.now;
                let again_ms = (at.real + pause).timestamp_millis();
                batch.write("ZADD", lease.running(&self.keys), &[&again_ms, &lease.member]);
            }
        }
    }

    /// Makes a lease last until `lease_end`; false when it was lost.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn extend(
        &self,
        lease: &Lease,
        lease_end: DateTime<Utc>,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let (waiting, partition) = lease.waiting(&self.keys);
        let mut batch = Batch::new(waiting);
        lease.guard(&mut batch, &self.keys);
        let end_ms = lease_end.timestamp_millis();
        batch.write("ZADD", lease.running(&self.keys), &[&"XX", &end_ms, &lease.member]);
        let doing = || format!("extend the lease of {} of {}", lease.job, lease.entry);
        Ok(self.run(&batch, partition, Instant { skew_ms: None, ..at }, doing).await?
            == Answer::Done)
    }
}
