//! Job: ask a customer to acknowledge a statement of work.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Job;

/// Ask a customer by mail to acknowledge a statement of work. Due at once. It is no job of a
/// claim: its entry is the id of the document that the acknowledgement will be.
///
/// ```
/// use cpor_jobs::{Job, AskCustomer};
/// use uuid::uuid;
///
/// let job = AskCustomer { document_id: uuid!("01993c2a-7e00-7003-8000-00000000002b") };
/// assert_eq!(AskCustomer::JOB, Job::AskCustomer);
/// assert_eq!(job.entry(), "01993c2a-7e00-7003-8000-00000000002b");
/// assert_eq!(AskCustomer::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AskCustomer {
    /// The document.
    pub document_id: Uuid,
}

/// An entry that is not the id of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the id of a document")]
pub struct AskEntryError;

impl AskCustomer {
    /// The job of this type.
    pub const JOB: Job = Job::AskCustomer;

    /// The entry on the agenda.
    #[must_use]
    pub fn entry(&self) -> String {
        self.document_id.hyphenated().to_string()
    }

    /// Reads an entry of the agenda.
    ///
    /// # Errors
    ///
    /// When it is none of this job.
    pub fn parse(entry: &str) -> Result<Self, AskEntryError> {
        let document_id = Uuid::try_parse(entry).map_err(|_| AskEntryError)?;
        let job = Self { document_id };
        if job.entry() == entry { Ok(job) } else { Err(AskEntryError) }
    }
}
