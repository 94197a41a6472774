//! Job: send the notice that opens the rejection window.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Send the customer the notice, and record that the mail server has accepted it: that instant
/// opens the rejection window. Due at once when a claim has been validated.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, NotifyCustomer};
/// use uuid::uuid;
///
/// let job = NotifyCustomer { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(NotifyCustomer::JOB, Job::NotifyCustomer);
/// assert_eq!(NotifyCustomer::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NotifyCustomer {
    /// The claim of which the customer is told.
    pub claim_id: Uuid,
}

impl AgendaEntry for NotifyCustomer {
    const JOB: Job = Job::NotifyCustomer;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
