//! What was decided, by which event, and the instants that count, each as the history has it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::{ClaimId, Event, Recorded, Status, Window};
use crate::evidence::Case;

/// The decision on a claim. Every event is named by its revision, so that it is found in the
/// history.
#[derive(Serialize)]
pub(super) struct Decision<'a> {
    claim_id: ClaimId,
    revision: u64,
    status: Status,
    /// When it became a claim.
    submitted_at: DateTime<Utc>,
    /// Every notice that a mail server accepted, with what it said.
    notices: Vec<Accepted<'a>>,
    /// The newest window.
    window: Option<Opened>,
    /// Every answer of the customer and every event that decided something, oldest first.
    decisions: Vec<Decided<'a>>,
}

#[derive(Serialize)]
struct Accepted<'a> {
    revision: u64,
    at: DateTime<Utc>,
    notice: u32,
    reply: &'a str,
}

#[derive(Serialize)]
struct Opened {
    revision: u64,
    opened_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Decided<'a> {
    revision: u64,
    event: &'static str,
    at: DateTime<Utc>,
    /// Who caused it.
    actor: &'a str,
    /// When the customer's answer entered the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    received_at: Option<DateTime<Utc>>,
    /// The official instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    official_at: Option<DateTime<Utc>>,
}

impl<'a> Decision<'a> {
    pub(super) fn of(case: &'a Case) -> Self {
        let claim = &case.claim;
        let window = |recorded: &Recorded| {
            recorded.event.window().map(|window: &Window| Opened {
                revision: recorded.revision,
                opened_at: window.opened_at,
                closes_at: window.closes_at(),
            })
        };
        Self {
            claim_id: claim.id,
            revision: claim.revision,
            status: claim.status(),
            submitted_at: claim.submitted_at,
            notices: case.history.iter().filter_map(accepted).collect(),
            window: case.history.iter().rev().find_map(window),
            decisions: case.history.iter().filter_map(decided).collect(),
        }
    }
}

fn accepted(recorded: &Recorded) -> Option<Accepted<'_>> {
    let Event::CustomerNotified { notice, reply, .. } = &recorded.event else { return None };
    Some(Accepted { revision: recorded.revision, at: recorded.at, notice: *notice, reply })
}

fn decided(recorded: &Recorded) -> Option<Decided<'_>> {
    let (received_at, official_at) = match &recorded.event {
        Event::ClaimRejected { received_at, .. }
        | Event::LateRejectionReceived { received_at, .. }
        | Event::ClaimConfirmed { received_at, .. } => (Some(*received_at), None),
        Event::ContactProposed(proposed) => (Some(proposed.received_at), None),
        Event::AssociationFinalized { official_at } => (None, Some(*official_at)),
        Event::AssociationImported(event) => (None, Some(event.since)),
        Event::AssociationEnded { received_at, .. } => (*received_at, None),
        Event::ClaimDisqualified { .. } | Event::ClaimWithdrawn { .. } => (None, None),
        _ => return None,
    };
    let event = recorded.event.name();
    let (revision, at, actor) = (recorded.revision, recorded.at, recorded.actor.as_str());
    Some(Decided { revision, event, at, actor, received_at, official_at })
}
