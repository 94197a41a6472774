//! The race at the end of the window has one winner by rule, not by luck.

use cpor::claim::Status;
use cpor::claim::command::Command;
use cpor::claim::state::{EndReason, State};
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim};

use super::{END, FRIDAY, at, did, end, official_since, refused};

const LAST_MOMENT: &str = "2026-11-27T20:59:59.999Z";

#[tokio::test]
async fn a_rejection_one_millisecond_before_the_end_wins() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to(LAST_MOMENT).await;
    assert_eq!(did(world.reject(claim).await), ["claim_rejected"]);
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Rejected);
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
    assert!(world.claim(claim).await.held_items().is_empty());
}

#[tokio::test]
async fn a_rejection_at_the_very_end_is_too_late_and_is_recorded() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to(END).await;
    assert_eq!(did(world.reject(claim).await), ["late_rejection_received"]);
    assert_eq!(world.status(claim).await, Status::Associated);
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
}

#[tokio::test]
async fn a_rejection_entered_late_but_received_in_time_ends_the_association() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-30T09:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    let rejected = world.reject_received_at(claim, LAST_MOMENT).await;
    assert_eq!(did(rejected), ["association_ended"]);
    let State::Ended { reason, .. } = world.claim(claim).await.snapshot.state else {
        panic!("it goes on");
    };
    assert_eq!(reason, EndReason::RejectedInTime);
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
    // The item is free again.
    let mut another = a_claim();
    another.partner.mpn_id = "7654321".to_owned();
    let another = world.submit(another).await;
    assert_eq!(world.status(another).await, Status::Notified);
}

#[tokio::test]
async fn within_the_grace_a_rejection_received_in_time_comes_first() {
    let world = World::configured(FRIDAY, &[("window.finalize_grace_seconds", "30")]).await;
    let (rejected, silent) = (world.submit(a_claim()).await, world.submit(on("exchange")).await);
    world.travel_to("2026-11-27T21:00:29.999Z").await;
    assert_eq!(world.status(rejected).await, Status::Notified);
    let answer = world.reject_received_at(rejected, LAST_MOMENT).await;
    assert_eq!(did(answer), ["claim_rejected"]);
    // Received at the end it is too late, although the claim is not finalized yet.
    let answer = world.reject_received_at(silent, END).await;
    assert_eq!(did(answer), ["late_rejection_received"]);
    world.travel_to("2026-11-27T21:00:30Z").await;
    assert_eq!(world.status(rejected).await, Status::Rejected);
    assert_eq!(world.status(silent).await, Status::Associated);
    assert_eq!(official_since(&world, silent).await, at(END));
}

#[tokio::test]
async fn a_worker_that_was_away_over_the_end_does_not_change_the_official_instant() {
    let mut world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.stop_worker().await;
    world.ledger().clock().traveller().unwrap().set(at("2026-12-03T08:00:00Z")).await.unwrap();
    assert_eq!(world.status(claim).await, Status::Notified);
    world.start_worker();
    world.settle().await;
    assert_eq!(official_since(&world, claim).await, at(END));
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
    assert_eq!(world.status(claim).await, Status::Rejected);
}

#[tokio::test]
async fn an_answer_cannot_be_received_in_the_future() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let answer = world.reject_received_at(claim, "2026-11-20T15:00:00.001Z").await;
    assert_eq!(refused(answer).code(), "in_the_future");
    assert_eq!(world.status(claim).await, Status::Notified);
}

#[tokio::test]
async fn agreement_makes_it_official_at_once() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-23T10:30:00Z").await;
    let confirmed = world.confirm(claim).await;
    assert_eq!(did(confirmed), ["claim_confirmed", "association_finalized"]);
    assert_eq!(official_since(&world, claim).await, at("2026-11-23T10:30:00Z"));
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    let finalized = |events: Vec<&str>| events.into_iter().filter(|e| e.contains("final")).count();
    assert_eq!(finalized(world.events(claim).await), 1);
}

#[tokio::test]
async fn who_has_agreed_can_still_reject_until_the_window_ends() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    assert_eq!(did(world.confirm(claim).await), ["claim_confirmed", "association_finalized"]);
    world.travel_to("2026-11-27T20:59:59.999Z").await;
    assert_eq!(did(world.reject(claim).await), ["association_ended"]);
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
}

#[tokio::test]
async fn a_claim_is_withdrawn_before_the_end_and_an_association_ended_after_it() {
    let world = World::starting(FRIDAY).await;
    let (early, late) = (world.submit(a_claim()).await, world.submit(on("exchange")).await);
    assert_eq!(did(world.withdraw(early).await), ["claim_withdrawn"]);
    assert!(did(world.withdraw(early).await).is_empty());
    assert_eq!(refused(end(&world, late, EndReason::PartnerWithdrew).await).code(), "wrong_status");
    world.travel_to(END).await;
    assert_eq!(world.status(early).await, Status::Withdrawn);
    assert_eq!(refused(world.withdraw(late).await).code(), "official");
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:exchange"]);
    let ended = end(&world, late, EndReason::CustomerWithdrew).await;
    assert_eq!(did(ended), ["association_ended"]);
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
}

#[tokio::test]
async fn nobody_can_finalize_while_the_window_is_open() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to(LAST_MOMENT).await;
    assert_eq!(refused(world.apply(claim, Command::Finalize).await).code(), "window_open");
    assert_eq!(world.status(claim).await, Status::Notified);
}

fn on(workload: &str) -> cpor_jobs::SubmitClaim {
    let mut claim = a_claim();
    claim.items = vec![cpor_jobs::Item::workload(workload)];
    claim
}
