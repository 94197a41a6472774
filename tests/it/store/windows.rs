//! Open windows are counted by what they were computed with, in the commits that open and end
//! them.

use std::collections::BTreeMap;

use cpor::calendar::coverage::InUse;
use cpor::calendar::tzdb_version;
use cpor::claim::{ClaimId, Command};
use cpor::store::{Commit, Committed};
use cpor::testkit::{World, a_claim};
use cpor_jobs::SubmitClaim;

const FRIDAY: &str = "2026-11-20T15:00:00Z";

fn on(workload: &str) -> SubmitClaim {
    let mut claim = a_claim();
    claim.items = vec![cpor_jobs::Item::workload(workload)];
    claim
}

/// Open windows by calendar.
async fn counted(world: &World) -> Vec<(String, u64)> {
    let in_use = world.ledger().store().windows_in_use().await.unwrap();
    for used in in_use.keys() {
        assert_eq!(used.tzdb, tzdb_version());
        let window = world.ledger().rules().window();
        let calendar = window.calendars.get(&used.calendar).unwrap();
        assert_eq!(used.version, calendar.version());
    }
    in_use.into_iter().map(|(used, windows)| (used.calendar.to_string(), windows)).collect()
}

async fn of_istanbul(world: &World) -> u64 {
    let counted = counted(world).await;
    assert!(counted.iter().all(|(calendar, _)| calendar == "TR"), "{counted:?}");
    counted.first().map_or(0, |(_, windows)| *windows)
}

/// The counters as they are written, over all partitions.
async fn written(world: &World) -> BTreeMap<String, i64> {
    let (store, mut all) = (world.ledger().store(), BTreeMap::new());
    for partition in 0..store.keys().partitions() {
        all.extend(store.window_counters(partition).await.unwrap());
    }
    all
}

async fn rejected(world: &World, id: ClaimId) {
    world.reject(id).await.unwrap();
}

#[tokio::test]
async fn a_window_is_counted_while_it_is_open_whatever_ends_it() {
    let world = World::starting(FRIDAY).await;
    assert_eq!(of_istanbul(&world).await, 0);
    let mut claims = Vec::new();
    for (number, workload) in ["teams", "exchange", "sharepoint", "yammer"].iter().enumerate() {
        claims.push(world.submit(on(workload)).await);
        assert_eq!(of_istanbul(&world).await, u64::try_from(number).unwrap() + 1);
    }
    rejected(&world, claims[0]).await;
    assert_eq!(of_istanbul(&world).await, 3);
    world.apply(claims[1], Command::Withdraw { reason: None }).await.unwrap();
    assert_eq!(of_istanbul(&world).await, 2);
    world.confirm(claims[2]).await.unwrap();
    assert_eq!(of_istanbul(&world).await, 1);
    rejected(&world, claims[0]).await; // Said twice.
    assert_eq!(of_istanbul(&world).await, 1);
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(of_istanbul(&world).await, 0);
    assert_eq!(written(&world).await, BTreeMap::new(), "a counter at 0 is removed");
}

#[tokio::test]
async fn a_window_that_ends_early_and_opens_again_is_counted_once() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(on("teams")).await;
    world.propose_contact(id, "selin.demir").await.unwrap();
    assert_eq!(of_istanbul(&world).await, 0, "the new contact has no notice yet");
    world.confirm_contact(id).await.unwrap();
    assert_eq!(of_istanbul(&world).await, 1);
    let mut amended = on("exchange");
    "refused@anadoluelektrik.com.tr".clone_into(&mut amended.customer.contact.email);
    let refused = world.submit(amended.clone()).await;
    assert_eq!(of_istanbul(&world).await, 1, "nobody was told of the second claim");
    "mert.kaya@anadoluelektrik.com.tr".clone_into(&mut amended.customer.contact.email);
    world.amend(refused, &amended).await.unwrap();
    assert_eq!(of_istanbul(&world).await, 2);
    rejected(&world, id).await;
    rejected(&world, refused).await;
}

#[tokio::test]
async fn calendars_are_counted_apart() {
    let world = World::starting(FRIDAY).await;
    world.submit(on("teams")).await;
    let mut german = on("exchange");
    "DE".clone_into(&mut german.customer.country);
    german.customer.time_zone = None;
    world.submit(german).await;
    let expected = [("DE".to_owned(), 1), ("TR".to_owned(), 1)];
    assert_eq!(counted(&world).await, expected);
    let last = world.ledger().store().last_closing().await.unwrap();
    assert_eq!(last, Some("2026-11-27T23:00:00Z".parse().unwrap()), "the one in Germany");
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(world.ledger().store().last_closing().await.unwrap(), None);
}

#[tokio::test]
async fn a_commit_that_does_not_happen_counts_nothing() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(on("teams")).await;
    let (store, open) = (world.ledger().store(), world.claim(id).await);
    rejected(&world, id).await;
    let closed = world.claim(id).await;
    let instant = world.ledger().clock().instant().await.unwrap();
    // Somebody who still thinks that the window is open, and somebody who makes it open.
    for (before, after) in [(&open, &closed), (&open, &open)] {
        let commit =
            Commit { before: Some(before), after, events: &[], lease: None, companions: &[] };
        assert_eq!(store.commit(&commit, instant).await.unwrap(), Committed::Conflict);
        assert_eq!(written(&world).await, BTreeMap::new());
    }
}

#[tokio::test]
async fn a_window_that_changes_its_terms_moves_to_the_other_counter() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(on("teams")).await;
    let (store, before) = (world.ledger().store(), world.claim(id).await);
    let instant = world.ledger().clock().instant().await.unwrap();
    let mut after = before.clone();
    let cpor::claim::State::Notified { window, .. } = &mut after.snapshot.state else {
        panic!("{:?}", before.state);
    };
    "TR@2".clone_into(&mut window.deadline.calendar_version);
    let changed = InUse::of(&window.deadline).to_string();
    let commit = |before, after| Commit {
        before: Some(before),
        after,
        events: &[],
        lease: None,
        companions: &[],
    };
    let committed = store.commit(&commit(&before, &after), instant).await.unwrap();
    assert!(committed.is_done());
    assert_eq!(written(&world).await, BTreeMap::from([(changed, 1)]));
    store.commit(&commit(&after, &before), instant).await.unwrap();
    assert_eq!(of_istanbul(&world).await, 1);
    rejected(&world, id).await;
}
