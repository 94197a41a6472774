//! What became of submissions and commands.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::claim::event::Event;
use crate::claim::state::EndReason;
use crate::claim::{ClaimId, Finding, Status};
use crate::ledger::{Applied, Submitted};

/// What became of one line of many claims.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LineAnswer {
    /// The line's number, from 1; blank lines count.
    pub line: u64,
    /// `accepted`, `repeated` (it has been a claim already) or `refused`; in a stream also
    /// `unavailable`, after which nothing is answered.
    pub outcome: &'static str,
    /// The claim.
    #[schemars(with = "Option<Uuid>")]
    pub claim_id: Option<ClaimId>,
    /// Everything that is wrong with a refused line.
    pub findings: Vec<Finding>,
}

impl LineAnswer {
    /// The answer to a line.
    #[must_use]
    pub fn of(line: u64, submitted: &Submitted) -> Self {
        let outcome = match submitted {
            Submitted::Accepted(_) => "accepted",
            Submitted::Repeated(_) => "repeated",
            Submitted::KeyReused(_) | Submitted::Refused(_) => "refused",
        };
        match submitted.claim_id() {
            Ok(id) => Self { line, outcome, claim_id: Some(id), findings: Vec::new() },
            Err(findings) => Self { line, outcome, claim_id: None, findings },
        }
    }
}

/// What became of a command.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// The claim.
    #[schemars(with = "Uuid")]
    claim_id: ClaimId,
    /// `amended`, `withdrawn`, `ended`, and so on; `already_decided` when there was nothing to do.
    outcome: &'static str,
    /// When it was recorded.
    at: DateTime<Utc>,
    /// Where the claim stands now.
    status: Status,
    /// How many events it has had.
    revision: u64,
}

impl Outcome {
    /// What became of a command.
    #[must_use]
    pub fn of(applied: &Applied) -> Self {
        let claim = &applied.claim;
        let (outcome, _) = outcome_of(&applied.events);
        let (at, status, revision) = (applied.at, claim.status(), claim.revision);
        Self { claim_id: claim.id, outcome, at, status, revision }
    }
}

/// The outcome of a command by what has happened, and whether that is what was asked for.
#[must_use]
pub fn outcome_of(events: &[Event]) -> (&'static str, bool) {
    let Some(event) = events.first() else { return ("already_decided", false) };
    match event {
        Event::ClaimRejected { .. } => ("rejected", true),
        // The customer's no was in time, and entered only after the window had been finalized.
        Event::AssociationEnded { reason, .. } if *reason == EndReason::RejectedInTime => {
            ("rejected", true)
        }
        Event::LateRejectionReceived { .. } => ("too_late", false),
        Event::ClaimConfirmed { .. } => ("confirmed", true),
        Event::ClaimWithdrawn { .. } => ("withdrawn", true),
        Event::AssociationEnded { .. } => ("ended", true),
        Event::ClaimAmended { .. } => ("amended", true),
        // "refused" is said of commands that are.
        Event::ClaimRefused(_) => ("claim_refused", true),
        // What follows from the decision says more.
        Event::ContestWon(_) | Event::DisputeDecided(_) | Event::ReviewApproved(_)
            if events.len() > 1 =>
        {
            outcome_of(events.get(1..).unwrap_or_default())
        }
        other => (other.name().trim_start_matches("claim_"), true),
    }
}
