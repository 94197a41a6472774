//! The reminder, while there is time to answer and somebody to remind.

use cpor::testkit::{World, a_claim};

use super::FRIDAY;

const TWO_DAYS_LEFT: &str = "2026-11-25T21:00:00Z";

fn reminders(world: &World) -> usize {
    world.mails().iter().filter(|mail| mail.message_id.starts_with("<r")).count()
}

#[tokio::test]
async fn the_customer_is_reminded_when_two_business_days_are_left() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-25T20:59:59.999Z").await;
    assert!(!world.events(claim).await.contains(&"customer_reminded"));
    world.travel_to(TWO_DAYS_LEFT).await;
    assert!(world.events(claim).await.contains(&"customer_reminded"));
    let to: Vec<String> = world.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["mert.kaya@anadoluelektrik.com.tr"; 2]);
}

#[tokio::test]
async fn a_window_too_short_for_it_has_no_reminder() {
    let world = World::configured(FRIDAY, &[("window.business_days", "2")]).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert!(!world.events(claim).await.contains(&"customer_reminded"));
}

#[tokio::test]
async fn a_deployment_can_do_without_reminders() {
    let world = World::configured(FRIDAY, &[("window.reminder_business_days", "0")]).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert!(!world.events(claim).await.contains(&"customer_reminded"));
}

#[tokio::test]
async fn who_has_rejected_or_agreed_is_not_reminded() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.reject(claim).await.unwrap();
    let claim = world.submit(a_claim()).await;
    world.confirm(claim).await.unwrap();
    let before = world.mails().len();
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!((world.mails().len(), reminders(&world)), (before, 0));
}

#[tokio::test]
async fn a_reminder_that_would_come_after_the_end_is_left_out() {
    let mut world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.stop_worker().await;
    let late = "2026-12-03T08:00:00Z".parse().unwrap();
    world.ledger().clock().traveller().unwrap().set(late).await.unwrap();
    let before = world.mails().len();
    world.start_worker();
    world.settle().await;
    let partner = world.mails().split_off(before);
    let to: Vec<&str> = partner.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["ece.yildiz@partner.example"], "{:?}", world.events(claim).await);
}
