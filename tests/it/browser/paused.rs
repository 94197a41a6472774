//! What customers see while the time stands still, and after it went on.

use cpor::calendar::BusinessDays;
use cpor::claim::Status;
use cpor::claim::identity::Comment;
use cpor::ledger::Adjustment;

use super::chromium::{Device, Setup};
use super::reader::Reader;

fn reason() -> Comment {
    Comment::parse("A court looks at it.").unwrap()
}

#[tokio::test]
async fn a_customer_rejects_while_the_time_stands_still() {
    let reader = Reader::of_a_notice(Setup::default()).await;
    reader.world.adjust(reader.claim, Adjustment::Pause { reason: reason() }).await.unwrap();
    reader.reloads().await;
    reader.sees("Your time to answer is stopped").await;
    reader.browser.screenshot("notice-paused").await;
    reader.world.travel_to("2027-01-11T10:00:00Z").await;
    reader.answers("reject").await;
    reader.sees("You have rejected the claim of partner.example").await;
    assert_eq!(reader.status().await, Status::Rejected);
    reader.finish().await;
}

#[tokio::test]
async fn on_a_phone_a_window_that_became_longer_is_explained() {
    let reader = Reader::of_a_notice(Setup { device: Device::Phone, ..Setup::default() }).await;
    let (world, claim) = (&reader.world, reader.claim);
    world.travel_to("2026-11-24T10:00:00Z").await;
    world.adjust(claim, Adjustment::Pause { reason: reason() }).await.unwrap();
    reader.reloads().await;
    reader.sees("Your time to answer is stopped").await;
    reader.browser.screenshot("notice-paused-phone").await;
    world.travel_to("2026-11-25T10:00:00Z").await;
    world.adjust(claim, Adjustment::Resume { reason: reason() }).await.unwrap();
    let business_days = BusinessDays::new(2).unwrap();
    world.adjust(claim, Adjustment::Extend { business_days, reason: reason() }).await.unwrap();
    reader.reloads().await;
    reader.sees("You were granted 2 more business days").await;
    reader.browser.screenshot("notice-extended-phone").await;
    reader.finish().await;
}
