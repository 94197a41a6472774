//! What the jobs of a claim's life have in common: their entry is the id of the claim.
//!
//! The entry is plain text and not JSON, because it is also the member of a sorted set: there must
//! be one spelling of it, or a claim could be on the same agenda twice. What else a handler needs
//! it reads from the claim, which may have moved on since the entry was made.

use uuid::Uuid;

use crate::Job;

/// A job of which the agenda holds nothing but the id of its claim.
///
/// ```
/// use cpor_jobs::{AgendaEntry, Job, NotifyCustomer};
/// use uuid::uuid;
///
/// let job = NotifyCustomer::of(uuid!("01993c2a-7e00-7003-8000-00000000002a"));
/// assert_eq!(job.entry(), "01993c2a-7e00-7003-8000-00000000002a");
/// assert_eq!(NotifyCustomer::parse(&job.entry())?, job);
/// assert_eq!(NotifyCustomer::JOB, Job::NotifyCustomer);
/// # Ok::<(), cpor_jobs::EntryError>(())
/// ```
pub trait AgendaEntry: Sized {
    /// The job's name.
    const JOB: Job;

    /// The job for this claim.
    fn of(claim_id: Uuid) -> Self;

    /// The claim that the job is about.
    fn claim_id(&self) -> Uuid;

    /// The entry as it stands on the agenda: the claim's id, hyphenated and in lower case.
    fn entry(&self) -> String {
        self.claim_id().hyphenated().to_string()
    }

    /// Reads an entry of the agenda.
    ///
    /// # Errors
    /// [`EntryError`] for everything that [`AgendaEntry::entry`] would not have written.
    fn parse(entry: &str) -> Result<Self, EntryError> {
        match Uuid::try_parse(entry) {
            Ok(claim_id) if claim_id.hyphenated().to_string() == entry => Ok(Self::of(claim_id)),
            Ok(_) | Err(_) => {
                let start = entry.chars().take(EntryError::SHOWN_MAX).collect();
                Err(EntryError { job: Self::JOB, start })
            }
        }
    }
}

/// An entry of the agenda is not the id of a claim.
///
/// ```
/// use cpor_jobs::{AgendaEntry, ExpireClaim};
///
/// let error = ExpireClaim::parse("42").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"could not read an entry of expire_claim: "42" is not a hyphenated, lower-case claim id"#,
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not read an entry of {job}: {start:?} is not a hyphenated, lower-case claim id")]
pub struct EntryError {
    /// The job on whose agenda the entry was.
    pub job: Job,
    /// The first characters of the entry.
    pub start: String,
}

impl EntryError {
    /// How many characters of a bad entry are kept: it may be of any size, and anything.
    pub(crate) const SHOWN_MAX: usize = 64;
}
