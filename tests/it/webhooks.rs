//! Webhooks, told by a real worker to a real HTTP receiver.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod addresses;
mod feed;
mod relay;
mod replay;
mod retries;

use cpor::claim::identity::{MpnId, Source};
use cpor::testkit::receiver::Receiver;
use cpor::testkit::{World, a_claim};
use cpor::webhook::{EventFilter, Webhook, WebhookOwner};

use crate::faults::violations;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// Receivers of tests are on this machine.
const LOOPBACK: (&str, &str) = ("webhooks.allow_loopback_http", "true");

/// A world and a receiver.
async fn started() -> (World, Receiver) {
    let world = World::configured(FRIDAY, &[LOOPBACK]).await;
    (world, Receiver::start().await.unwrap())
}

fn partner(mpn_id: &str) -> WebhookOwner {
    WebhookOwner::Partner(MpnId::parse(mpn_id).unwrap())
}

fn source(name: &str) -> WebhookOwner {
    WebhookOwner::Source(Source::parse(name).unwrap())
}

/// A webhook of the partner that all claims of the testkit have.
async fn webhook(world: &World, receiver: &Receiver, path: &str, events: &[&str]) -> Webhook {
    let events = EventFilter::parse(events).unwrap();
    world.webhooks().create(partner("1234567"), &receiver.url(path), events).await.unwrap()
}

#[tokio::test]
async fn every_event_is_delivered_once_and_signed() {
    let (world, receiver) = started().await;
    let webhook = webhook(&world, &receiver, "/all", &[]).await;
    let id = world.submit(a_claim()).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(receiver.events("/all").len(), world.history(id).await.len());
    let mut told = receiver.events("/all");
    let mut happened = world.events(id).await;
    told.sort();
    happened.sort_unstable();
    assert_eq!(told, happened);

    let secret = world.webhooks().secret(webhook.id);
    for delivered in receiver.received("/all") {
        assert!(delivered.verifies(secret.reveal()), "{delivered:?}");
        assert!(!delivered.verifies("whsec_AAAA"), "{delivered:?}");
        let body = delivered.json();
        let revision = body["claim"]["revision"].as_u64().unwrap();
        let delivery_id = format!("{id}:{revision}:{}", webhook.id);
        assert_eq!(delivered.header("webhook-id"), delivery_id);
        assert_eq!(body["id"], delivery_id);
        assert_eq!(delivered.header("content-type"), "application/json");
    }
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}

#[tokio::test]
async fn a_delivery_says_how_the_claim_stood_and_nothing_about_people() {
    let (world, receiver) = started().await;
    webhook(&world, &receiver, "/hook", &["customer_notified", "association_finalized"]).await;
    let claim = a_claim();
    let key = claim.idempotency_key.clone();
    let id = world.submit(claim).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
    let deliveries = receiver.received("/hook");
    let [notified, finalized] = deliveries.as_slice() else { panic!("{deliveries:?}") };
    let expected = serde_json::json!({
        "id": notified.header("webhook-id"),
        "event": "customer_notified",
        "at": "2026-11-20T15:00:00Z",
        "claim": {
            "id": id.to_string(),
            "revision": notified.json()["claim"]["revision"],
            "status": "notified",
            "source": "testkit",
            "idempotency_key": key,
            "mpn_id": "1234567",
            "tenant_id": "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d",
            "items": [{ "workload": "teams" }],
            "submitted_at": "2026-11-20T15:00:00Z",
            "opened_at": "2026-11-20T15:00:00Z",
            "closes_at": "2026-11-27T21:00:00Z",
        },
    });
    assert_eq!(notified.json(), expected);
    assert_eq!(finalized.json()["claim"]["status"], "associated");
    for delivered in &deliveries {
        let body = String::from_utf8(delivered.body.clone()).unwrap();
        for personal in ["Mert", "Ece", "@", "Teams rollout"] {
            assert!(!body.contains(personal), "{body}");
        }
    }
    world.finish().await;
}

#[tokio::test]
async fn a_webhook_is_told_of_its_owners_claims_only() {
    let (world, receiver) = started().await;
    let all = || EventFilter::ALL;
    let webhooks = world.webhooks();
    webhook(&world, &receiver, "/own", &["claim_submitted"]).await;
    webhooks.create(partner("7654321"), &receiver.url("/other"), all()).await.unwrap();
    webhooks.create(source("testkit"), &receiver.url("/source"), all()).await.unwrap();
    webhooks.create(source("crm"), &receiver.url("/crm"), all()).await.unwrap();
    let id = world.submit(a_claim()).await;
    world.settle().await;
    assert_eq!(receiver.events("/own"), ["claim_submitted"]);
    assert_eq!(receiver.events("/source").len(), world.history(id).await.len());
    assert_eq!(receiver.received("/other"), []);
    assert_eq!(receiver.received("/crm"), []);
    world.finish().await;
}

#[tokio::test]
async fn a_webhook_is_told_of_nothing_that_happened_before_it_was_made() {
    let (world, receiver) = started().await;
    let id = world.submit(a_claim()).await;
    let before = world.history(id).await.len();
    webhook(&world, &receiver, "/late", &[]).await;
    world.settle().await;
    assert_eq!(receiver.received("/late"), []);
    world.withdraw(id).await.unwrap();
    world.settle().await;
    let after = world.history(id).await.len();
    assert_eq!(receiver.events("/late").len(), after - before);
    world.finish().await;
}

#[tokio::test]
async fn an_owner_has_a_bounded_number_of_webhooks() {
    let settings = [LOOPBACK, ("webhooks.per_owner_max", "2")];
    let world = World::configured(FRIDAY, &settings).await;
    let webhooks = world.webhooks();
    let create = async |owner: WebhookOwner| {
        webhooks.create(owner, "http://127.0.0.1:8080/", EventFilter::ALL).await
    };
    create(partner("1")).await.unwrap();
    let second = create(partner("1")).await.unwrap();
    let refused = create(partner("1")).await.unwrap_err().to_string();
    assert!(refused.starts_with("partner 1 has 2 webhooks already"), "{refused}");
    create(partner("2")).await.unwrap();
    webhooks.delete(second.id).await.unwrap();
    create(partner("1")).await.unwrap();
    assert_eq!(webhooks.list().await.unwrap().len(), 3);
    world.finish().await;
}
