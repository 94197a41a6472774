//! The window of a claim, explained.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::calendar::{Explanation, Language};
use crate::claim::{ClaimId, Window};
use crate::view::{Dossier, TimeView, paused_sentences};

/// The end of a claim's window, and why then.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deadline")]
pub struct DeadlineView {
    /// The claim.
    #[schemars(with = "Uuid")]
    claim_id: ClaimId,
    /// When the mail server accepted the notice.
    opened_at: DateTime<Utc>,
    /// Since when the window is paused: its end is known when a reviewer resumes it.
    paused_at: Option<DateTime<Utc>>,
    /// What has become of the window's time up to now.
    time: TimeView,
    /// The explanation, as on the customer's page.
    #[serde(flatten)]
    pub explanation: Explanation,
}

impl DeadlineView {
    /// The newest window of a claim; nothing while the customer has not been notified.
    #[must_use]
    pub fn of(dossier: &Dossier, now: DateTime<Utc>, language: Language) -> Option<Self> {
        let (window, paused_at) = (dossier.window()?, dossier.claim.paused_at());
        Some(Self {
            claim_id: dossier.claim.id,
            opened_at: window.opened_at,
            paused_at,
            time: TimeView::of(window.account(now, paused_at)),
            explanation: explanation(window, paused_at, now, language),
        })
    }
}

/// The explanation of a claim's window as it stands.
#[must_use]
pub fn explanation(
    window: &Window,
    paused_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    language: Language,
) -> Explanation {
    let explanation = Explanation::of(&window.deadline, window.opened_at, language);
    match paused_at {
        Some(since) => explanation.while_paused(paused_sentences(window, since, now, language)),
        None => explanation,
    }
}
