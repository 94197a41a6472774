//! Digests: once a day, nothing when nothing happened, and each thing once.

use std::sync::Arc;

use cpor::testkit::{World, a_claim, a_claim_on};
use cpor::worker;
use cpor_jobs::Job;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::*;

fn daily() -> Value {
    json!({ "delivery": "daily", "hour": 8, "time_zone": "Europe/Istanbul" })
}

#[tokio::test]
async fn a_digest_tells_a_day_and_a_day_without_news_has_none() {
    let world = World::starting(FRIDAY).await;
    subscribed(&world, GROUP, daily()).await;
    let id = world.submit(a_claim()).await;
    let withdrawn = world.submit(a_claim_on("exchange")).await;
    world.withdraw(withdrawn).await.unwrap();
    world.travel_to("2026-11-21T05:00:59Z").await;
    assert_eq!(told(&world, GROUP).len(), 0);
    world.travel_to("2026-11-21T05:01:00Z").await;
    let mails = told(&world, GROUP);
    let [digest] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(digest.subject().contains("Saturday 21 November 2026, 08:00"), "{}", digest.subject());
    let text = digest.text();
    assert!(text.contains("The customer was told; its time to answer has begun."), "{text}");
    assert!(text.contains("The claim was taken back."), "{text}");
    assert!(text.contains(&id.to_string()) && text.contains(&withdrawn.to_string()), "{text}");
    assert!(!text.contains("ENDS SOON"), "{text}");
    assert!(header(digest, "List-Unsubscribe").is_some());

    // The window ends on Friday at midnight; that is soon since Wednesday.
    let (closes_at, sent) = (world.closes_at(id).await, |world: &World| told(world, GROUP).len());
    assert_eq!(closes_at.to_rfc3339(), "2026-11-27T21:00:00+00:00");
    world.travel_to("2026-11-26T05:00:59Z").await;
    assert_eq!(sent(&world), 1);
    world.travel_to("2026-11-26T05:01:00Z").await;
    assert_eq!(sent(&world), 2);
    let text = told(&world, GROUP)[1].text();
    assert!(text.contains("ENDS SOON") && text.contains(&id.to_string()), "{text}");
    assert!(!text.contains("WHAT HAPPENED"), "{text}");
    world.travel_to("2026-11-28T05:01:00Z").await;
    assert_eq!(sent(&world), 3);
    assert!(told(&world, GROUP)[2].text().contains("The association is official."));
    world.travel_to("2026-12-10T00:00:00Z").await;
    assert_eq!(sent(&world), 3);
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_workers_send_a_digest_once_and_a_restart_forgets_none() {
    let mut world = World::starting(FRIDAY).await;
    let stop = CancellationToken::new();
    let more: Vec<_> = (0..2)
        .map(|_| {
            let context = Arc::new(world.app().context(Job::ALL.to_vec()).unwrap());
            tokio::spawn(worker::run(context, stop.clone()))
        })
        .collect();
    for number in 0..4 {
        subscribed(&world, &format!("one-of-{number}@partner.example"), daily()).await;
    }
    let id = world.submit(a_claim()).await;
    world.withdraw(id).await.unwrap();
    world.travel_to("2026-11-22T12:00:00Z").await;
    let sent = |world: &World| {
        let digests = world.mails().into_iter().filter(|mail| mail.message_id.starts_with("<d"));
        digests.count()
    };
    assert_eq!(sent(&world), 4);
    stop.cancel();
    for worker in more {
        worker.await.unwrap().unwrap();
    }
    let id = world.submit(a_claim_on("exchange")).await;
    world.withdraw(id).await.unwrap();
    world.stop_worker().await;
    world.start_worker();
    world.travel_to("2026-11-23T12:00:00Z").await;
    assert_eq!(sent(&world), 8);
    world.finish().await;
}

#[tokio::test]
async fn a_digest_follows_what_its_subscription_becomes() {
    let world = World::starting(FRIDAY).await;
    let notifications = world.notifications();
    let subscription = subscribed(&world, GROUP, daily()).await;
    let id = world.submit(a_claim()).await;
    world.withdraw(id).await.unwrap();
    let mut later = daily();
    later["hour"] = json!(20);
    notifications.change(subscription.id, &wish(GROUP, later)).await.unwrap();
    world.travel_to("2026-11-20T17:01:00Z").await;
    assert_eq!(told(&world, GROUP).len(), 1);
    let id = world.submit(a_claim_on("exchange")).await;
    world.withdraw(id).await.unwrap();
    notifications.change(subscription.id, &wish(GROUP, json!({}))).await.unwrap();
    world.settle().await;
    world.travel_to("2026-11-22T00:00:00Z").await;
    assert_eq!(told(&world, GROUP).len(), 1, "what was before the change is in the inbox");
    let id = world.submit(a_claim_on("sharepoint")).await;
    world.withdraw(id).await.unwrap();
    assert_eq!(told(&world, GROUP).len(), 2);
    notifications.remove(subscription.id).await.unwrap();
    world.travel_to("2026-11-25T00:00:00Z").await;
    assert_eq!(told(&world, GROUP).len(), 2);
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}
