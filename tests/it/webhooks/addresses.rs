//! Where webhooks must not lead: this machine and private networks, by whatever name.

use cpor::store::feed::FeedPosition;
use cpor::testkit::receiver::Receiver;
use cpor::testkit::{World, a_claim};
use cpor::webhook::{EventFilter, Webhook, WebhookError, WebhookId};

use super::{FRIDAY, partner};

#[tokio::test]
async fn an_address_inside_is_refused_when_a_webhook_is_made() {
    let world = World::starting(FRIDAY).await;
    let webhooks = world.webhooks();
    for url in [
        "http://hooks.partner.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://user:secret@hooks.partner.example/",
        "https://hooks.partner.example:22/",
        "hooks.partner.example",
        "",
    ] {
        let made = webhooks.create(partner("1234567"), url, EventFilter::ALL).await;
        assert!(matches!(made, Err(WebhookError::Address(_))), "{url}: {made:?}");
    }
    let url = "https://hooks.partner.example/cpor";
    webhooks.create(partner("1234567"), url, EventFilter::ALL).await.unwrap();
    world.finish().await;
}

/// What passed when it was made may lead elsewhere when it is used: names are looked up anew, and
/// settings change.
#[tokio::test]
async fn an_address_inside_is_refused_when_a_delivery_is_made() {
    let receiver = Receiver::start().await.unwrap();
    let world = World::starting(FRIDAY).await;
    let port = receiver.port();
    let mut ids = Vec::new();
    for (url, expected) in [
        (receiver.url("/"), "must not be used"),
        (format!("https://127.0.0.1:{port}/"), "must not be used"),
        (format!("https://[::ffff:127.0.0.1]:{port}/"), "must not be used"),
        // Names that lead inside, where they are known at all; what they lead to is looked at when
        // it is connected to.
        (format!("https://ip6-localhost:{port}/"), "could not be carried out"),
        (format!("https://127.1:{port}/"), "could not be carried out"),
    ] {
        let webhook = Webhook {
            id: WebhookId::random(),
            owner: partner("1234567"),
            url: url.clone(),
            events: EventFilter::parse(&["claim_submitted"]).unwrap(),
            created_at: world.now().await,
            from: FeedPosition::start(world.ledger().store().keys().partitions()),
            paused: None,
        };
        world.ledger().store().add_webhook(&webhook).await.unwrap();
        ids.push((webhook.id, url, expected));
    }
    world.submit(a_claim()).await;
    for (id, url, expected) in ids {
        let attempts = world.webhooks().deliveries(id).await.unwrap();
        let error = attempts[0].error.clone().unwrap();
        assert!(error.contains(expected), "{url}: {error}");
        world.webhooks().delete(id).await.unwrap();
    }
    assert_eq!(receiver.received("/"), []);
    world.finish().await;
}
