//! What is not delivered at once: tried again, given up, paused.

use chrono::{DateTime, TimeDelta, Utc};
use cpor::testkit::a_claim;
use cpor::testkit::receiver::Answer;
use cpor_jobs::{Item, Job, SubmitClaim};

use super::{started, webhook};
use crate::faults::violations;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A claim of the same partner that no other one is in the way of.
fn another_claim() -> SubmitClaim {
    let mut claim = a_claim();
    claim.items = vec![Item::workload("exchange")];
    claim
}

#[tokio::test]
async fn what_failed_is_delivered_later_under_the_same_id() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/shaky", &["claim_submitted"]).await;
    receiver.answer("/shaky", [Answer::Status(500), Answer::Status(503), Answer::Status(204)]);
    world.submit(a_claim()).await;
    assert_eq!(receiver.received("/shaky").len(), 1);
    world.travel_for(TimeDelta::seconds(6)).await;
    assert_eq!(receiver.received("/shaky").len(), 2);
    world.travel_for(TimeDelta::seconds(34)).await;
    let deliveries = receiver.received("/shaky");
    assert_eq!(deliveries.len(), 3);
    for again in &deliveries[1..] {
        assert_eq!(again.header("webhook-id"), deliveries[0].header("webhook-id"));
        assert_eq!(again.body, deliveries[0].body);
        assert_ne!(again.header("webhook-timestamp"), deliveries[0].header("webhook-timestamp"));
        assert!(again.verifies(world.webhooks().secret(webhook.id).reveal()));
    }
    world.travel_for(TimeDelta::days(4)).await;
    assert_eq!(receiver.received("/shaky").len(), 3);
    let attempts = world.webhooks().deliveries(webhook.id).await.unwrap();
    let shown: Vec<_> = attempts.iter().map(|a| (a.attempt, a.status, a.delivered)).collect();
    assert_eq!(shown, [(3, Some(204), true), (2, Some(503), false), (1, Some(500), false)]);
    world.finish().await;
}

#[tokio::test]
async fn after_three_days_a_delivery_is_left_to_a_person() {
    let (world, receiver) = started().await;
    webhook(&world, &receiver, "/down", &["claim_submitted"]).await;
    receiver.always_answer("/down", Answer::Status(500));
    let id = world.submit(a_claim()).await;
    world.travel_to("2026-11-23T15:00:00Z").await;
    assert_eq!(world.dead_letters().await, []);
    world.travel_to("2026-11-24T01:00:00Z").await;
    let dead = world.dead_letters().await;
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!((dead[0].job, dead[0].claim_id()), (Job::DeliverWebhook, Some(id)));
    assert_eq!(dead[0].letter.error, "the receiver answered 500");
    assert!(dead[0].letter.at >= at("2026-11-23T15:00:00Z"), "{:?}", dead[0].letter);
    assert_eq!(receiver.received("/down").len(), 31);
    assert_eq!(violations(&world).await, []);
    // An entry that is dead and due is two.
    let keys = world.ledger().store().keys();
    let mut plant = redis::cmd("ZADD");
    let agenda = keys.agenda(id.partition(), Job::DeliverWebhook);
    plant.arg(&agenda).arg("9999999999999").arg(&dead[0].entry);
    let () = plant.query_async(&mut world.redis().await).await.unwrap();
    let violated = violations(&world).await;
    assert_eq!(violated.len(), 1, "{violated:?}");
    let mut forget = redis::cmd("DEL");
    let () = forget.arg(&agenda).query_async(&mut world.redis().await).await.unwrap();

    receiver.always_answer("/down", Answer::Status(200));
    let now = world.ledger().clock().instant().await.unwrap();
    assert!(world.ledger().store().retry_dead(&dead[0], now).await.unwrap());
    world.settle().await;
    assert_eq!(receiver.received("/down").len(), 32);
    assert_eq!(world.dead_letters().await, []);
    world.finish().await;
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_never_followed() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/moved", &["claim_submitted"]).await;
    receiver.answer("/moved", [Answer::Redirect(receiver.url("/elsewhere"))]);
    world.submit(a_claim()).await;
    assert_eq!(receiver.received("/elsewhere"), []);
    let attempts = world.webhooks().deliveries(webhook.id).await.unwrap();
    let error = attempts[0].error.as_deref().unwrap();
    assert_eq!(error, "the receiver answered 307, and redirects are not followed");
    world.travel_for(TimeDelta::minutes(1)).await;
    assert_eq!(receiver.received("/moved").len(), 2);
    assert_eq!(receiver.received("/elsewhere"), []);
    world.finish().await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_pauses_its_webhook() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/gone", &["claim_submitted"]).await;
    receiver.answer("/gone", [Answer::Status(410)]);
    world.submit(a_claim()).await;
    let paused = world.webhooks().find(webhook.id).await.unwrap().paused.unwrap();
    assert_eq!(paused.reason, "the receiver answered 410 Gone");
    world.submit(another_claim()).await;
    world.travel_for(TimeDelta::hours(5)).await;
    assert_eq!(receiver.received("/gone").len(), 1);
    assert_eq!(world.webhooks().missed(webhook.id).await.unwrap(), 1);
    assert_eq!(world.dead_letters().await, []);

    world.webhooks().resume(webhook.id).await.unwrap();
    world.travel_for(TimeDelta::hours(2)).await;
    // What was on its way has waited; what happened meanwhile has to be asked for.
    assert_eq!(receiver.received("/gone").len(), 2);
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}

#[tokio::test]
async fn what_waits_for_a_paused_webhook_is_dropped_after_three_days() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/paused", &["claim_submitted"]).await;
    receiver.answer("/paused", [Answer::Status(500)]);
    world.submit(a_claim()).await;
    world.webhooks().pause(webhook.id, "The receiver is being rebuilt.").await.unwrap();
    world.travel_for(TimeDelta::days(4)).await;
    world.webhooks().resume(webhook.id).await.unwrap();
    world.travel_for(TimeDelta::days(1)).await;
    assert_eq!(receiver.received("/paused").len(), 1);
    assert_eq!(world.dead_letters().await, []);
    world.finish().await;
}

#[tokio::test]
async fn what_was_on_its_way_to_a_deleted_webhook_is_dropped() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/deleted", &["claim_submitted"]).await;
    receiver.always_answer("/deleted", Answer::Status(500));
    world.submit(a_claim()).await;
    world.webhooks().delete(webhook.id).await.unwrap();
    world.travel_for(TimeDelta::days(4)).await;
    assert_eq!(receiver.received("/deleted").len(), 1);
    assert_eq!(world.dead_letters().await, []);
    assert!(world.webhooks().find(webhook.id).await.is_err());
    world.finish().await;
}
