//! Job: remind the partner of what it has to put right.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Remind the partner of an action required while there is time to answer. An answer takes it off
/// the agenda.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, RemindPartner};
/// use uuid::uuid;
///
/// let job = RemindPartner { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(RemindPartner::JOB, Job::RemindPartner);
/// assert_eq!(RemindPartner::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RemindPartner {
    /// The claim that waits for its partner.
    pub claim_id: Uuid,
}

impl AgendaEntry for RemindPartner {
    const JOB: Job = Job::RemindPartner;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
