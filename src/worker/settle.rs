//! What becomes of an entry when its handler has ended.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use tracing::{error, warn};

use crate::claim::retry::{Retry, retry};
use crate::clock::Clock;
use crate::store::agenda::{Lease, Outcome};
use crate::store::{Instant, Store};
use crate::worker::error::with_causes;
use crate::worker::{Done, JobError, JobLimits};

/// Ends leases; cheap to clone.
#[derive(Debug, Clone)]
pub struct Settler {
    store: Store,
    clock: Clock,
    limits: JobLimits,
}

impl Settler {
    /// Ends leases in `store`.
    #[must_use]
    pub const fn new(store: Store, clock: Clock, limits: JobLimits) -> Self {
        Self { store, clock, limits }
    }

    /// Redis's own time.
    #[must_use]
    pub fn real(&self) -> DateTime<Utc> {
        self.clock.real()
    }

    /// Acknowledges, retries or buries an entry, as the handler's result has it.
    pub async fn conclude(&self, lease: &Lease, result: Result<Done, JobError>) {
        let job_error = match result {
            Ok(Done::Acknowledged) | Err(JobError::LeaseLost) => return,
            Ok(Done::NothingToDo) => return self.settle(lease, &Outcome::Done).await,
            Ok(Done::Postponed { due_at }) => {
                return self.settle(lease, &Outcome::Postponed { due_at }).await;
            }
            Err(job_error) => job_error,
        };
        let at = self.clock.working_instant();
        let outcome = match job_error {
            JobError::Retry(cause) => self.again_or_dead(lease, cause.clone(), at.now),
            JobError::GiveUp(cause) => Outcome::Dead { error: cause },
            JobError::LeaseLost => return,
        };
        log(lease, &outcome);
        self.settle_at(lease, &outcome, at).await;
    }

    fn again_or_dead(&self, lease: &Lease, error: String, now: DateTime<Utc>) -> Outcome {
        let (job, attempt) = (lease.job(), lease.failed_attempts() + 1);
        let attempts_max = self.limits.of(job).attempts_max;
        match retry(job, lease.entry(), attempt, attempts_max, now) {
            Retry::At(due_at) => Outcome::Again { due_at },
            Retry::Dead => Outcome::Dead { error },
        }
    }

    /// Ends a lease. When Redis cannot be reached, the lease runs out by itself.
    pub async fn settle(&self, lease: &Lease, outcome: &Outcome) {
        self.settle_at(lease, outcome, self.clock.working_instant()).await;
    }

    async fn settle_at(&self, lease: &Lease, outcome: &Outcome, at: Instant) {
        match self.store.settle(lease, outcome, at).await {
            Ok(true) => {}
            Ok(false) => warn!(job.name = %lease.job(), job.entry = lease.entry(),
                "the lease of this entry was lost; somebody else has it"),
            Err(error) => {
                warn!(job.name = %lease.job(), job.entry = lease.entry(),
                    error = with_causes(&error),
                    "leaving this entry until its lease runs out");
            }
        }
    }
}

/// The one place that logs how a job failed.
fn log(lease: &Lease, outcome: &Outcome) {
    let (job, entry, attempt): (Job, _, _) =
        (lease.job(), lease.entry(), lease.failed_attempts() + 1);
    match outcome {
        Outcome::Again { due_at } => warn!(job.name = %job, job.entry = entry,
            job.attempt = attempt, due_at = %due_at, "{job} failed and is tried again"),
        Outcome::Dead { error } => error!(job.name = %job, job.entry = entry,
            job.attempt = attempt, error, "{job} is left to a person: `cpor dead list`"),
        Outcome::Done | Outcome::Postponed { .. } | Outcome::GivenBack => {}
    }
}
