//! Job: ask the customer to choose between the partners of a contest.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgendaEntry, Job};

/// Ask the contact of a contested claim's customer which of the partners it chooses. It decides
/// nothing; a decision takes it off the agenda.
///
/// ```
/// use cpor_jobs::{AgendaEntry, AskChoice, Job};
/// use uuid::uuid;
///
/// let job = AskChoice { claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a") };
/// assert_eq!(AskChoice::JOB, Job::AskChoice);
/// assert_eq!(AskChoice::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AskChoice {
    /// The contested claim.
    pub claim_id: Uuid,
}

impl AgendaEntry for AskChoice {
    const JOB: Job = Job::AskChoice;

    fn of(claim_id: Uuid) -> Self {
        Self { claim_id }
    }

    fn claim_id(&self) -> Uuid {
        self.claim_id
    }
}
