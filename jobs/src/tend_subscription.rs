//! Job: what a partner's subscription itself has due.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EntryError, Job};

/// What a partner's subscription itself has due: its daily digest, or the mail that asks whoever
/// reads its address to confirm it.
///
/// It is of no claim, and lies in the partition of its partner. The digest is always the same
/// entry, which goes back to the agenda for the next day; each mail that asks has one of its own.
///
/// ```
/// use cpor_jobs::{Job, TendSubscription};
/// use uuid::uuid;
///
/// let subscription_id = uuid!("5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05");
/// let digest = TendSubscription { subscription_id, asking: None };
/// let asking = TendSubscription { subscription_id, asking: Some(2) };
/// assert_eq!(TendSubscription::JOB, Job::TendSubscription);
/// assert_eq!(digest.entry(), "5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05");
/// assert_eq!(asking.entry(), "5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05:2");
/// assert_eq!(TendSubscription::parse(&asking.entry()), Ok(asking));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TendSubscription {
    /// The subscription.
    pub subscription_id: Uuid,
    /// Which of the mails that ask for confirmation, from 1; without a number, the digest.
    pub asking: Option<u32>,
}

impl TendSubscription {
    /// The job's name.
    pub const JOB: Job = Job::TendSubscription;

    /// The entry as it stands on the agenda: `<subscription id>` or `<subscription id>:<number>`.
    ///
    /// ```
    /// use cpor_jobs::TendSubscription;
    ///
    /// let entry = "5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05:1";
    /// assert_eq!(TendSubscription::parse(entry)?.entry(), entry);
    /// # Ok::<(), cpor_jobs::SubscriptionEntryError>(())
    /// ```
    #[must_use]
    pub fn entry(&self) -> String {
        let id = self.subscription_id.hyphenated();
        self.asking.map_or_else(|| id.to_string(), |number| format!("{id}:{number}"))
    }

    /// Reads an entry of the agenda.
    ///
    /// ```
    /// assert!(cpor_jobs::TendSubscription::parse("01993c2a").is_err());
    /// ```
    ///
    /// # Errors
    /// [`SubscriptionEntryError`] for everything that [`TendSubscription::entry`] would not have
    /// written.
    pub fn parse(entry: &str) -> Result<Self, SubscriptionEntryError> {
        let read = || {
            let (id, number) = entry.split_once(':').map_or((entry, None), |(id, n)| (id, Some(n)));
            let subscription_id = Uuid::try_parse(id).ok()?;
            let asking = number.map(str::parse).transpose().ok()?;
            Some(Self { subscription_id, asking })
        };
        read().filter(|job| job.entry() == entry).ok_or_else(|| SubscriptionEntryError {
            start: entry.chars().take(EntryError::SHOWN_MAX).collect(),
        })
    }
}

impl fmt::Display for TendSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.entry())
    }
}

impl From<TendSubscription> for String {
    fn from(job: TendSubscription) -> Self {
        job.entry()
    }
}

impl TryFrom<String> for TendSubscription {
    type Error = SubscriptionEntryError;

    fn try_from(entry: String) -> Result<Self, Self::Error> {
        Self::parse(&entry)
    }
}

/// An entry of `tend_subscription` does not name a subscription.
///
/// ```
/// use cpor_jobs::TendSubscription;
///
/// let error = TendSubscription::parse("42").unwrap_err().to_string();
/// assert!(error.contains(r#""42" is not <subscription id> or <subscription id>:<number>"#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "could not read an entry of tend_subscription: {start:?} is not <subscription id> or \
     <subscription id>:<number>"
)]
pub struct SubscriptionEntryError {
    /// The first characters of the entry.
    pub start: String,
}
