//! Job: tell a webhook of one event of a claim.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EntryError, Job};

/// Tell a webhook of one event of a claim. Put on the agenda by the relay that reads the feed.
///
/// Unlike the jobs of a claim's life, many of these may be on the agenda for one claim: the entry
/// names the event and the webhook too, and is also the id of the delivery, the same for every
/// attempt.
///
/// ```
/// use cpor_jobs::{DeliverWebhook, Job};
/// use uuid::uuid;
///
/// let job = DeliverWebhook {
///     claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a"),
///     revision: 7,
///     webhook_id: uuid!("5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05"),
/// };
/// assert_eq!(DeliverWebhook::JOB, Job::DeliverWebhook);
/// assert_eq!(
///     job.entry(),
///     "01993c2a-7e00-7003-8000-00000000002a:7:5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05",
/// );
/// assert_eq!(DeliverWebhook::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DeliverWebhook {
    /// The claim that the event belongs to.
    pub claim_id: Uuid,
    /// Which of its events, from 1.
    pub revision: u64,
    /// The webhook that is told.
    pub webhook_id: Uuid,
}

impl DeliverWebhook {
    /// The job's name.
    pub const JOB: Job = Job::DeliverWebhook;

    /// The entry as it stands on the agenda: `<claim id>:<revision>:<webhook id>`.
    ///
    /// ```
    /// use cpor_jobs::DeliverWebhook;
    ///
    /// let entry = "01993c2a-7e00-7003-8000-00000000002a:7:5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05";
    /// assert_eq!(DeliverWebhook::parse(entry)?.entry(), entry);
    /// # Ok::<(), cpor_jobs::DeliveryEntryError>(())
    /// ```
    #[must_use]
    pub fn entry(&self) -> String {
        let Self { claim_id, revision, webhook_id } = self;
        format!("{}:{revision}:{}", claim_id.hyphenated(), webhook_id.hyphenated())
    }

    /// Reads an entry of the agenda.
    ///
    /// ```
    /// assert!(cpor_jobs::DeliverWebhook::parse("01993c2a-7e00-7003-8000-00000000002a").is_err());
    /// ```
    ///
    /// # Errors
    /// [`DeliveryEntryError`] for everything that [`DeliverWebhook::entry`] would not have written.
    pub fn parse(entry: &str) -> Result<Self, DeliveryEntryError> {
        let read = || {
            let mut parts = entry.splitn(3, ':');
            let claim_id = Uuid::try_parse(parts.next()?).ok()?;
            let revision = parts.next()?.parse().ok()?;
            let webhook_id = Uuid::try_parse(parts.next()?).ok()?;
            Some(Self { claim_id, revision, webhook_id })
        };
        read().filter(|job| job.entry() == entry).ok_or_else(|| DeliveryEntryError {
            start: entry.chars().take(EntryError::SHOWN_MAX).collect(),
        })
    }
}

impl fmt::Display for DeliverWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.entry())
    }
}

impl From<DeliverWebhook> for String {
    fn from(job: DeliverWebhook) -> Self {
        job.entry()
    }
}

impl TryFrom<String> for DeliverWebhook {
    type Error = DeliveryEntryError;

    fn try_from(entry: String) -> Result<Self, Self::Error> {
        Self::parse(&entry)
    }
}

/// An entry of `deliver_webhook` does not name an event and a webhook.
///
/// ```
/// use cpor_jobs::DeliverWebhook;
///
/// let error = DeliverWebhook::parse("42").unwrap_err().to_string();
/// assert!(error.contains(r#""42" is not <claim id>:<revision>:<webhook id>"#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "could not read an entry of deliver_webhook: {start:?} is not <claim id>:<revision>:<webhook \
     id>"
)]
pub struct DeliveryEntryError {
    /// The first characters of the entry.
    pub start: String,
}
