//! Worker processes that share the work, die of `kill -9` at random moments, or come back too
//! late.
//!
//! `CRASH_CLAIMS=2000 CRASH_KILLS=100` is the full run. The seed is printed; with
//! `CPOR_TEST_SEED=<seed>` the same workers die after the same numbers of commits.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

pub mod fleet;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use cpor::claim::{Claim, Status};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rustix::process::Signal;

use fleet::{Fleet, number};

/// When the windows that opened on the first day begin their last two days, and end.
const REMINDED: &str = "2026-11-25T21:00:00Z";
const CLOSES: &str = "2026-11-27T21:00:00Z";
/// Long after everything has come to its end.
const LATER: &str = "2027-01-15T00:00:00Z";

fn given<T: std::str::FromStr>(variable: &str) -> Option<T> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

fn seeded() -> StdRng {
    let seed: u64 = given("CPOR_TEST_SEED").unwrap_or_else(rand::random);
    println!("CPOR_TEST_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// Every tenth claim is rejected.
const fn is_rejected(number: u32) -> bool {
    number.is_multiple_of(10)
}

/// Rejects through the command line what is to be rejected and can be by now.
async fn reject_some(fleet: &Fleet) {
    for (number, claim) in fleet.claims().await {
        if is_rejected(number) && claim.status() == Status::Notified {
            let ran = fleet.deployment.run(&["claim", "reject", &claim.id.to_string()]);
            assert_eq!(ran.code, 0, "{ran:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_are_killed_at_any_moment_lose_and_double_nothing() {
    let claims: u32 = given("CRASH_CLAIMS").unwrap_or(300);
    let kills: u32 = given("CRASH_KILLS").unwrap_or(15);
    let mut rng = seeded();
    let mut fleet = Fleet::of(claims).await;
    fleet.start();
    fleet.start();
    let on_notices = kills * 3 / 5;
    notices(&mut fleet, &mut rng, claims, on_notices).await;
    let on_reminders = (kills - on_notices) / 3;
    for (when, kills) in [(REMINDED, on_reminders), (CLOSES, kills - on_notices - on_reminders)] {
        fleet.set_clock(when.parse().unwrap()).await;
        for left in (1..=kills).rev() {
            let share = (claims / left / 2).max(1);
            fleet.commits(rng.random_range(1..=share) as usize).await;
            fleet.replace(rng.random_range(0..fleet.workers.len()));
        }
        fleet.settle().await;
    }
    bring_to_its_end(&fleet).await;
    fleet.stop_all();
    fleet.assert_checked().await;
    assert_one_outcome_each(&fleet, claims).await;
    assert_notices_are_repeated_as_they_were(&fleet, claims);
}

/// Claims come in while workers die, and the first answers, too.
async fn notices(fleet: &mut Fleet, rng: &mut StdRng, claims: u32, kills: u32) {
    let share = claims.div_ceil(kills);
    for round in 0..kills {
        fleet.push(claims * round / kills..claims * (round + 1) / kills).await;
        fleet.commits(rng.random_range(1..=share * 4) as usize).await;
        fleet.replace(rng.random_range(0..fleet.workers.len()));
        reject_some(fleet).await;
        if round % 5 == 4 {
            // Copies of unknown fate are sent again.
            let now = fleet.now().await;
            fleet.set_clock(now + TimeDelta::minutes(11)).await;
        }
    }
    fleet.settle().await;
    fleet.travel_to("2026-11-20T20:00:00Z").await;
    reject_some(fleet).await;
    fleet.settle().await;
}

/// A notice with three copies of unknown fate is left to a person, who looks and tries again.
async fn bring_to_its_end(fleet: &Fleet) {
    fleet.travel_to("2026-12-10T00:00:00Z").await;
    while !fleet.app.ledger.store().dead_letters().await.unwrap().is_empty() {
        let ran = fleet.deployment.run(&["dead", "retry", "--all"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        fleet.settle().await;
        reject_some(fleet).await;
        let soon = fleet.now().await + TimeDelta::hours(1);
        fleet.travel_to(&soon.to_rfc3339()).await;
    }
    reject_some(fleet).await;
    fleet.travel_to(LATER).await;
}

async fn assert_one_outcome_each(fleet: &Fleet, count: u32) {
    let claims = fleet.claims().await;
    assert_eq!(claims.keys().copied().collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
    let store = fleet.app.ledger.store();
    let mut uncertain = 0;
    for (number, claim) in &claims {
        let rejected = is_rejected(*number);
        let status = if rejected { Status::Rejected } else { Status::Associated };
        let events = fleet.events(claim.id).await;
        assert_eq!(claim.status(), status, "{number}: {events:?}");
        let outcomes = ["claim_rejected", "association_finalized", "claim_disqualified"];
        let outcomes = events.iter().filter(|event| outcomes.contains(event));
        assert_eq!(outcomes.count(), 1, "{number}: {events:?}");
        let once = ["claim_submitted", "claim_validated", "customer_notified"];
        for name in once {
            assert_eq!(events.iter().filter(|e| **e == name).count(), 1, "{number}: {events:?}");
        }
        uncertain += events.iter().filter(|event| **event == "notice_uncertain").count();
        let grants = store.keys().grants(&claim.submission.customer.tenant_id);
        assert_eq!(store.exists(&grants).await.unwrap(), !rejected, "{number}");
        let holders = store.holders(claim).await.unwrap();
        assert_eq!(holders.len(), usize::from(!rejected), "{number}: {holders:?}");
    }
    let rejected = claims.keys().filter(|number| is_rejected(**number)).count();
    println!("{count} claims: {rejected} rejected, the others associated, each once");
    println!("{uncertain} times a worker died with a notice in its hands");
}

/// Whoever got a mail twice got the same mail twice.
fn assert_notices_are_repeated_as_they_were(fleet: &Fleet, count: u32) {
    let mut mails: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut notices: BTreeMap<String, String> = BTreeMap::new();
    let received = fleet.smtp.received();
    for mail in &received {
        let known = mails.entry(mail.message_id.clone()).or_insert_with(|| mail.bytes.clone());
        assert_eq!(*known, mail.bytes, "{} is not one message", mail.message_id);
        if mail.message_id.starts_with("<n1.") {
            let known = notices.entry(mail.to.clone()).or_insert_with(|| mail.message_id.clone());
            assert_eq!(*known, mail.message_id, "{} has two notices", mail.to);
        }
    }
    assert_eq!(notices.len(), count as usize);
    println!("{} mails, {} of them repeated", received.len(), received.len() - mails.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_the_work() {
    const CLAIMS: u32 = 200;
    let mut fleet = Fleet::of(CLAIMS).await;
    fleet.push(0..CLAIMS).await;
    for sender in ["one@cpor.example", "two@cpor.example"] {
        let working = fleet.deployment.work_with(&[("CPOR_MAIL__FROM", sender)]);
        fleet.workers.push(working);
    }
    fleet.settle().await;
    // Each says in its mails who it is.
    let by = |sender: &str| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        fleet.smtp.received().iter().filter(|mail| text(&mail.bytes).contains(sender)).count()
    };
    let (one, two) = (by("From: one@cpor.example"), by("From: two@cpor.example"));
    assert_eq!(one + two, CLAIMS as usize);
    assert!(one > 0 && two > 0, "{one} and {two}");
    fleet.travel_to(LATER).await;
    fleet.stop_all();
    fleet.assert_checked().await;
    let claims: BTreeMap<u32, Claim> = fleet.claims().await;
    assert!(claims.values().all(|claim| claim.status() == Status::Associated));
    assert!(claims.values().map(number).eq(0..CLAIMS));
}

/// F02: SIGSTOP stands for a paused virtual machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_stood_still_changes_nothing_when_it_goes_on() {
    const CLAIMS: u32 = 200;
    let mut fleet = Fleet::of(CLAIMS).await;
    fleet.start();
    fleet.push(0..CLAIMS).await;
    fleet.commits(300).await;
    fleet.workers[0].signal(Signal::STOP);
    fleet.start();
    fleet.settle().await;
    fleet.travel_to(CLOSES).await;
    fleet.workers[0].signal(Signal::CONT);
    fleet.travel_to(LATER).await;
    fleet.stop_all();
    fleet.assert_checked().await;
    for (number, claim) in fleet.claims().await {
        let events = fleet.events(claim.id).await;
        assert_eq!(claim.status(), Status::Associated, "{number}: {events:?}");
        let finalized = events.iter().filter(|event| **event == "association_finalized");
        assert_eq!(finalized.count(), 1, "{number}: {events:?}");
    }
    assert_notices_are_repeated_as_they_were(&fleet, CLAIMS);
}
