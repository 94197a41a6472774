//! What earlier releases have written is read as it was meant then, and written the same again.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::samples::{Cast, at, moved};
use crate::claim::{Claim, Event, Recorded, Snapshot, Status, decide};

/// From before customers got links and receipts; the submission is put in its place.
const HISTORY: &str = include_str!("earlier_history.jsonl");
/// Of each kind of claim that there was before reviews and disputes: how it was reached, line by
/// line as it was stored, and what that added up to.
const LIVES: &str = include_str!("earlier_lives.jsonl");
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

#[derive(Deserialize)]
struct Life {
    situation: String,
    now: DateTime<Utc>,
    snapshot: Value,
    history: Vec<Value>,
}

fn lives() -> impl Iterator<Item = Life> {
    LIVES.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn replayed(cast: &Cast, life: &Life) -> Claim {
    let read = |json: &Value| serde_json::from_value::<Recorded>(json.clone()).unwrap();
    let history: Vec<Recorded> = life.history.iter().map(read).collect();
    Claim::replay(cast.id(), &history).unwrap()
}

#[test]
fn every_life_from_before_reviews_adds_up_to_what_it_did_and_is_written_the_same() {
    let cast = Cast::new();
    assert_eq!(lives().count(), 25);
    for life in lives() {
        let claim = replayed(&cast, &life);
        let stored: Snapshot = serde_json::from_value(life.snapshot.clone()).unwrap();
        assert_eq!(claim.snapshot, stored, "{}", life.situation);
        assert_eq!(serde_json::to_value(&stored).unwrap(), life.snapshot, "{}", life.situation);
        for json in &life.history {
            let recorded: Recorded = serde_json::from_value(json.clone()).unwrap();
            assert_eq!(serde_json::to_value(&recorded).unwrap(), *json, "{}", life.situation);
        }
    }
}

/// What is asked next of a claim on its way to the end; nothing when it is there.
const fn next(status: Status) -> Option<&'static str> {
    match status {
        Status::Submitted => Some("record_verdict: right"),
        Status::ActionRequired => Some("amend"),
        Status::Contested => Some("arbitrate: upheld"),
        Status::Validated => Some("record_notice_sending"),
        Status::Notified => Some("finalize"),
        Status::Paused => Some("resume"),
        Status::Associated => Some("end"),
        Status::UnderReview => Some("review: approve"),
        Status::Refused => Some("expire"),
        Status::Disputed => Some("decide_dispute: upheld"),
        Status::Disqualified | Status::Rejected | Status::Withdrawn | Status::Ended => None,
    }
}

#[test]
fn every_claim_from_before_reviews_is_finished() {
    let cast = Cast::new();
    for life in lives() {
        let mut claim = replayed(&cast, &life);
        let mut now = life.now;
        while let Some(ask) = next(claim.status()) {
            now += TimeDelta::days(40);
            let sending = matches!(&claim.state, crate::claim::State::Validated { notice }
                if notice.sending.as_ref().is_some_and(|sending| sending.in_flight));
            let ask = if sending { "record_notice: accepted" } else { ask };
            let command = cast.ask(ask, Some(&claim), now);
            let events = decide(Some(&claim), &command, now).unwrap();
            assert!(!events.is_empty(), "{}: {ask} does nothing", life.situation);
            claim = moved(&cast, Some(claim), &events, now);
        }
        assert!(claim.status().is_closed(), "{}", life.situation);
    }
}
