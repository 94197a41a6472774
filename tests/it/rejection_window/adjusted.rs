//! A window that is paused, resumed, extended, or touched by an outage of the page.

use cpor::calendar::{BusinessDays, Span};
use cpor::claim::identity::Comment;
use cpor::claim::{ClaimId, Status};
use cpor::ledger::Adjustment;
use cpor::testkit::{World, a_claim};

use super::{FRIDAY, at};

const CONTACT: &str = "mert.kaya@anadoluelektrik.com.tr";

fn reason() -> Comment {
    Comment::parse("A court looks at the contract.").unwrap()
}

fn pause() -> Adjustment {
    Adjustment::Pause { reason: reason() }
}

fn resume() -> Adjustment {
    Adjustment::Resume { reason: reason() }
}

fn extend(days: u32) -> Adjustment {
    let business_days = BusinessDays::new(days).unwrap();
    Adjustment::Extend { business_days, reason: reason() }
}

fn outage(from: &str, to: &str) -> Adjustment {
    Adjustment::Outage { outage: Span { from: at(from), to: at(to) }, reason: reason() }
}

/// A claim of a customer in Istanbul, notified on Friday 20 November 2026; its five business days
/// are Monday to Friday of the week after.
async fn notified(world: &World) -> ClaimId {
    let claim = world.submit(a_claim()).await;
    assert_eq!(world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
    claim
}

#[tokio::test]
async fn days_on_which_the_time_stands_still_are_not_counted() {
    let world = World::starting(FRIDAY).await;
    let claim = notified(&world).await;
    world.travel_to("2026-11-24T10:00:00Z").await; // Tuesday; Monday has passed.
    world.adjust(claim, pause()).await.unwrap();
    assert_eq!(world.status(claim).await, Status::Paused);
    world.travel_to("2026-12-02T10:00:00Z").await; // Wednesday, long after the end.
    assert_eq!(world.status(claim).await, Status::Paused);
    world.adjust(claim, resume()).await.unwrap();
    // Four days are left: Thursday, Friday, Monday, Tuesday.
    assert_eq!(world.closes_at(claim).await, at("2026-12-08T21:00:00Z"));
    world.travel_to("2026-12-08T20:59:59.999Z").await;
    assert_eq!(world.status(claim).await, Status::Notified);
    world.travel_to("2026-12-08T21:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
}

#[tokio::test]
async fn a_customer_can_answer_while_the_time_stands_still() {
    let world = World::starting(FRIDAY).await;
    let (yes, no) = (notified(&world).await, world.submit(other_claim()).await);
    for claim in [yes, no] {
        world.adjust(claim, pause()).await.unwrap();
    }
    world.travel_to("2027-01-11T10:00:00Z").await;
    world.confirm(yes).await.unwrap();
    world.reject(no).await.unwrap();
    assert_eq!(world.status(yes).await, Status::Associated);
    assert_eq!(world.status(no).await, Status::Rejected);
}

fn other_claim() -> cpor_jobs::SubmitClaim {
    let mut claim = cpor::testkit::a_dynamics_claim();
    CONTACT.clone_into(&mut claim.customer.contact.email);
    claim
}

#[tokio::test]
async fn a_reviewer_grants_more_business_days() {
    let world = World::starting(FRIDAY).await;
    let claim = notified(&world).await;
    world.adjust(claim, extend(2)).await.unwrap();
    assert_eq!(world.closes_at(claim).await, at("2026-12-01T21:00:00Z"));
    world.adjust(claim, extend(1)).await.unwrap();
    assert_eq!(world.closes_at(claim).await, at("2026-12-02T21:00:00Z"));
    world.travel_to("2026-12-02T21:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    assert!(world.adjust(claim, extend(1)).await.is_err(), "it has ended");
}

#[tokio::test]
async fn every_day_of_an_outage_is_made_good_by_a_business_day() {
    let check = async |from: &str, to: &str, closes_at: &str| {
        let world = World::starting(FRIDAY).await;
        let claim = notified(&world).await;
        world.travel_to("2026-11-26T10:00:00Z").await;
        world.adjust(claim, outage(from, to)).await.unwrap();
        assert_eq!(world.closes_at(claim).await, at(closes_at), "{from} to {to}");
        world.travel_to(closes_at).await;
        assert_eq!(world.status(claim).await, Status::Associated);
    };
    // Five minutes of a Monday; of Monday and Tuesday; of a Sunday; of the day of the notice.
    check("2026-11-23T08:00:00Z", "2026-11-23T08:05:00Z", "2026-11-30T21:00:00Z").await;
    check("2026-11-23T20:55:00Z", "2026-11-23T21:05:00Z", "2026-12-01T21:00:00Z").await;
    check("2026-11-22T08:00:00Z", "2026-11-22T08:05:00Z", "2026-11-30T21:00:00Z").await;
    check("2026-11-20T14:00:00Z", "2026-11-20T16:00:00Z", "2026-11-30T21:00:00Z").await;
    // Before the notice, and for no time at all.
    check("2026-11-20T10:00:00Z", "2026-11-20T15:00:00Z", "2026-11-27T21:00:00Z").await;
    check("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z", "2026-11-27T21:00:00Z").await;
}

#[tokio::test]
async fn an_outage_while_the_time_stands_still_takes_nothing_whenever_it_is_recorded() {
    for is_recorded_first in [true, false] {
        let world = World::starting(FRIDAY).await;
        let claim = notified(&world).await;
        world.travel_to("2026-11-21T10:00:00Z").await; // Saturday.
        world.adjust(claim, pause()).await.unwrap();
        world.travel_to("2026-11-22T20:00:00Z").await; // Sunday evening.
        let sunday = outage("2026-11-22T08:00:00Z", "2026-11-22T10:00:00Z");
        if is_recorded_first {
            world.adjust(claim, sunday.clone()).await.unwrap();
        }
        world.adjust(claim, resume()).await.unwrap();
        if !is_recorded_first {
            world.adjust(claim, sunday).await.unwrap();
        }
        world.expect(claim).notified_until("2026-11-27T21:00:00Z").await;
    }
}

#[tokio::test]
async fn an_outage_that_is_recorded_twice_counts_once() {
    let world = World::starting(FRIDAY).await;
    let claim = notified(&world).await;
    world.travel_to("2026-11-24T10:00:00Z").await;
    for _ in 0..2 {
        let monday = outage("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z");
        world.adjust(claim, monday).await.unwrap();
    }
    assert_eq!(world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
    let extended = world.events(claim).await.into_iter().filter(|name| *name == "window_extended");
    assert_eq!(extended.count(), 1);
}

#[tokio::test]
async fn the_customer_is_told_of_every_change_once() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_claim();
    submission.customer.contact.language = Some("en".to_owned());
    let claim = world.submit(submission).await;
    world.travel_to("2026-11-24T10:00:00Z").await;
    world.adjust(claim, pause()).await.unwrap();
    let mail = world.latest_mail_to(CONTACT);
    assert!(mail.contains("Your time to answer is stopped for now"), "{mail}");
    assert!(mail.contains("A court looks at the contract."), "{mail}");
    world.travel_to("2026-11-25T10:00:00Z").await;
    world.adjust(claim, resume()).await.unwrap();
    let mail = world.latest_mail_to(CONTACT);
    assert!(mail.contains("before Wednesday 2 December 2026, 00:00"), "{mail}");
    assert!(
        mail.contains("are not counted: Tuesday 24 November 2026; Wednesday 25 November 2026."),
        "{mail}"
    );
    world.adjust(claim, extend(1)).await.unwrap();
    let mail = world.latest_mail_to(CONTACT);
    assert!(mail.contains("1 more business day."), "{mail}");
    assert!(mail.contains("before Thursday 3 December 2026, 00:00"), "{mail}");
    let told = world.events(claim).await.into_iter().filter(|name| *name == "correction_sent");
    assert_eq!(told.count(), 3);
    world.reject(claim).await.unwrap();
}

#[tokio::test]
async fn nobody_pauses_or_extends_what_has_ended() {
    let world = World::starting(FRIDAY).await;
    let claim = notified(&world).await;
    assert!(world.adjust(claim, resume()).await.is_err(), "it was never paused");
    world.reject(claim).await.unwrap();
    for adjustment in [pause(), resume(), extend(1)] {
        assert!(world.adjust(claim, adjustment).await.is_err());
    }
}
