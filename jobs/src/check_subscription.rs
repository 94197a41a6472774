//! Job: see until when the subscriptions of an association last.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// See until when the subscriptions of an official association last: warn both sides before their
/// end, and end the association at it. Due when the association is official, and once a day from
/// then on.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, CheckSubscription};
/// use uuid::uuid;
///
/// let job = CheckSubscription { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(CheckSubscription::JOB, Job::CheckSubscription);
/// assert_eq!(CheckSubscription::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckSubscription {
    /// The claim whose association it is.
    pub claim_id: Uuid,
}

impl AgendaEntry for CheckSubscription {
    const JOB: Job = Job::CheckSubscription;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
