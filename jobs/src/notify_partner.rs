//! Job: tell the partner how its claim stands.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Tell the partner how its claim ended, or what it has to do. Due at once in every commit that
/// needs the partner to know.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, NotifyPartner};
/// use uuid::uuid;
///
/// let job = NotifyPartner { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(NotifyPartner::JOB, Job::NotifyPartner);
/// assert_eq!(NotifyPartner::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NotifyPartner {
    /// The claim of which the partner is told.
    pub claim_id: Uuid,
}

impl AgendaEntry for NotifyPartner {
    const JOB: Job = Job::NotifyPartner;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
