//! What holds under any sequence of commands, at any time, in any order.
//!
//! Every test prints its seed; `CPOR_TEST_SEED=<seed>` runs the same again.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use rand::prelude::*;

use super::picture;
use super::samples::{Cast, END, START, at, moved, recorded};
use super::table::rows;
use crate::claim::command::Command;
use crate::claim::state::{EndReason, State};
use crate::claim::{Claim, Next, Recorded, Snapshot, Status, decide, react};

const LIVES: u32 = 150;
const STEPS: u32 = 40;

fn seeded() -> StdRng {
    let given = std::env::var("CPOR_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    println!("CPOR_TEST_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// One claim, everything that happened to it, and an agenda that only hears what changes.
struct Life {
    now: DateTime<Utc>,
    claim: Option<Claim>,
    history: Vec<Recorded>,
    agenda: BTreeMap<String, DateTime<Utc>>,
}

impl Life {
    const fn unborn(now: DateTime<Utc>) -> Self {
        Self { now, claim: None, history: Vec::new(), agenda: BTreeMap::new() }
    }

    fn apply(&mut self, cast: &Cast, command: &Command) {
        let Ok(events) = decide(self.claim.as_ref(), command, self.now) else { return };
        if events.is_empty() {
            return;
        }
        let before = self.claim.take();
        self.history.extend(recorded(before.as_ref(), &events, self.now));
        let after = moved(cast, before.clone(), &events, self.now);
        for next in react(before.as_ref(), &after) {
            match next {
                Next::Put { job, due_at } => self.agenda.insert(job.to_string(), due_at),
                Next::Drop { job } => self.agenda.remove(&job.to_string()),
            };
        }
        check_move(before.as_ref(), &after);
        self.claim = Some(after);
        self.check(cast);
    }

    fn check(&self, cast: &Cast) {
        let claim = self.claim.as_ref().unwrap();
        let replayed = Claim::replay(cast.id(), &self.history);
        assert_eq!(replayed.as_ref(), Some(claim), "a replay gives the folded claim");
        let revisions = self.history.iter().map(|recorded| recorded.revision);
        assert!(revisions.eq(1..=claim.revision), "the history has no gap");
        let in_order = self.history.is_sorted_by_key(|recorded| recorded.at);
        assert!(in_order, "times never decrease");
        let plan = claim.plan().into_iter().map(|(job, due_at)| (job.to_string(), due_at));
        assert_eq!(self.agenda, plan.collect(), "what was put and dropped adds up to the plan");
        let json = serde_json::to_string(&claim.snapshot).unwrap();
        let snapshot: Snapshot = serde_json::from_str(&json).unwrap();
        assert_eq!(snapshot, claim.snapshot, "a snapshot reads as it was written");
        check_status(claim);
    }
}

fn check_move(before: Option<&Claim>, after: &Claim) {
    if let Some(arrow) = picture::arrow(before, after) {
        assert!(picture::drawn().contains(&arrow), "{arrow:?} is not in the picture");
    }
}

/// What a status alone promises.
fn check_status(claim: &Claim) {
    let status = claim.status();
    let planned = |job| claim.plan().iter().filter(|(planned, _)| *planned == job).count();
    let notified = status == Status::Notified;
    assert_eq!(planned(Job::FinalizeAssociation), usize::from(notified), "{status}");
    let tells = match status {
        Status::Submitted
        | Status::UnderReview
        | Status::Disputed
        | Status::Validated
        | Status::Notified
        | Status::Paused => false,
        Status::ActionRequired
        | Status::Disqualified
        | Status::Contested
        | Status::Refused
        | Status::Rejected
        | Status::Associated
        | Status::Withdrawn
        | Status::Ended => true,
    };
    let is_contested = !claim.file.contests.is_empty();
    assert!(
        tells || is_contested || planned(Job::NotifyPartner) == 0,
        "there is nothing to tell of {status}"
    );
    assert!(!is_contested || !claim.held_items().is_empty(), "{status} has nothing to contest");
    if is_unsuccessful_end(status) {
        assert!(claim.held_items().is_empty(), "{status} holds nothing");
        let tells = |job: &Job| [Job::NotifyPartner, Job::SendReceipt].contains(job);
        assert!(claim.plan().iter().all(|(job, _)| tells(job)), "{status}");
    }
}

const fn is_unsuccessful_end(status: Status) -> bool {
    match status {
        Status::Disqualified | Status::Rejected | Status::Withdrawn | Status::Ended => true,
        Status::Submitted
        | Status::ActionRequired
        | Status::Contested
        | Status::UnderReview
        | Status::Refused
        | Status::Disputed
        | Status::Validated
        | Status::Notified
        | Status::Paused
        | Status::Associated => false,
    }
}

/// A moment later, a moment of interest, or a little earlier: clocks of processes differ.
fn moment(life: &Life, rng: &mut StdRng) -> DateTime<Utc> {
    let edge = at(END) + TimeDelta::milliseconds(rng.random_range(-1..=1));
    let due_at = life.agenda.values().choose(rng).copied().unwrap_or(life.now);
    match rng.random_range(0..10) {
        0 => edge.max(life.now),
        1 | 2 => due_at.max(life.now),
        3 => life.now - TimeDelta::milliseconds(rng.random_range(0..2_000)),
        4 => life.now + TimeDelta::hours(rng.random_range(0..48)),
        _ => life.now + TimeDelta::milliseconds(rng.random_range(0..60_000)),
    }
}

#[test]
fn whatever_is_asked_the_claim_keeps_its_promises() {
    let (cast, mut rng) = (Cast::new(), seeded());
    let asks: Vec<&str> = rows().into_iter().map(|(ask, _)| ask).collect();
    let likely = ["submit", "record_verdict: right", "record_notice_sending"];
    for _ in 0..LIVES {
        let mut life = Life::unborn(at(START));
        let mut ended = None;
        for step in 0..STEPS {
            life.now = moment(&life, &mut rng);
            let ask = match likely.get(usize::try_from(step).unwrap()) {
                Some(ask) if rng.random_bool(0.8) => ask,
                _ => asks.choose(&mut rng).unwrap(),
            };
            let command = cast.ask(ask, life.claim.as_ref(), life.now);
            life.apply(&cast, &command);
            let status = life.claim.as_ref().map(Claim::status);
            assert!(ended.is_none() || status == ended, "{ended:?} became {status:?} by {ask}");
            ended = status.filter(|status| is_unsuccessful_end(*status));
        }
    }
}

/// A claim whose window has just ended, with nobody having said so yet.
fn over(cast: &Cast) -> Life {
    let mut life = Life::unborn(at(START));
    for ask in
        ["submit", "record_verdict: right", "record_notice_sending", "record_notice: accepted"]
    {
        let command = cast.ask(ask, life.claim.as_ref(), life.now);
        life.apply(cast, &command);
    }
    life.now = at(END);
    life
}

#[test]
fn a_rejection_wins_by_when_it_was_received_whatever_is_recorded_first() {
    let (cast, mut rng) = (Cast::new(), seeded());
    for _ in 0..LIVES {
        let early_ms = *[1, rng.random_range(1..600_000_000)].choose(&mut rng).unwrap();
        let late_ms = *[0, rng.random_range(0..600_000_000)].choose(&mut rng).unwrap();
        let reject = |received_at| Command::Reject { received_at, reason: None };
        let in_time = reject(at(END) - TimeDelta::milliseconds(early_ms));
        let late = reject(at(END) + TimeDelta::milliseconds(late_ms));
        let partner = |status| cast.ask("record_partner_notice: of this status", status, at(END));
        let mut commands =
            vec![late.clone(), late, Command::Finalize, Command::Finalize, partner(None)];
        let says_no_in_time = rng.random_bool(0.5);
        if says_no_in_time {
            commands.push(in_time);
        }
        commands.shuffle(&mut rng);
        let mut life = over(&cast);
        life.now += TimeDelta::days(30);
        for command in &commands {
            life.apply(&cast, command);
        }
        let state = &life.claim.unwrap().snapshot.state;
        let lost = match state {
            State::Rejected { .. } => true,
            State::Ended { reason, .. } => *reason == EndReason::RejectedInTime,
            _ => false,
        };
        assert_eq!(lost, says_no_in_time, "{commands:?} ended in {state:?}");
        assert!(lost || matches!(state, State::Associated { .. }), "{state:?}");
    }
}

#[test]
fn the_official_instant_is_the_end_of_the_window_however_late_it_is_recorded() {
    let (cast, mut rng) = (Cast::new(), seeded());
    for _ in 0..LIVES {
        let mut life = over(&cast);
        life.now += TimeDelta::milliseconds(rng.random_range(0..10_000_000_000));
        life.apply(&cast, &Command::Finalize);
        let State::Associated { association } = &life.claim.as_ref().unwrap().state else {
            panic!("it is not official");
        };
        assert_eq!((association.since, association.is_confirmed()), (at(END), false));
    }
}
