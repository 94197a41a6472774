//! Job: tell the customer that its answer has arrived.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Tell the customer that its answer has arrived, and what it has decided. Due at once in every
/// commit that records an answer.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, SendReceipt};
/// use uuid::uuid;
///
/// let job = SendReceipt { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(SendReceipt::JOB, Job::SendReceipt);
/// assert_eq!(SendReceipt::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendReceipt {
    /// The claim that the customer has answered.
    pub claim_id: Uuid,
}

impl AgendaEntry for SendReceipt {
    const JOB: Job = Job::SendReceipt;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
