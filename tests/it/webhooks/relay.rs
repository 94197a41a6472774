//! From the feed to the agenda, whatever happens to those who relay.

use std::collections::BTreeSet;
use std::time::Duration;

use cpor::store::Relayed;
use cpor::testkit::receiver::{Answer, Receiver};
use cpor::testkit::{World, a_claim};
use cpor_jobs::Job;

use super::{FRIDAY, LOOPBACK, started, webhook};
use crate::faults::{claim_number, directory, violations};

#[tokio::test]
async fn what_happens_while_nobody_works_is_delivered_when_somebody_does() {
    let receiver = Receiver::start().await.unwrap();
    let mut world = World::without_worker(FRIDAY, &[LOOPBACK]).await;
    webhook(&world, &receiver, "/hook", &["claim_submitted"]).await;
    let id = world.submit(a_claim()).await;
    assert_eq!(receiver.received("/hook"), []);
    world.start_worker();
    world.settle().await;
    assert_eq!(receiver.events("/hook"), ["claim_submitted"]);
    world.stop_worker().await;
    world.withdraw(id).await.unwrap();
    world.start_worker();
    world.settle().await;
    assert_eq!(receiver.events("/hook"), ["claim_submitted"]);
    world.finish().await;
}

#[tokio::test]
async fn events_are_relayed_by_whoever_is_first_and_only_once() {
    let receiver = Receiver::start().await.unwrap();
    let mut world = World::without_worker(FRIDAY, &[LOOPBACK]).await;
    let webhook = webhook(&world, &receiver, "/hook", &[]).await;
    let id = world.submit(a_claim()).await;
    let store = world.ledger().store();
    let (partition, known) = (id.partition(), store.listeners().await.unwrap());
    let quick = store.unrelayed(partition, &known, 10).await.unwrap();
    let slow = store.unrelayed(partition, &known, 10).await.unwrap();
    assert_eq!((quick.entries.len(), &quick), (1, &slow));
    let deliveries = quick.entries.iter().map(|entry| webhook.delivery_of(entry)).collect();
    let relayed = Relayed { deliveries, ..Relayed::default() };
    let at = world.ledger().clock().instant().await.unwrap();
    assert!(!store.all_relayed().await.unwrap());
    assert!(store.relay(&quick, &relayed, at).await.unwrap());
    assert!(!store.relay(&slow, &relayed, at).await.unwrap());
    assert!(store.all_relayed().await.unwrap());
    let queues = store.queues(at.now).await.unwrap();
    let due: usize = queues.iter().filter(|q| q.job == Job::DeliverWebhook).map(|q| q.due).sum();
    assert_eq!(due, 1);
    world.start_worker();
    world.settle().await;
    assert_eq!(receiver.events("/hook").len(), world.history(id).await.len());
    world.finish().await;
}

/// Two workers relay and deliver beside each other while others are stopped and started.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_come_and_go_lose_and_double_no_event() {
    const CLAIMS: u32 = 40;
    let receiver = Receiver::start().await.unwrap();
    let mut world = World::without_worker(FRIDAY, &[LOOPBACK]).await;
    world.write_directory(&directory(CLAIMS));
    webhook(&world, &receiver, "/hook", &["claim_submitted", "customer_notified"]).await;
    world.start_worker();
    for number in 0..CLAIMS {
        let json = claim_number(number).to_json().unwrap();
        world.ledger().submit(json.as_bytes()).await.unwrap();
        if number % 10 == 9 {
            world.stop_worker().await;
            world.start_worker();
        }
    }
    world.settle().await;
    // More at once than one receiver is told of come back after a moment.
    world.travel_to("2026-11-20T16:00:00Z").await;
    let deliveries = receiver.received("/hook");
    let ids: BTreeSet<_> = deliveries.iter().map(|d| d.header("webhook-id").to_owned()).collect();
    assert_eq!((ids.len(), deliveries.len()), (2 * CLAIMS as usize, 2 * CLAIMS as usize));
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_hangs_does_not_keep_others_waiting() {
    const CLAIMS: u32 = 40;
    let settings = [
        LOOPBACK,
        ("webhooks.timeout_seconds", "2"),
        ("webhooks.deliveries_at_once", "1"),
        ("workers.deliver_webhook.concurrency", "8"),
    ];
    let receiver = Receiver::start().await.unwrap();
    let world = World::configured(FRIDAY, &settings).await;
    world.write_directory(&directory(CLAIMS));
    receiver.always_answer("/hangs", Answer::Silence);
    let hanging = webhook(&world, &receiver, "/hangs", &["claim_submitted"]).await;
    let all = (0..CLAIMS).map(|number| claim_number(number).to_json().unwrap());
    for json in all {
        world.ledger().submit(json.as_bytes()).await.unwrap();
    }
    let mut ticks = tokio::time::interval(Duration::from_millis(1));
    while receiver.received("/hangs").is_empty() {
        ticks.tick().await;
    }
    webhook(&world, &receiver, "/quick", &["claim_withdrawn"]).await;
    let mut claim = a_claim();
    "one-more".clone_into(&mut claim.idempotency_key);
    let json = claim.to_json().unwrap();
    let submitted = world.ledger().submit(json.as_bytes()).await.unwrap();
    let cpor::ledger::Submitted::Accepted(id) = submitted else { panic!("{submitted:?}") };
    let command = cpor::claim::Command::Withdraw { reason: None };
    world.ledger().apply(id, &command, "partner").await.unwrap();
    let told = async {
        while receiver.received("/quick").is_empty() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), told).await.unwrap();
    assert!(receiver.received("/hangs").len() < CLAIMS as usize);
    world.webhooks().delete(hanging.id).await.unwrap();
    world.travel_to("2026-11-21T00:00:00Z").await;
    world.finish().await;
}

#[tokio::test]
async fn without_webhooks_nothing_is_relayed() {
    let (world, receiver) = started().await;
    let id = world.submit(a_claim()).await;
    let store = world.ledger().store();
    assert!(!store.has_webhooks().await.unwrap());
    let mut connection = world.redis().await;
    let relay = store.keys().relay(id.partition());
    let exists: bool = redis::cmd("EXISTS").arg(&relay).query_async(&mut connection).await.unwrap();
    assert!(!exists);
    let webhook = webhook(&world, &receiver, "/hook", &[]).await;
    assert!(store.has_webhooks().await.unwrap());
    world.webhooks().delete(webhook.id).await.unwrap();
    assert!(!store.has_webhooks().await.unwrap());
    world.finish().await;
}
