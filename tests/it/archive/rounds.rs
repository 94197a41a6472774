//! What happens when a sweep is not the only one, or ends in the middle.

use cpor::archive::{Kept, SweepEnd, SweepReport};
use cpor::claim::ClaimId;
use cpor::ledger::Submitted;
use cpor::testkit::{World, a_claim_on};

use super::{FRIDAY, LATER, NINE_DAYS, archived, archivist, assert_sound, objects, sweep};

/// A key, how long it stays (milliseconds, none for ever), and what is in it.
type Dumped = (String, Option<i64>, Vec<u8>);

/// Everything that Redis holds of a world, to be put back.
async fn dumped(world: &World) -> Vec<Dumped> {
    let mut connection = world.redis().await;
    let pattern = format!("*{}*", world.namespace());
    let keys: Vec<String> =
        redis::cmd("KEYS").arg(pattern).query_async(&mut connection).await.unwrap();
    let mut all = Vec::new();
    for key in keys {
        let mut both = redis::pipe();
        both.cmd("DUMP").arg(&key).cmd("PTTL").arg(&key);
        let (dump, left_ms): (Option<Vec<u8>>, i64) =
            both.query_async(&mut connection).await.unwrap();
        all.extend(dump.map(|dump| (key, Some(left_ms).filter(|ms| *ms > 0), dump)));
    }
    all
}

async fn restore(world: &World, dumped: &[Dumped]) {
    let mut connection = world.redis().await;
    for (key, left_ms, dump) in dumped {
        let mut command = redis::cmd("RESTORE");
        command.arg(key).arg(left_ms.unwrap_or(0)).arg(dump.as_slice()).arg("REPLACE");
        let () = command.query_async(&mut connection).await.unwrap();
    }
}

async fn closed_claims(world: &World) -> Vec<ClaimId> {
    let mut claims = Vec::new();
    for workload in ["teams", "exchange", "sharepoint"] {
        let claim = world.submit(a_claim_on(workload)).await;
        world.reject(claim).await.unwrap();
        claims.push(claim);
    }
    claims
}

#[tokio::test]
async fn what_was_written_before_a_crash_is_not_written_again() {
    let mut world = World::configured(FRIDAY, &NINE_DAYS).await;
    let claims = closed_claims(&world).await;
    world.travel_to(LATER).await;
    world.stop_worker().await;
    // As if the process had died after it had written the day, before it took anything out.
    let before = dumped(&world).await;
    assert_eq!(sweep(&world).await.claims, 3);
    for (key, ..) in dumped(&world).await {
        let _: u8 = redis::cmd("DEL").arg(key).query_async(&mut world.redis().await).await.unwrap();
    }
    restore(&world, &before).await;
    assert_sound(&world).await;
    let again = sweep(&world).await;
    assert_eq!((again.claims, again.bytes), (3, 0));
    assert_sound(&world).await;
    let archive = archivist(&world).archive().clone();
    assert_eq!(objects(&archive).await, ["claims/2026/11/20.jsonl"]);
    let there = archived(&archive).await.iter().map(|claim| claim.claim.id).collect::<Vec<_>>();
    assert!(claims.iter().all(|id| there.contains(id)) && there.len() == 3, "{there:?}");
}

#[tokio::test]
async fn a_departure_that_was_cut_short_is_finished() {
    let mut world = World::configured(FRIDAY, &NINE_DAYS).await;
    let submission = a_claim_on("teams");
    let first = world.submit(submission.clone()).await;
    world.withdraw(first).await.unwrap();
    let claim = world.claim(first).await;
    let other = world.submit(a_claim_on("exchange")).await;
    world.withdraw(other).await.unwrap();
    world.travel_to(LATER).await;
    let keys = world.ledger().store().keys().clone();
    let key_of = |claim: &cpor::claim::Claim| {
        keys.submission(&claim.submission.source, &claim.submission.idempotency_key)
    };
    let other_key = key_of(&world.claim(other).await);
    let own_keys = [(first, key_of(&claim)), (other, other_key.clone())];
    world.stop_worker().await;
    let before = dumped(&world).await;
    assert_eq!(sweep(&world).await.claims, 2);
    // As if the process had died after the claims were gone, before their keys were free.
    let kept: Vec<_> = before
        .into_iter()
        .filter(|(key, ..)| own_keys.iter().any(|(_, own_key)| own_key == key))
        .collect();
    assert_eq!(kept.len(), 2);
    restore(&world, &kept).await;
    let mut connection = world.redis().await;
    for (id, own_key) in &own_keys {
        let mut command = redis::cmd("HSET");
        command.arg(keys.leaving(id.partition())).arg(id.to_string()).arg(own_key);
        let _: u8 = command.query_async(&mut connection).await.unwrap();
    }
    assert_sound(&world).await;
    // Whoever submits under such a key has a claim of its own, and never the one that has left.
    let Submitted::Accepted(second) = world.try_submit(&submission).await else {
        panic!("the key is free");
    };
    assert_ne!(first, second);
    assert_eq!(sweep(&world).await, SweepReport::default());
    assert!(!world.ledger().store().exists(&other_key).await.unwrap());
    world.start_worker();
    world.settle().await;
    assert_sound(&world).await;
    world.withdraw(second).await.unwrap();
}

#[tokio::test]
async fn a_day_that_leaves_in_rounds_loses_nothing() {
    let mut world = World::configured(FRIDAY, &NINE_DAYS).await;
    let first = world.submit(a_claim_on("teams")).await;
    let second = world.submit(a_claim_on("exchange")).await;
    world.withdraw(first).await.unwrap();
    world.stop_worker().await;
    // Nobody tells the partner.
    world.withdraw(second).await.unwrap();
    let traveller = world.ledger().clock().traveller().unwrap();
    traveller.set(LATER.parse().unwrap()).await.unwrap();
    let report = sweep(&world).await;
    let owed = Kept { owed: 1, ..Kept::default() };
    assert_eq!((report.claims, report.kept), (1, owed));
    assert_eq!(super::violations(&world).await, []);
    world.start_worker();
    world.settle().await;
    assert_eq!(sweep(&world).await.kept, Kept::default());
    assert_sound(&world).await;
    let archive = archivist(&world).archive().clone();
    let parts = ["claims/2026/11/20.jsonl", "claims/2026/11/20.2.jsonl"];
    assert_eq!(objects(&archive).await, parts);
    let there: Vec<_> = archived(&archive).await.iter().map(|claim| claim.claim.id).collect();
    assert_eq!(there, [first, second]);
}

#[tokio::test]
async fn one_process_at_a_time_is_at_work() {
    let mut world = World::configured(FRIDAY, &NINE_DAYS).await;
    closed_claims(&world).await;
    world.travel_to(LATER).await;
    world.stop_worker().await;
    let sweeps = (0..4).map(|_| async {
        match archivist(&world).sweep(false, &|_, _| {}).await.unwrap() {
            SweepEnd::Done(report) => report.claims,
            SweepEnd::Elsewhere => 0,
        }
    });
    let claims = futures_util::future::join_all(sweeps).await;
    assert_eq!(claims.iter().sum::<u64>(), 3, "{claims:?}");
    assert_eq!(archived(archivist(&world).archive()).await.len(), 3);
    assert_sound(&world).await;
}
