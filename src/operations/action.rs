//! The log of what operators did: who, when, what, and why.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an operator did. Scripts rely on the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A job was paused.
    QueuePaused,
    /// A paused job was resumed.
    QueueResumed,
    /// Somebody set how many handlers of a job run at once.
    ConcurrencySet,
    /// A dead letter was tried again.
    DeadRetried,
    /// A dead letter was forgotten.
    DeadDropped,
    /// What was planned for later was made due at once.
    EntryHastened,
}

impl Action {
    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueuePaused => "queue_paused",
            Self::QueueResumed => "queue_resumed",
            Self::ConcurrencySet => "concurrency_set",
            Self::DeadRetried => "dead_retried",
            Self::DeadDropped => "dead_dropped",
            Self::EntryHastened => "entry_hastened",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperatorAction {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What.
    pub action: Action,
    /// To what: a job, or a job and its entry.
    pub subject: String,
    /// Why, if that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
