//! Job: tell the customer that the time to answer has changed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Tell the customer that the time to answer has changed. Due at once in every
/// commit that changes an open window after its notice.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, SendCorrection};
/// use uuid::uuid;
///
/// let job = SendCorrection { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(SendCorrection::JOB, Job::SendCorrection);
/// assert_eq!(SendCorrection::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendCorrection {
    /// The claim whose window has changed.
    pub claim_id: Uuid,
}

impl AgendaEntry for SendCorrection {
    const JOB: Job = Job::SendCorrection;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
