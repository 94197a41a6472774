//! The race at the end of the window has one winner by rule, not by luck.

use cpor::claim::command::Command;
use cpor::claim::state::EndReason;
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim, a_claim_of, a_claim_on};

use super::{END, FRIDAY, at, did, end, refused};

const LAST_MOMENT: &str = "2026-11-27T20:59:59.999Z";

#[tokio::test]
async fn a_rejection_one_millisecond_before_the_end_wins() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to(LAST_MOMENT).await;
    assert_eq!(did(world.reject(claim).await), ["claim_rejected"]);
    world.travel_to("2026-12-31T00:00:00Z").await;
    world.expect(claim).rejected_at(LAST_MOMENT).sees_no_usage_data().await;
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
    assert!(world.claim(claim).await.held_items().is_empty());
}

#[tokio::test]
async fn a_rejection_at_the_very_end_is_too_late_and_is_recorded() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to(END).await;
    assert_eq!(did(world.reject(claim).await), ["late_rejection_received"]);
    world.expect(claim).associated_at(END).sees_usage_data().await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
}

#[tokio::test]
async fn a_rejection_entered_late_but_received_in_time_ends_the_association() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-30T09:00:00Z").await;
    world.expect(claim).associated().await;
    let rejected = world.reject_received_at(claim, LAST_MOMENT).await;
    assert_eq!(did(rejected), ["association_ended"]);
    world.expect(claim).ended_because("rejected_in_time").sees_no_usage_data().await;
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
    // The item is free again.
    let another = world.submit(a_claim_of("7654321")).await;
    world.expect(another).notified().await;
}

#[tokio::test]
async fn within_the_grace_a_rejection_received_in_time_comes_first() {
    let world = World::configured(FRIDAY, &[("window.finalize_grace_seconds", "30")]).await;
    let (rejected, silent) =
        (world.submit(a_claim()).await, world.submit(a_claim_on("exchange")).await);
    world.travel_to("2026-11-27T21:00:29.999Z").await;
    world.expect(rejected).notified().await;
    let answer = world.reject_received_at(rejected, LAST_MOMENT).await;
    assert_eq!(did(answer), ["claim_rejected"]);
    // Received at the end it is too late, although the claim is not finalized yet.
    let answer = world.reject_received_at(silent, END).await;
    assert_eq!(did(answer), ["late_rejection_received"]);
    world.travel_to("2026-11-27T21:00:30Z").await;
    world.expect(rejected).rejected_at(LAST_MOMENT).await;
    world.expect(silent).associated_at(END).await;
}

#[tokio::test]
async fn a_worker_that_was_away_over_the_end_does_not_change_the_official_instant() {
    let mut world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.stop_worker().await;
    world.ledger().clock().traveller().unwrap().set(at("2026-12-03T08:00:00Z")).await.unwrap();
    world.expect(claim).notified().await;
    world.start_worker();
    world.settle().await;
    world.expect(claim).associated_at(END).await;
    let finalized = world.history(claim).await.into_iter();
    let recorded_at = finalized.filter(|r| r.event.name() == "association_finalized").map(|r| r.at);
    assert_eq!(recorded_at.collect::<Vec<_>>(), [at("2026-12-03T08:00:00Z")]);
}

#[tokio::test]
async fn a_rejection_stops_the_worker_that_comes_back_after_the_end() {
    let mut world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.stop_worker().await;
    world.ledger().clock().traveller().unwrap().set(at("2026-12-03T08:00:00Z")).await.unwrap();
    let answer = world.reject_received_at(claim, LAST_MOMENT).await;
    assert_eq!(did(answer), ["claim_rejected"]);
    world.start_worker();
    world.settle().await;
    world.expect(claim).rejected().await;
}

#[tokio::test]
async fn an_answer_cannot_be_received_in_the_future() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let answer = world.reject_received_at(claim, "2026-11-20T15:00:00.001Z").await;
    assert_eq!(refused(answer).code(), "in_the_future");
    world.expect(claim).notified().await;
}

#[tokio::test]
async fn agreement_makes_it_official_at_once() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-23T10:30:00Z").await;
    let confirmed = world.confirm(claim).await;
    assert_eq!(did(confirmed), ["claim_confirmed", "association_finalized"]);
    world.expect(claim).associated_at("2026-11-23T10:30:00Z").sees_usage_data().await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
    world.travel_to("2026-12-31T00:00:00Z").await;
    let still = world.expect(claim).associated_at("2026-11-23T10:30:00Z");
    still.has_event_times("association_finalized", 1).await;
}

#[tokio::test]
async fn who_has_agreed_can_still_reject_until_the_window_ends() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    assert_eq!(did(world.confirm(claim).await), ["claim_confirmed", "association_finalized"]);
    world.travel_to("2026-11-27T20:59:59.999Z").await;
    assert_eq!(did(world.reject(claim).await), ["association_ended"]);
    world.expect(claim).ended_because("rejected_in_time").sees_no_usage_data().await;
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
}

#[tokio::test]
async fn a_claim_is_withdrawn_before_the_end_and_an_association_ended_after_it() {
    let world = World::starting(FRIDAY).await;
    let (early, late) = (world.submit(a_claim()).await, world.submit(a_claim_on("exchange")).await);
    assert_eq!(did(world.withdraw(early).await), ["claim_withdrawn"]);
    assert!(did(world.withdraw(early).await).is_empty());
    assert_eq!(refused(end(&world, late, EndReason::PartnerWithdrew).await).code(), "wrong_status");
    world.travel_to(END).await;
    world.expect(early).withdrawn().await;
    assert_eq!(refused(world.withdraw(late).await).code(), "official");
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:exchange"]);
    let ended = end(&world, late, EndReason::CustomerWithdrew).await;
    assert_eq!(did(ended), ["association_ended"]);
    world.expect(late).ended_because("customer_withdrew").sees_no_usage_data().await;
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
}

#[tokio::test]
async fn nobody_can_finalize_while_the_window_is_open() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to(LAST_MOMENT).await;
    assert_eq!(refused(world.apply(claim, Command::Finalize).await).code(), "window_open");
    world.expect(claim).notified().await;
}
