//! The notice on its way: deferred, refused, uncertain.

use chrono::{DateTime, TimeDelta, Utc};
use cpor::calendar::{Language, closing_moment};
use cpor::claim::command::Command;
use cpor::claim::retry::{Retry, retry};
use cpor::claim::state::State;
use cpor::testkit::{World, a_claim, a_claim_of};
use cpor_jobs::{Job, SubmitClaim};

use super::mails::{text, window};
use super::{FRIDAY, at, did};

fn to(local_part: &str) -> SubmitClaim {
    let mut claim = a_claim();
    claim.customer.contact.email = format!("{local_part}@anadoluelektrik.com.tr");
    claim.customer.contact.language = Some("en".to_owned());
    claim
}

async fn next_copy_at(world: &World, id: cpor::claim::ClaimId) -> DateTime<Utc> {
    match &world.claim(id).await.state {
        State::Validated { notice } => notice.due_at,
        other => panic!("no notice is on its way: {other:?}"),
    }
}

#[tokio::test]
async fn the_window_of_a_greylisted_notice_counts_from_its_acceptance() {
    // Two minutes before midnight on a Monday.
    let world = World::starting("2026-11-23T20:58:00Z").await;
    let claim = world.submit(to("greylisted")).await;
    world.expect(claim).validated().await;
    world.travel_for(TimeDelta::minutes(10)).await;
    world.expect(claim).notified().await;
    let window = window(&world, claim).await;
    // The first pause is 1 minute, the second 5, each with up to a tenth of jitter.
    assert!(window.opened_at >= at("2026-11-23T21:04:00Z"), "{}", window.opened_at);
    world
        .expect(claim)
        .notified_until("2026-12-01T21:00:00Z")
        .has_event_times("notice_deferred", 2)
        .has_been_mailed("notice")
        .await;
    assert_eq!(world.mails().len(), 1);
}

#[tokio::test]
async fn a_notice_deferred_over_midnight_names_the_end_that_holds() {
    let world = World::starting("2026-11-23T20:58:00Z").await;
    let claim = world.submit(to("greylisted")).await;
    world.travel_for(TimeDelta::minutes(10)).await;
    let closes = closing_moment(&window(&world, claim).await.deadline, Language::English);
    let mail = text(&world.mails()[0]);
    assert!(mail.contains(&closes), "{closes} is not in: {mail}");
}

#[tokio::test]
async fn a_notice_is_tried_on_its_own_schedule_until_a_person_has_to_look() {
    let world = World::configured(FRIDAY, &[("workers.notify_customer.attempts_max", "7")]).await;
    let claim = world.submit(to("full")).await;
    let entry = claim.to_string();
    for (attempt, least_min) in [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 60)] {
        let now = world.now().await;
        let expected = retry(Job::NotifyCustomer, &entry, attempt, u32::MAX, now);
        let due_at = next_copy_at(&world, claim).await;
        assert_eq!(Retry::At(due_at), expected);
        assert!(due_at - now >= TimeDelta::minutes(least_min), "attempt {attempt}");
        assert_eq!(world.travel_to_next().await, due_at);
    }
    // The seventh deferral was the last; its entry is left to a person when it is due.
    world.travel_to_next().await;
    let dead = world.dead_letters().await;
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].job, dead[0].claim_id()), (Job::NotifyCustomer, Some(claim)));
    world.expect(claim).validated().await;
    assert!(world.mails().is_empty());
    world.withdraw(claim).await.unwrap();
    assert!(world.dead_letters().await.is_empty(), "who withdraws leaves nothing to a person");
}

#[tokio::test]
async fn a_person_can_resume_a_notice_that_was_deferred_too_often() {
    let world = World::configured(FRIDAY, &[("workers.notify_customer.attempts_max", "2")]).await;
    let claim = world.submit(to("greylisted")).await;
    world.travel_for(TimeDelta::hours(1)).await;
    assert_eq!(world.dead_letters().await.len(), 1);
    assert_eq!(did(world.apply(claim, Command::ResumeNotice).await), ["notice_resumed"]);
    world.expect(claim).notified().await;
    assert!(world.dead_letters().await.is_empty());
}

#[tokio::test]
async fn a_notice_is_resumed_in_the_very_moment_in_which_it_was_left_to_a_person() {
    let world = World::configured(FRIDAY, &[("workers.notify_customer.attempts_max", "2")]).await;
    let claim = world.submit(to("greylisted")).await;
    world.travel_to_next().await;
    world.travel_to_next().await;
    assert_eq!(world.dead_letters().await.len(), 1);
    world.apply(claim, Command::ResumeNotice).await.unwrap();
    world.expect(claim).notified().await;
    assert!(world.dead_letters().await.is_empty());
}

#[tokio::test]
async fn an_undeliverable_notice_is_answered_with_another_contact_and_a_notice_of_its_own() {
    let world = World::starting(FRIDAY).await;
    let mut submission = to("refused");
    let claim = world.submit(submission.clone()).await;
    let required = world.expect(claim).action_required_for("undeliverable");
    required.has_findings(["undeliverable"]).has_not_been_mailed("notice").await;
    // The claim keeps its hold meanwhile.
    let rival = world.submit(a_claim_of("7654321")).await;
    world.expect(rival).contested().await;
    submission.customer.contact.email = "selin@anadoluelektrik.com.tr".to_owned();
    assert_eq!(did(world.amend(claim, &submission).await), ["claim_amended"]);
    world.expect(claim).notified().await;
    let mails = world.mails();
    let notice = mails.iter().find(|mail| mail.to.starts_with("selin@")).unwrap();
    assert_eq!(notice.message_id, format!("<n2.{claim}@cpor.example>"));
    let refused = world.history(claim).await;
    let first = refused.iter().find(|r| r.event.name() == "notice_sending").unwrap();
    let json = serde_json::to_string(&first.event).unwrap();
    assert!(json.contains(&format!("<n1.{claim}@cpor.example>")), "{json}");
}

#[tokio::test]
async fn a_notice_of_unknown_fate_is_sent_again_as_the_same_message() {
    let world = World::starting("2026-11-23T20:58:00Z").await;
    let claim = world.submit(to("drop-after-dot")).await;
    world.expect(claim).validated().await;
    world.travel_for(TimeDelta::minutes(10)).await;
    world.expect(claim).notified().await;
    let mails = world.mails();
    assert_eq!(mails.len(), 2);
    let envelope = |at: usize| (&mails[at].from, &mails[at].to, &mails[at].message_id);
    assert_eq!(envelope(0), envelope(1));
    assert_eq!(mails[0].bytes, mails[1].bytes, "although a day has begun meanwhile");
    // The window counts from the copy that was confirmed.
    let notified = world.expect(claim).notified_until("2026-12-01T21:00:00Z");
    notified.has_event_times("notice_uncertain", 1).await;
}

#[tokio::test]
async fn a_customer_can_reject_while_its_notice_is_on_its_way_again() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(to("drop-after-dot")).await;
    assert_eq!(did(world.reject(claim).await), ["claim_rejected"]);
    world.travel_to("2026-12-31T00:00:00Z").await;
    world.expect(claim).rejected().await;
    let copies = world.mails().iter().filter(|mail| mail.message_id.starts_with("<n")).count();
    assert_eq!(copies, 1, "who has answered gets a receipt, and no notice again");
}
