//! What can happen to an open window, and the mail that the customer is owed for it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{ChangedDay, Span};
use crate::claim::identity::Comment;

/// A change of the window that the customer has not been told of yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The event that changed the window; tells the corrections of a claim apart.
    pub revision: u64,
    /// Since when the mail is owed.
    pub due_at: DateTime<Utc>,
    /// What happened.
    pub change: WindowChange,
    /// The end that held before.
    pub closes_at_before: DateTime<Utc>,
}

/// What happened to a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum WindowChange {
    /// It was paused.
    Paused {
        /// Why, in the reviewer's words.
        reason: Comment,
    },
    /// It runs again.
    Resumed {
        /// When it was paused, up to its going on.
        pause: Span,
        /// Why, in the reviewer's words.
        reason: Comment,
    },
    /// It ends later.
    Extended(ExtensionCause),
}

/// Why a window ends later than it was announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum ExtensionCause {
    /// A reviewer has granted more time.
    Reviewer {
        /// How many business days.
        business_days: u32,
        /// Why, in the reviewer's words.
        #[schemars(with = "String")]
        reason: Comment,
    },
    /// The customer's calendar has changed.
    Calendar {
        /// The edition of the calendars that brought the change.
        edition: u64,
        /// The days that are judged otherwise.
        days: Vec<ChangedDay>,
        /// Why, in the operator's words.
        #[schemars(with = "String")]
        reason: Comment,
    },
    /// The clocks of the customer's time zone change otherwise than was known.
    TimeZones {
        /// The edition of the calendars with which the new data came into force.
        edition: u64,
        /// The release of the time zone database the end was announced with.
        tzdb_before: String,
    },
    /// The page on which customers answer could not be reached.
    Outage {
        /// From when to when.
        outage: Span,
        /// Why, in the operator's words.
        #[schemars(with = "String")]
        reason: Comment,
    },
}

impl ExtensionCause {
    /// The name that templates and scripts rely on.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Reviewer { .. } => "reviewer",
            Self::Calendar { .. } => "calendar",
            Self::TimeZones { .. } => "time_zones",
            Self::Outage { .. } => "outage",
        }
    }
}
