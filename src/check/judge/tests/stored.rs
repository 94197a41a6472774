//! A claim and everything that its commits leave in Redis, made without Redis.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::{BusinessDays, Calendars, HalfDays};
use crate::claim::catalog::Catalog;
use crate::claim::state::State;
use crate::claim::submission::{Submission, SubmissionPolicy};
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{ChainTip, Claim, ClaimId, Event, Recorded, Status, Window};
use crate::secrets::KeyId;
use crate::store::inspect::{Entry, Head, Inspection};
use crate::testkit::a_claim;

pub fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

/// Read once: the calendars are many.
static POLICY: LazyLock<WindowPolicy> = LazyLock::new(|| WindowPolicy {
    calendars: Arc::new(Calendars::built_in().unwrap()),
    business_days: BusinessDays::FIVE,
    half_days: HalfDays::Count,
    finalize_grace: TimeDelta::seconds(30),
    reminder_business_days: 2,
    answer_business_days: BusinessDays::FIVE,
});

pub fn policy() -> &'static WindowPolicy {
    &POLICY
}

const OPENED: &str = "2026-11-20T15:00:00Z";
pub const CLOSES: &str = "2026-11-27T21:00:00Z";

pub fn submission() -> Arc<Submission> {
    let json = a_claim().to_json().unwrap();
    let catalog = Catalog::built_in().unwrap();
    let today = at(OPENED).date_naive();
    let policy = SubmissionPolicy::default();
    Arc::new(Submission::parse(json.as_bytes(), &catalog, &policy, today).unwrap())
}

fn window(submission: &Submission) -> Window {
    policy().open(submission, at(OPENED)).unwrap()
}

fn sending() -> Event {
    let message_id = "<n1.a@cpor.example>".to_owned();
    Event::NoticeSending { notice: 1, message_id, link_key: Some(KeyId(1)) }
}

fn notified(window: Window) -> Event {
    Event::CustomerNotified { notice: 1, reply: "250 Ok".to_owned(), mail_sha256: None, window }
}

/// A claim whose events happened at `OPENED`, unless they came with the end of the window.
pub fn life(until: Status) -> Vec<Recorded> {
    let submission = submission();
    let window = window(&submission);
    let before =
        [Event::ClaimSubmitted { submission }, Event::ClaimValidated, sending(), notified(window)];
    let mut events: Vec<(Event, &str)> = before.into_iter().map(|event| (event, OPENED)).collect();
    let last = match until {
        Status::Associated => Some(Event::AssociationFinalized { official_at: at(CLOSES) }),
        Status::Rejected => {
            Some(Event::ClaimRejected { received_at: at(OPENED), reason: None, receipt: true })
        }
        _ => None,
    };
    match last {
        Some(last) => events.push((last, "2026-11-27T21:00:30Z")),
        None if until == Status::Validated => drop(events.pop()),
        None => {}
    }
    recorded(events)
}

fn recorded(events: Vec<(Event, &str)>) -> Vec<Recorded> {
    let actor = || "worker".to_owned();
    (1..)
        .zip(events)
        .map(|(revision, (event, when))| Recorded { revision, at: at(when), actor: actor(), event })
        .collect()
}

pub fn id() -> ClaimId {
    ClaimId::new(at(OPENED), 1, [7; 8])
}

/// Everything as the commits of that history leave it.
pub fn stored(history: &[Recorded]) -> Inspection {
    let claim = Claim::replay(id(), history).unwrap();
    let lines: Vec<Vec<u8>> =
        history.iter().map(|event| serde_json::to_vec(event).unwrap()).collect();
    let items = claim.submission.items.clone();
    let mpn_id = &claim.submission.partner.mpn_id;
    let (kind, since) = match &claim.state {
        State::Associated { association } => ("associated", association.since),
        _ => ("held", at(OPENED)),
    };
    let since_ms = since.timestamp_millis();
    let record = format!("{} {mpn_id} {kind} {since_ms}", id());
    let has = !claim.held_items().is_empty();
    let granted = claim.status() == Status::Associated;
    let each = |record: Option<String>| items.iter().map(|i| (i.clone(), record.clone())).collect();
    let planned = |(job, due_at)| Entry {
        job,
        due_at: Some(due_at),
        lease_end: None,
        dead_since: None,
        failed_attempts: 0,
    };
    Inspection {
        head: Some(Head {
            revision: claim.revision,
            status: claim.status().as_str().to_owned(),
            submission: claim.submission_revision,
            snapshot: serde_json::to_vec(&claim.snapshot).unwrap(),
            chain: Some(ChainTip::of(id(), &lines).to_string()),
        }),
        history: lines,
        indexes: vec![claim.status()],
        closing: claim.running_window().map(Window::closes_at),
        closed: crate::claim::event::closed_at(history),
        listed: vec![("by-name".to_owned(), true)],
        entries: claim.plan().into_iter().map(planned).collect(),
        items: each(has.then_some(record)),
        grants: each(granted.then(|| format!("{} {since_ms}", id()))),
        submission_key: Some(format!("{} {}", id(), claim.submission.digest())),
    }
}
