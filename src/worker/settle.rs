//! What becomes of an entry when its handler has ended.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use tracing::field::display;
use tracing::{error, warn};

use crate::claim::retry::{Retry, retry};
use crate::clock::Clock;
use crate::metrics::{Ending, Metrics};
use crate::store::agenda::{Lease, Outcome};
use crate::store::{Instant, Store};
use crate::worker::error::with_causes;
use crate::worker::progress::Progress;
use crate::worker::{Done, JobError, JobLimits};

/// Ends leases; cheap to clone.
#[derive(Debug, Clone)]
pub struct Settler {
    store: Store,
    clock: Clock,
    limits: JobLimits,
    progress: Progress,
}

impl Settler {
    /// Ends leases in `store`.
    #[must_use]
    pub const fn new(store: Store, clock: Clock, limits: JobLimits, progress: Progress) -> Self {
        Self { store, clock, limits, progress }
    }

    /// Redis's own time.
    #[must_use]
    pub fn real(&self) -> DateTime<Utc> {
        self.clock.real()
    }

    /// What is counted of what is settled.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        self.store.metrics()
    }

    /// Acknowledges, retries or buries an entry, as the handler's result has it, and says which.
    pub async fn conclude(&self, lease: &Lease, result: Result<Done, JobError>) -> Ending {
        self.progress.ended(lease.job());
        let at = self.clock.working_instant();
        let is_refused = matches!(result, Err(JobError::Refused(_)));
        let (outcome, ending) = match result {
            Ok(Done::Acknowledged) => return Ending::Done,
            Err(JobError::LeaseLost) => return Ending::LeaseLost,
            Ok(Done::NothingToDo) => (Outcome::Done, Ending::NothingToDo),
            Ok(Done::Postponed { due_at }) => (Outcome::Postponed { due_at }, Ending::Postponed),
            Err(JobError::Retry(cause)) => match self.again_or_dead(lease, cause, at.now) {
                Outcome::Dead { error } => (Outcome::Dead { error }, Ending::Dead),
                again => (again, Ending::Retried),
            },
            Err(JobError::GiveUp(cause) | JobError::Refused(cause)) => {
                (Outcome::Dead { error: cause }, Ending::Dead)
            }
        };
        log(lease, &outcome, is_refused);
        if self.settle_at(lease, &outcome, at).await { ending } else { Ending::LeaseLost }
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

    /// False when the lease was lost.
    async fn settle_at(&self, lease: &Lease, outcome: &Outcome, at: Instant) -> bool {
        match self.store.settle(lease, outcome, at).await {
            Ok(true) => {}
            Ok(false) => {
                warn!(job.name = %lease.job(), job.entry = lease.entry(),
                    claim.id = lease.claim_id().map(display),
                    "the lease of this entry was lost; somebody else has it");
                return false;
            }
            Err(error) => {
                warn!(job.name = %lease.job(), job.entry = lease.entry(),
                    claim.id = lease.claim_id().map(display), error = with_causes(&error),
                    "leaving this entry until its lease runs out");
            }
        }
        true
    }
}

/// The one place that logs how a job failed.
fn log(lease: &Lease, outcome: &Outcome, is_refused: bool) {
    let claim_id = lease.claim_id().map(display);
    let (job, entry, attempt): (Job, _, _) =
        (lease.job(), lease.entry(), lease.failed_attempts() + 1);
    match outcome {
        Outcome::Again { due_at } => warn!(job.name = %job, job.entry = entry,
            claim.id = claim_id, job.attempt = attempt, job.due_at = %due_at,
            "{job} failed and is tried again"),
        Outcome::Dead { .. } if is_refused => error!(job.name = %job, job.entry = entry,
            job.attempt = attempt,
            "a submission is refused and left to a person: `cpor dead list`"),
        Outcome::Dead { error } => error!(job.name = %job, job.entry = entry,
            claim.id = claim_id, job.attempt = attempt, error,
            "{job} is left to a person: `cpor dead list`"),
        Outcome::Done | Outcome::Postponed { .. } | Outcome::GivenBack => {}
    }
}
