//! Job: remind the customer before the rejection window ends.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Remind a customer who has not answered yet. Due inside the rejection window; it changes neither
/// the window nor the outcome.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, RemindCustomer};
/// use uuid::uuid;
///
/// let job = RemindCustomer { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(RemindCustomer::JOB, Job::RemindCustomer);
/// assert_eq!(RemindCustomer::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RemindCustomer {
    /// The claim whose window is about to end.
    pub claim_id: Uuid,
}

impl AgendaEntry for RemindCustomer {
    const JOB: Job = Job::RemindCustomer;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
