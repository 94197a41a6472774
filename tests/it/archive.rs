//! Closed claims leave Redis for the archive, all of each and nothing else, whatever happens in
//! between.

mod erasure;
mod redis_values;
mod rounds;

use cpor::archive::{Archive, ArchivedClaim, Archivist, SweepEnd, SweepReport};
use cpor::claim::state::EndReason;
use cpor::claim::{ClaimId, Command, Status};
use cpor::ledger::Submitted;
use cpor::testkit::{World, a_claim_of, a_claim_on};
use cpor::view::Dossier;

use crate::faults::violations;
use redis_values::{values, without_feed};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// After every window and the retention.
const LATER: &str = "2026-12-20T12:00:00Z";
const NINE_DAYS: [(&str, &str); 1] = [("archive.retention_days", "9")];

fn archivist(world: &World) -> Archivist {
    world.app().archivist().unwrap()
}

/// A worker that has just started may be at it for a moment.
async fn sweep(world: &World) -> SweepReport {
    loop {
        if let SweepEnd::Done(report) = archivist(world).sweep(false, &|_, _| {}).await.unwrap() {
            return report;
        }
    }
}

/// Every claim of the archive.
async fn archived(archive: &Archive) -> Vec<ArchivedClaim> {
    let mut found = Vec::new();
    let mut days: Vec<_> =
        archive.parts().await.unwrap().iter().map(|found| found.part.day).collect();
    days.dedup();
    for day in days {
        let show = |claim| {
            found.push(claim);
            true
        };
        assert!(!archive.claims_of(day, show).await.unwrap());
    }
    found
}

/// The names of the objects.
async fn objects(archive: &Archive) -> Vec<String> {
    archive.parts().await.unwrap().iter().map(|found| found.part.to_string()).collect()
}

async fn assert_sound(world: &World) {
    assert_eq!(violations(world).await, []);
    let archive = archivist(world).archive().clone();
    for found in archive.parts().await.unwrap() {
        assert_eq!(archive.verify(found).await.unwrap().problems, Vec::<String>::new());
    }
}

/// A claim closed in each way, and two that are open.
async fn journeys(world: &World) -> (Vec<ClaimId>, Vec<ClaimId>) {
    let mut closed = Vec::new();
    for workload in ["teams", "exchange", "sharepoint"] {
        closed.push(world.submit(a_claim_on(workload)).await);
    }
    let kept = world.submit(a_claim_on("yammer")).await;
    closed.push(world.submit(a_claim_on("teams")).await); // A duplicate, which is disqualified.
    let contested = world.submit(a_claim_of("7654321")).await;
    world.reject(closed[0]).await.unwrap();
    world.withdraw(closed[1]).await.unwrap();
    world.travel_to("2026-11-28T12:00:00Z").await;
    let end = Command::End { reason: EndReason::CustomerWithdrew, detail: None };
    world.apply(closed[2], end).await.unwrap();
    (closed, vec![kept, contested])
}

#[tokio::test]
async fn a_closed_claim_leaves_redis_and_nothing_of_it_stays() {
    let world = World::configured(FRIDAY, &NINE_DAYS).await;
    let (closed, open) = journeys(&world).await;
    assert_eq!(sweep(&world).await, SweepReport::default(), "nothing is old enough");
    world.travel_to(LATER).await;
    assert_sound(&world).await;
    let mut before = Vec::new();
    for id in &closed {
        let (claim, history) = (world.claim(*id).await, world.history(*id).await);
        assert!(claim.status().is_closed(), "{}", claim.status());
        before.push((claim, history));
    }
    let end = archivist(&world).sweep(true, &|_, _| {}).await.unwrap();
    let SweepEnd::Done(planned) = end else { panic!("nobody else is at work") };
    assert_eq!(planned.claims, 4);
    assert_eq!(world.claims().await.len(), 6, "a dry run changes nothing");
    let report = sweep(&world).await;
    assert_eq!(SweepReport { dry_run: true, ..report }, planned);
    assert_sound(&world).await;
    for (key, text) in without_feed(values(&world).await) {
        for id in &closed {
            let id = id.to_string();
            // A rival's own history tells who held its items.
            let is_rivals = text.contains("contested") && key.contains(&open[1].to_string());
            assert!(
                is_rivals || !key.contains(&id) && !text.contains(&id),
                "{key} has {id}: {text}"
            );
        }
    }
    for id in &open {
        assert!(!world.claim(*id).await.status().is_closed());
    }
    let archive = archivist(&world).archive().clone();
    assert_eq!(objects(&archive).await, ["claims/2026/11/20.jsonl", "claims/2026/11/28.jsonl"]);
    let there = archived(&archive).await;
    assert_eq!(there.len(), 4);
    for (claim, history) in before {
        let (_, found) = archive.find(claim.id, &|_| {}).await.unwrap().unwrap();
        assert_eq!((&found.claim, &found.history), (&claim, &history));
        let view = serde_json::to_value(found.dossier().view()).unwrap();
        let before = Dossier { claim, history, stuck: None };
        assert_eq!(view, serde_json::to_value(before.view()).unwrap());
    }
    assert_eq!(sweep(&world).await, SweepReport::default(), "there is nothing left to move");
}

#[tokio::test]
async fn the_key_of_a_claim_that_has_left_is_free() {
    let world = World::configured(FRIDAY, &NINE_DAYS).await;
    let submission = a_claim_on("teams");
    let first = world.submit(submission.clone()).await;
    world.withdraw(first).await.unwrap();
    assert!(matches!(world.try_submit(&submission).await, Submitted::Repeated(id) if id == first));
    world.travel_to(LATER).await;
    assert_eq!(sweep(&world).await.claims, 1);
    let Submitted::Accepted(second) = world.try_submit(&submission).await else {
        panic!("the key is free");
    };
    assert_ne!(first, second);
    world.travel_to("2027-01-10T12:00:00Z").await;
    assert_eq!(world.status(second).await, Status::Associated);
    assert_sound(&world).await;
}

#[tokio::test]
async fn a_claim_closed_by_an_earlier_release_leaves_as_well() {
    let world = World::configured(FRIDAY, &NINE_DAYS).await;
    let claim = world.submit(a_claim_on("teams")).await;
    world.reject(claim).await.unwrap();
    let index = world.app().ledger.store().keys().by_closed(claim.partition());
    let mut connection = world.redis().await;
    let _: u8 = redis::cmd("DEL").arg(&index).query_async(&mut connection).await.unwrap();
    let wrong: Vec<_> = violations(&world).await.iter().map(|report| report.id).collect();
    assert_eq!(wrong, ["I02"]);
    world.travel_to(LATER).await;
    assert_eq!(sweep(&world).await.claims, 1);
    assert_sound(&world).await;
}
