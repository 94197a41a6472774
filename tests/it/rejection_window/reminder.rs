//! The reminder, while there is time to answer and somebody to remind.

use cpor::testkit::{World, a_claim};

use super::FRIDAY;

const MERT: &str = "mert.kaya@anadoluelektrik.com.tr";
const TWO_DAYS_LEFT: &str = "2026-11-25T21:00:00Z";

#[tokio::test]
async fn the_customer_is_reminded_when_two_business_days_are_left() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-25T20:59:59.999Z").await;
    world.expect(claim).has_no_event("customer_reminded").mails_to(MERT, 1).await;
    world.travel_to(TWO_DAYS_LEFT).await;
    let expectation = world.expect(claim).has_event("customer_reminded");
    expectation.has_been_mailed("reminder").mails_to(MERT, 2).await;
    assert_eq!(world.mails().len(), 2);
}

#[tokio::test]
async fn a_window_too_short_for_it_has_no_reminder() {
    let world = World::configured(FRIDAY, &[("window.business_days", "2")]).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    world.expect(claim).associated().has_no_event("customer_reminded").await;
}

#[tokio::test]
async fn a_deployment_can_do_without_reminders() {
    let world = World::configured(FRIDAY, &[("window.reminder_business_days", "0")]).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    world.expect(claim).associated().has_no_event("customer_reminded").await;
}

#[tokio::test]
async fn who_has_rejected_or_agreed_is_not_reminded() {
    let world = World::starting(FRIDAY).await;
    let rejected = world.submit(a_claim()).await;
    world.reject(rejected).await.unwrap();
    let agreed = world.submit(a_claim()).await;
    world.confirm(agreed).await.unwrap();
    let before = world.mails().len();
    world.travel_to("2026-12-31T00:00:00Z").await;
    world.expect(rejected).rejected().has_not_been_mailed("reminder").await;
    world.expect(agreed).associated().has_not_been_mailed("reminder").await;
    assert_eq!(world.mails().len(), before);
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
    world.expect(claim).has_been_mailed("partner_result").has_not_been_mailed("reminder").await;
    let partner = world.mails().split_off(before);
    let to: Vec<&str> = partner.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["ece.yildiz@partner.example"]);
}
