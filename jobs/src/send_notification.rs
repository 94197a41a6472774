//! Job: tell a subscription of a partner of one event of a claim.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EntryError, Job};

/// Tell a subscription of a partner of one event of a claim, by mail. Put on the agenda by the
/// relay that reads the feed.
///
/// As with [`DeliverWebhook`](crate::DeliverWebhook), many of these may be on the agenda for one
/// claim: the entry names the event and the subscription too.
///
/// ```
/// use cpor_jobs::{Job, SendNotification};
/// use uuid::uuid;
///
/// let job = SendNotification {
///     claim_id: uuid!("01993c2a-7e00-7003-8000-00000000002a"),
///     revision: 7,
///     subscription_id: uuid!("5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05"),
/// };
/// assert_eq!(SendNotification::JOB, Job::SendNotification);
/// assert_eq!(
///     job.entry(),
///     "01993c2a-7e00-7003-8000-00000000002a:7:5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05",
/// );
/// assert_eq!(SendNotification::parse(&job.entry()), Ok(job));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SendNotification {
    /// The claim that the event belongs to.
    pub claim_id: Uuid,
    /// Which of its events, from 1.
    pub revision: u64,
    /// The subscription that is told.
    pub subscription_id: Uuid,
}

impl SendNotification {
    /// The job's name.
    pub const JOB: Job = Job::SendNotification;

    /// The entry as it stands on the agenda: `<claim id>:<revision>:<subscription id>`.
    ///
    /// ```
    /// use cpor_jobs::SendNotification;
    ///
    /// let entry = "01993c2a-7e00-7003-8000-00000000002a:7:5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05";
    /// assert_eq!(SendNotification::parse(entry)?.entry(), entry);
    /// # Ok::<(), cpor_jobs::NotificationEntryError>(())
    /// ```
    #[must_use]
    pub fn entry(&self) -> String {
        let Self { claim_id, revision, subscription_id } = self;
        format!("{}:{revision}:{}", claim_id.hyphenated(), subscription_id.hyphenated())
    }

    /// Reads an entry of the agenda.
    ///
    /// ```
    /// use cpor_jobs::SendNotification;
    ///
    /// assert!(SendNotification::parse("01993c2a-7e00-7003-8000-00000000002a").is_err());
    /// ```
    ///
    /// # Errors
    /// [`NotificationEntryError`] for everything that [`SendNotification::entry`] would not have
    /// written.
    pub fn parse(entry: &str) -> Result<Self, NotificationEntryError> {
        let read = || {
            let mut parts = entry.splitn(3, ':');
            let claim_id = Uuid::try_parse(parts.next()?).ok()?;
            let revision = parts.next()?.parse().ok()?;
            let subscription_id = Uuid::try_parse(parts.next()?).ok()?;
            Some(Self { claim_id, revision, subscription_id })
        };
        read().filter(|job| job.entry() == entry).ok_or_else(|| NotificationEntryError {
            start: entry.chars().take(EntryError::SHOWN_MAX).collect(),
        })
    }
}

impl fmt::Display for SendNotification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.entry())
    }
}

impl From<SendNotification> for String {
    fn from(job: SendNotification) -> Self {
        job.entry()
    }
}

impl TryFrom<String> for SendNotification {
    type Error = NotificationEntryError;

    fn try_from(entry: String) -> Result<Self, Self::Error> {
        Self::parse(&entry)
    }
}

/// An entry of `send_notification` does not name an event and a subscription.
///
/// ```
/// use cpor_jobs::SendNotification;
///
/// let error = SendNotification::parse("42").unwrap_err().to_string();
/// assert!(error.contains(r#""42" is not <claim id>:<revision>:<subscription id>"#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "could not read an entry of send_notification: {start:?} is not <claim \
     id>:<revision>:<subscription id>"
)]
pub struct NotificationEntryError {
    /// The first characters of the entry.
    pub start: String,
}
