//! Job: check a submitted claim against the world outside.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Ask the tenant directory about the domain and the subscriptions of a claim, and record the
/// verdict. Due at once after the submission, and again after an answer to an action required.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, ValidateClaim};
/// use uuid::uuid;
///
/// let job = ValidateClaim { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(ValidateClaim::JOB, Job::ValidateClaim);
/// assert_eq!(ValidateClaim::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ValidateClaim {
    /// The claim to check.
    pub claim_id: Uuid,
}

impl AgendaEntry for ValidateClaim {
    const JOB: Job = Job::ValidateClaim;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
