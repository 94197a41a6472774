//! What earlier releases have written is read as it was meant then, and written the same again.

use serde_json::Value;

use super::samples::{Cast, at};
use crate::claim::{Claim, Event, Recorded, Snapshot, Status};

/// From before customers got links and receipts; the submission is put in its place.
const HISTORY: &str = include_str!("earlier_history.jsonl");
const SNAPSHOT: &str = include_str!("earlier_snapshot.json");
const EVENTS: [&str; 3] = [
    r#"{"event":"late_rejection_received","received_at":"2026-11-28T00:00:00Z"}"#,
    r#"{"event":"claim_confirmed","received_at":"2026-11-23T00:00:00Z"}"#,
    r#"{"event":"association_ended","reason":"customer_withdrew","detail":"By letter."}"#,
];
const ACTION_REQUIRED: &str =
    r#"{"status":"action_required","findings":[],"answer_by":"2026-11-27T21:00:00Z"}"#;

fn history(cast: &Cast) -> Vec<Recorded> {
    let submission = match cast.ask("submit", None, at("2026-11-20T15:00:00Z")) {
        crate::claim::Command::Submit(submission) => serde_json::to_value(&*submission).unwrap(),
        other => panic!("{other:?}"),
    };
    let read = |line: &str| {
        let mut json: Value = serde_json::from_str(line).unwrap();
        if let Some(place) = json.get_mut("submission") {
            *place = submission.clone();
        }
        let recorded: Recorded = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&recorded).unwrap(), json, "{line}");
        recorded
    };
    HISTORY.lines().map(read).collect()
}

#[test]
fn a_claim_that_was_rejected_before_there_were_receipts_is_owed_none() {
    let cast = Cast::new();
    let claim = Claim::replay(cast.id(), &history(&cast)).unwrap();
    let stored = SNAPSHOT.trim().replace("{id}", &cast.id().to_string());
    let snapshot: Snapshot = serde_json::from_str(&stored).unwrap();
    assert_eq!(claim.snapshot, snapshot, "the history still adds up to what was stored");
    assert_eq!(serde_json::to_string(&snapshot).unwrap(), stored);
    assert_eq!((claim.status(), claim.plan()), (Status::Rejected, Vec::new()));
}

#[test]
fn events_and_states_are_written_as_they_were() {
    for json in EVENTS {
        let event: Event = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }
    let state: crate::claim::State = serde_json::from_str(ACTION_REQUIRED).unwrap();
    assert_eq!(serde_json::to_string(&state).unwrap(), ACTION_REQUIRED);
}
