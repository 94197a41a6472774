//! F01, F02 and F24: workers that die, workers that come back, and entries that end their worker.

use chrono::TimeDelta;
use cpor::claim::command::{Command, Verdict};
use cpor::claim::{ClaimId, Status};
use cpor::ledger::LedgerError;
use cpor::store::agenda::{Lease, Outcome};
use cpor::testkit::{World, a_claim};
use cpor_jobs::{Item, Job};

use super::{FRIDAY, violations};

/// Takes every entry as a worker of that name whose leases run out at once.
async fn taken_by(world: &World, token: &str, job: Job, id: ClaimId) -> Vec<Lease> {
    let at = world.ledger().clock().instant().await.unwrap();
    let over = at.real - TimeDelta::milliseconds(1);
    let store = world.ledger().store();
    let take = store.take(id.partition(), &[(job, 10)], token, over, at).await.unwrap();
    take.entries.into_iter().map(|taken| taken.lease).collect()
}

#[tokio::test]
async fn a_worker_that_comes_back_after_its_lease_changes_nothing() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let id = world.submit(a_claim()).await;
    let before = world.claim(id).await;
    let slow = taken_by(&world, "slow", Job::ValidateClaim, id).await.remove(0);
    let quick = taken_by(&world, "quick", Job::ValidateClaim, id).await.remove(0);
    let ledger = world.ledger();
    let verdict = Command::RecordVerdict(Verdict::default());
    let late = ledger.apply_and_acknowledge(before.clone(), &verdict, &slow).await;
    assert!(matches!(late, Err(LedgerError::LeaseLost(lost)) if lost == id), "{late:?}");
    let at = ledger.clock().instant().await.unwrap();
    let error = "the slow one gives up".to_owned();
    for outcome in [Outcome::Done, Outcome::GivenBack, Outcome::Dead { error }] {
        assert!(!ledger.store().settle(&slow, &outcome, at).await.unwrap(), "{outcome:?}");
    }
    assert_eq!(world.claim(id).await, before);
    assert!(world.dead_letters().await.is_empty());
    ledger.apply_and_acknowledge(before.clone(), &verdict, &quick).await.unwrap();
    assert_eq!(world.status(id).await, Status::Validated);
    // The slow one has read the claim before, and now its commit is fenced twice.
    let late = ledger.apply_and_acknowledge(before, &verdict, &slow).await;
    assert!(matches!(late, Err(LedgerError::LeaseLost(_))), "{late:?}");
    assert!(violations(&world).await.is_empty());
    world.start_worker();
    world.settle().await;
    assert_eq!(world.status(id).await, Status::Notified);
    assert_eq!(world.mails().len(), 1);
}

#[tokio::test]
async fn an_entry_that_ends_its_worker_three_times_is_left_to_a_person() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let poison = world.submit(a_claim()).await;
    let mut other = a_claim();
    other.items = vec![Item::workload("exchange")];
    let neighbor = world.submit(other).await;
    for token in ["first", "second", "third"] {
        let leases = taken_by(&world, token, Job::ValidateClaim, poison).await;
        assert!(leases.iter().any(|lease| lease.entry() == poison.to_string()));
        // The neighbor had a worker that lives.
        let at = world.ledger().clock().instant().await.unwrap();
        for lease in leases.iter().filter(|lease| lease.entry() == neighbor.to_string()) {
            assert!(world.ledger().store().settle(lease, &Outcome::GivenBack, at).await.unwrap());
        }
    }
    world.start_worker();
    world.settle().await;
    assert_eq!(world.status(poison).await, Status::Submitted);
    let letters = world.dead_letters().await;
    assert_eq!(letters.iter().map(|l| l.claim_id()).collect::<Vec<_>>(), [Some(poison)]);
    assert!(letters[0].letter.error.contains("3 deliveries"), "{:?}", letters[0].letter);
    assert_eq!(world.status(neighbor).await, Status::Notified);
    assert!(violations(&world).await.is_empty(), "a person was asked");
    let at = world.ledger().clock().instant().await.unwrap();
    assert!(world.ledger().store().retry_dead(&letters[0], at).await.unwrap());
    world.settle().await;
    assert_eq!(world.status(poison).await, Status::Notified);
}
