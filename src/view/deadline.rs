//! The window of a claim, explained.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::calendar::{Explanation, Language};
use crate::claim::{ClaimId, State};
use crate::view::Dossier;

/// The end of a claim's window, and why then.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deadline")]
pub struct DeadlineView {
    /// The claim.
    #[schemars(with = "Uuid")]
    claim_id: ClaimId,
    /// When the mail server accepted the notice.
    opened_at: DateTime<Utc>,
    /// Since when the window is paused. While it is, the end is the one from before the pause, and
    /// nothing ends then: the days of the pause are taken out when it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_at: Option<DateTime<Utc>>,
    /// The explanation, as on the customer's page.
    #[serde(flatten)]
    pub explanation: Explanation,
}

impl DeadlineView {
    /// The newest window of a claim; nothing while the customer has not been notified.
    #[must_use]
    pub fn of(dossier: &Dossier, language: Language) -> Option<Self> {
        let window = dossier.window()?;
        let paused_at = match &dossier.claim.state {
            State::Paused { paused_at, .. } => Some(*paused_at),
            _ => None,
        };
        Some(Self {
            claim_id: dossier.claim.id,
            opened_at: window.opened_at,
            paused_at,
            explanation: Explanation::of(&window.deadline, window.opened_at, language),
        })
    }
}
