//! Job: ask the scanner about an uploaded document.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Job;

/// Ask the scanner about a document that came when the scanner did not answer. Due at once, and
/// again until it answers. It is no job of a claim: its entry is the document's id.
///
/// ```
/// use cpor_jobs::{Job, ScanDocument};
/// use uuid::uuid;
///
/// let job = ScanDocument { document_id: uuid!("01993c2a-7e00-7003-8000-00000000002b") };
/// assert_eq!(ScanDocument::JOB, Job::ScanDocument);
/// assert_eq!(job.entry(), "01993c2a-7e00-7003-8000-00000000002b");
/// assert_eq!(ScanDocument::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScanDocument {
    /// The document.
    pub document_id: Uuid,
}

/// An entry that is not the id of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the id of a document")]
pub struct ScanEntryError;

impl ScanDocument {
    /// The job of this type.
    pub const JOB: Job = Job::ScanDocument;

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
    pub fn parse(entry: &str) -> Result<Self, ScanEntryError> {
        let document_id = Uuid::try_parse(entry).map_err(|_| ScanEntryError)?;
        let job = Self { document_id };
        if job.entry() == entry { Ok(job) } else { Err(ScanEntryError) }
    }
}
