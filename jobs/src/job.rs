//! The names of the jobs. What each one carries is in the file of that name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A kind of entry on a queue. The name in snake case is part of keys, settings and dashboards.
///
/// ```
/// use cpor_jobs::Job;
///
/// assert_eq!(Job::NotifyCustomer.to_string(), "notify_customer");
/// assert_eq!("notify_customer".parse(), Ok(Job::NotifyCustomer));
/// assert_eq!(serde_json::to_string(&Job::ExpireClaim)?, r#""expire_claim""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Take in what an upstream system asks for.
    SubmitClaim,
    /// Check a submitted claim against the world outside.
    ValidateClaim,
    /// Send the notice that opens the rejection window.
    NotifyCustomer,
    /// Remind the customer before the window ends.
    RemindCustomer,
    /// Make the association official after the window has ended in silence.
    FinalizeAssociation,
    /// Tell the partner how the claim ended, or what it has to do.
    NotifyPartner,
    /// End the time of a partner to answer, or to dispute a refusal.
    ExpireClaim,
    /// Tell a webhook of one event of a claim.
    DeliverWebhook,
    /// Tell the customer that its answer has arrived.
    SendReceipt,
    /// Tell the customer that the time to answer has changed.
    SendCorrection,
    /// Remind the partner of what it has to put right.
    RemindPartner,
    /// Tell reviewers that a claim waits for them.
    EscalateReview,
    /// Ask the scanner about an uploaded document.
    ScanDocument,
    /// See until when the subscriptions of an association last.
    CheckSubscription,
    /// Tell a subscription of a partner of one event of a claim.
    SendNotification,
    /// What a partner's subscription itself has due: the mail that asks for confirmation, or the
    /// daily digest. It is of no claim.
    TendSubscription,
    /// Ask a customer to acknowledge a statement of work. It is of no claim.
    AskCustomer,
}

impl Job {
    /// Every job: those of a claim's life in its order, then those that tell of it.
    ///
    /// ```
    /// use cpor_jobs::Job;
    ///
    /// assert_eq!(Job::ALL[0], Job::SubmitClaim);
    /// ```
    pub const ALL: [Self; 17] = [
        Self::SubmitClaim,
        Self::ValidateClaim,
        Self::NotifyCustomer,
        Self::RemindCustomer,
        Self::FinalizeAssociation,
        Self::NotifyPartner,
        Self::ExpireClaim,
        Self::DeliverWebhook,
        Self::SendReceipt,
        Self::SendCorrection,
        Self::RemindPartner,
        Self::EscalateReview,
        Self::ScanDocument,
        Self::CheckSubscription,
        Self::SendNotification,
        Self::TendSubscription,
        Self::AskCustomer,
    ];

    /// The job's name in snake case.
    ///
    /// ```
    /// assert_eq!(cpor_jobs::Job::SubmitClaim.as_str(), "submit_claim");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SubmitClaim => "submit_claim",
            Self::ValidateClaim => "validate_claim",
            Self::NotifyCustomer => "notify_customer",
            Self::RemindCustomer => "remind_customer",
            Self::FinalizeAssociation => "finalize_association",
            Self::NotifyPartner => "notify_partner",
            Self::ExpireClaim => "expire_claim",
            Self::DeliverWebhook => "deliver_webhook",
            Self::SendReceipt => "send_receipt",
            Self::SendCorrection => "send_correction",
            Self::RemindPartner => "remind_partner",
            Self::EscalateReview => "escalate_review",
            Self::ScanDocument => "scan_document",
            Self::CheckSubscription => "check_subscription",
            Self::SendNotification => "send_notification",
            Self::TendSubscription => "tend_subscription",
            Self::AskCustomer => "ask_customer",
        }
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Job {
    type Err = UnknownJob;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|job| job.as_str() == name).ok_or(UnknownJob)
    }
}

/// A name was read that is not the name of a job.
///
/// ```
/// use cpor_jobs::{Job, UnknownJob};
///
/// assert_eq!("notify_everyone".parse::<Job>(), Err(UnknownJob));
/// assert!(UnknownJob.to_string().contains("submit_claim, validate_claim"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such job; the jobs are {}", Job::ALL.map(Job::as_str).join(", "))]
pub struct UnknownJob;
