//! How a scene went, and whether that is how it had to go.

use chrono::{DateTime, Utc};

use cpor::calendar::Zone;
use cpor::claim::{Event, Finding, Window};

use super::script::{Ending, Scene};
use crate::cli::output::Output;
use cpor::view::Dossier;

/// How one scene went.
pub enum Played {
    /// The submission never became a claim.
    Refused {
        /// Its part in the story.
        scene: &'static Scene,
        /// Everything that is wrong with it.
        findings: Vec<Finding>,
    },
    /// What became of the claim.
    Claim {
        /// Its part in the story.
        scene: &'static Scene,
        /// The claim at the end of the week, and everything that happened to it.
        dossier: Box<Dossier>,
        /// The names of its items.
        items: String,
        /// The customer's zone.
        zone: Zone,
    },
}

impl Played {
    /// For programs: the claim, or what is wrong with its submission.
    pub fn print(&self, output: Output) -> std::io::Result<()> {
        match self {
            Self::Refused { scene, findings } => output.object(&serde_json::json!({
                "idempotency_key": scene.key, "outcome": "refused", "findings": findings,
            })),
            Self::Claim { dossier, .. } => output.object(&dossier.view()),
        }
    }

    /// Its part in the story.
    pub const fn scene(&self) -> &'static Scene {
        match self {
            Self::Refused { scene, .. } | Self::Claim { scene, .. } => scene,
        }
    }

    /// Whether the scene ended as the script says.
    pub fn as_expected(&self) -> bool {
        match (self, &self.scene().ending) {
            (Self::Refused { findings, .. }, Ending::Refused(codes)) => {
                findings.iter().map(|finding| finding.code.as_ref()).eq(codes.iter().copied())
            }
            (Self::Claim { dossier, .. }, Ending::Claim { status, closes_at, event }) => {
                let expected: Option<DateTime<Utc>> = closes_at.and_then(|at| at.parse().ok());
                dossier.claim.status() == *status
                    && dossier.window().map(Window::closes_at) == expected
                    && dossier.history.iter().any(|recorded| recorded.event.name() == *event)
            }
            (Self::Refused { .. }, Ending::Claim { .. })
            | (Self::Claim { .. }, Ending::Refused(_)) => false,
        }
    }
}

/// Since when the claim has stood where it stands.
pub fn since(dossier: &Dossier) -> Option<DateTime<Utc>> {
    let told = |event: &Event| matches!(event, Event::PartnerNotified { .. });
    let last = || dossier.history.iter().rev().find(|recorded| !told(&recorded.event));
    dossier.decided_at().or_else(|| last().map(|recorded| recorded.at))
}
