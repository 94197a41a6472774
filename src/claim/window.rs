//! The rejection window of one claim: `[opened_at, closes_at)`.
//!
//! This is the one place that compares an instant with the end of the window. How the end is
//! computed is the business of `calendar/`.

mod account;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::Deadline;
pub use account::Account;

/// The time a customer has to reject a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// When the mail server accepted the notice.
    pub opened_at: DateTime<Utc>,
    /// When the claim is finalized: the end plus the grace that lets a rejection received in
    /// time be committed first.
    pub finalize_at: DateTime<Utc>,
    /// When the customer is reminded, if it leaves enough time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remind_at: Option<DateTime<Utc>>,
    /// The end, and what it was computed from.
    pub deadline: Deadline,
}

impl Window {
    /// The first instant at which a rejection is late.
    #[must_use]
    pub fn closes_at(&self) -> DateTime<Utc> {
        self.deadline.closes_at
    }

    /// Whether it ends later than another one.
    #[must_use]
    pub fn is_later(&self, other: &Self) -> bool {
        other.closes_at() < self.closes_at()
    }

    /// Whether an answer that entered our system at this instant is in time.
    #[must_use]
    pub fn admits(&self, received_at: DateTime<Utc>) -> bool {
        received_at < self.closes_at()
    }
}
