//! The status of a claim as people and programs see it: the name of the state without its data.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a claim stands. `design.md`'s table of the life of a claim, one variant per row.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Accepted, being validated.
    Submitted,
    /// The partner has to put something right.
    ActionRequired,
    /// Refused by the rules, for good.
    Disqualified,
    /// Another partner holds or claims one of the items.
    Contested,
    /// A reviewer looks at it before the customer is told.
    UnderReview,
    /// Refused; the partner can still dispute that, or reactivate the claim.
    Refused,
    /// The partner disputes the refusal, and somebody else decides.
    Disputed,
    /// Right; the customer's mail is on its way.
    Validated,
    /// The customer may reject until the window closes.
    Notified,
    /// The window's time stands still until a reviewer resumes it.
    Paused,
    /// The customer said no in time.
    Rejected,
    /// Official; the usage data of these items is open to the partner.
    Associated,
    /// The partner took the claim back before it was official.
    Withdrawn,
    /// The association is over and its grant revoked.
    Ended,
}

impl Status {
    /// Every status, in the order of a claim's life.
    pub const ALL: [Self; 14] = [
        Self::Submitted,
        Self::ActionRequired,
        Self::Disqualified,
        Self::Contested,
        Self::UnderReview,
        Self::Refused,
        Self::Disputed,
        Self::Validated,
        Self::Notified,
        Self::Paused,
        Self::Rejected,
        Self::Associated,
        Self::Withdrawn,
        Self::Ended,
    ];

    /// Whether nothing will ever become of the claim any more; some mail may still be owed.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        match self {
            Self::Disqualified | Self::Rejected | Self::Withdrawn | Self::Ended => true,
            Self::Submitted
            | Self::ActionRequired
            | Self::Contested
            | Self::UnderReview
            | Self::Refused
            | Self::Disputed
            | Self::Validated
            | Self::Notified
            | Self::Paused
            | Self::Associated => false,
        }
    }

    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::ActionRequired => "action_required",
            Self::Disqualified => "disqualified",
            Self::Contested => "contested",
            Self::UnderReview => "under_review",
            Self::Refused => "refused",
            Self::Disputed => "disputed",
            Self::Validated => "validated",
            Self::Notified => "notified",
            Self::Paused => "paused",
            Self::Rejected => "rejected",
            Self::Associated => "associated",
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is not the name of a status.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a status; the statuses are {names}",
    names = Status::ALL.map(Status::as_str).join(", ")
)]
pub struct UnknownStatus(String);

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}
