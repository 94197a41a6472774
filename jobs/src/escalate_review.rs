//! Job: tell reviewers that a claim waits for them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Tell reviewers that a claim is under review, contested or disputed and that their time to decide
/// is about to end, or has ended. It decides nothing; a decision takes it off the agenda.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, EscalateReview};
/// use uuid::uuid;
///
/// let job = EscalateReview { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(EscalateReview::JOB, Job::EscalateReview);
/// assert_eq!(EscalateReview::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EscalateReview {
    /// The claim that waits for reviewers.
    pub claim_id: Uuid,
}

impl AgendaEntry for EscalateReview {
    const JOB: Job = Job::EscalateReview;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
