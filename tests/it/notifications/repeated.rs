//! A crash between sending and recording: the same message again, and nothing lost.

use cpor::notifications::Digests;
use cpor::testkit::{World, a_claim};
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_copy_of_unknown_fate_is_followed_by_the_same_message() {
    let world = World::starting(FRIDAY).await;
    let email = "drop-after-dot@partner.example";
    asked(&world, email, json!({})).await;
    world.travel_to("2026-11-20T16:00:00Z").await;
    let copies: Vec<_> = world.mails().into_iter().filter(|mail| mail.to == email).collect();
    let [first, second] = copies.as_slice() else { panic!("{copies:?}") };
    assert_eq!((&first.message_id, &first.bytes), (&second.message_id, &second.bytes));
    world.finish().await;
}

/// As a worker leaves it that ends after the mail server has the mail.
#[tokio::test]
async fn a_digest_that_was_sent_and_not_recorded_is_the_same_mail_again() {
    let world = World::starting(FRIDAY).await;
    let wanted = json!({ "delivery": "daily", "hour": 8, "time_zone": "Europe/Istanbul" });
    let subscription = subscribed(&world, GROUP, wanted).await;
    let id = world.submit(a_claim()).await;
    world.withdraw(id).await.unwrap();
    world.travel_to("2026-11-21T05:01:00Z").await;
    assert_eq!(told(&world, GROUP).len(), 1);

    let (store, from) = (world.ledger().store(), subscription.digests.until);
    let sending = Some("2026-11-21T05:00:00Z".parse().unwrap());
    let interrupted = |subscription: &mut Subscription| {
        subscription.digests = Digests { until: from, sending };
    };
    store.change_subscription(subscription.id, interrupted).await.unwrap().unwrap();
    // The lease of the dead worker ends long after the next day has begun.
    world.travel_to("2026-11-22T05:01:00Z").await;
    let mails = told(&world, GROUP);
    let [first, second] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!((&first.message_id, &first.bytes), (&second.message_id, &second.bytes));
    let digests = world.notifications().find(subscription.id).await.unwrap().digests;
    let until = "2026-11-22T05:00:00Z".parse().unwrap();
    assert_eq!(digests, Digests { until, sending: None });
    world.finish().await;
}
