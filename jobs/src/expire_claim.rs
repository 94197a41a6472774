//! Job: end a claim whose partner did not answer in time.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Refuse a claim that still waits for its partner when the time to answer is over, and disqualify
/// one that was refused when the time to dispute that is over. Due at the end of that time; an
/// answer or a dispute takes it off the agenda.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, ExpireClaim};
/// use uuid::uuid;
///
/// let job = ExpireClaim { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(ExpireClaim::JOB, Job::ExpireClaim);
/// assert_eq!(ExpireClaim::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExpireClaim {
    /// The claim whose time to answer is over.
    pub claim_id: Uuid,
}

impl AgendaEntry for ExpireClaim {
    const JOB: Job = Job::ExpireClaim;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
