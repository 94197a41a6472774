//! Telling again.

use cpor::testkit::a_claim;
use cpor::testkit::receiver::Answer;
use cpor::webhook::{Replay, WebhookError};
use cpor_jobs::Item;

use super::{started, webhook};
use crate::faults::violations;

#[tokio::test]
async fn what_happened_since_an_instant_is_told_again() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/hook", &["claim_submitted"]).await;
    world.submit(a_claim()).await;
    world.travel_to("2026-11-20T16:00:00Z").await;
    let mut other = a_claim();
    other.items = vec![Item::workload("exchange")];
    let second = world.submit(other).await;
    assert_eq!(receiver.received("/hook").len(), 2);

    let since = Replay::Since("2026-11-20T15:30:00Z".parse().unwrap());
    let replayed = world.webhooks().replay(webhook.id, &since).await.unwrap();
    assert_eq!((replayed.deliveries, replayed.incomplete), (1, false));
    world.settle().await;
    let deliveries = receiver.received("/hook");
    assert_eq!(deliveries.len(), 3);
    assert_eq!(deliveries[2].body, deliveries[1].body);
    assert_eq!(deliveries[2].json()["claim"]["id"], second.to_string());

    let since = Replay::Since("2026-11-20T15:00:00Z".parse().unwrap());
    assert_eq!(world.webhooks().replay(webhook.id, &since).await.unwrap().deliveries, 2);
    world.settle().await;
    assert_eq!(receiver.received("/hook").len(), 5);
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}

#[tokio::test]
async fn what_a_paused_webhook_has_missed_is_told_when_it_is_asked_for() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/hook", &["claim_submitted"]).await;
    let webhooks = world.webhooks();
    webhooks.pause(webhook.id, "The receiver is being rebuilt.").await.unwrap();
    world.submit(a_claim()).await;
    assert_eq!(receiver.received("/hook"), []);
    assert_eq!(webhooks.missed(webhook.id).await.unwrap(), 1);
    let since = Replay::Since("2026-11-20T15:00:00Z".parse().unwrap());
    let refused = webhooks.replay(webhook.id, &since).await.unwrap_err();
    assert!(matches!(refused, WebhookError::Paused(_)), "{refused:?}");
    webhooks.resume(webhook.id).await.unwrap();
    assert_eq!(webhooks.replay(webhook.id, &since).await.unwrap().deliveries, 1);
    world.settle().await;
    assert_eq!(receiver.events("/hook"), ["claim_submitted"]);
    webhooks.pause(webhook.id, "Once more.").await.unwrap();
    assert_eq!(webhooks.missed(webhook.id).await.unwrap(), 0);
    world.finish().await;
}

#[tokio::test]
async fn one_delivery_is_told_again_also_when_it_was_given_up() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/hook", &["claim_submitted"]).await;
    receiver.always_answer("/hook", Answer::Status(500));
    let id = world.submit(a_claim()).await;
    world.travel_to("2026-11-25T00:00:00Z").await;
    assert_eq!(world.dead_letters().await.len(), 1);
    receiver.always_answer("/hook", Answer::Status(200));
    let told = receiver.received("/hook").len();
    let delivery = Replay::Delivery(receiver.received("/hook")[0].header("webhook-id").to_owned());
    let replayed = world.webhooks().replay(webhook.id, &delivery).await.unwrap();
    assert_eq!(replayed.deliveries, 1);
    world.settle().await;
    assert_eq!(receiver.received("/hook").len(), told + 1);
    assert_eq!(world.dead_letters().await, []);
    assert_eq!(world.webhooks().deliveries(webhook.id).await.unwrap()[0].attempt, 1);

    let history = world.history(id).await.len();
    let revision = |n: usize| format!("{id}:{n}:{}", webhook.id);
    let foreign = format!("{id}:1:{}", cpor::webhook::WebhookId::random());
    for unknown in [revision(0), revision(history + 1), foreign, "nonsense".to_owned()] {
        let replay = Replay::Delivery(unknown.clone());
        let refused = world.webhooks().replay(webhook.id, &replay).await.unwrap_err();
        assert!(matches!(refused, WebhookError::NoDelivery(_)), "{unknown}: {refused:?}");
    }
    world.finish().await;
}
