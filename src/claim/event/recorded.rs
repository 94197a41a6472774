//! An event in its place in the history.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Event;

/// An event as it stands in the history: which, when, by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The claim's revision after this event, from 1 without a gap.
    pub revision: u64,
    /// When it was recorded; never earlier than the event before it.
    pub at: DateTime<Utc>,
    /// Who caused it: `worker`, `upstream:<source>`, `operator`, `customer`, `partner`.
    pub actor: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}
