//! Job: make an association official after silence.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Turn the holds of a claim into the association and open the usage data, in one commit. Due at
/// the end of the rejection window plus the grace for rejections that were received in time.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, FinalizeAssociation};
/// use uuid::uuid;
///
/// let job = FinalizeAssociation { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(FinalizeAssociation::JOB, Job::FinalizeAssociation);
/// assert_eq!(FinalizeAssociation::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FinalizeAssociation {
    /// The claim whose window has ended.
    pub claim_id: Uuid,
}

impl AgendaEntry for FinalizeAssociation {
    const JOB: Job = Job::FinalizeAssociation;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
