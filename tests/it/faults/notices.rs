//! F20 and F21: notices of which nobody knows what became of them.

use chrono::TimeDelta;
use cpor::claim::command::Command;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{World, a_claim};

use super::{FRIDAY, violations};

/// The mail server gets ten minutes for the final dot; these tests do not have them.
const SHORT: [(&str, &str); 1] = [("mail.smtp.timeouts.final_dot_seconds", "1")];

async fn submitted_to(world: &World, local_part: &str) -> ClaimId {
    let mut claim = a_claim();
    claim.customer.contact.email = format!("{local_part}@anadoluelektrik.com.tr");
    world.submit(claim).await
}

/// Every copy that the mail server has is the same message.
fn copies(world: &World) -> usize {
    let mails = world.mails();
    for mail in &mails {
        assert_eq!(mail.message_id, mails[0].message_id);
        assert_eq!(mail.bytes, mails[0].bytes);
    }
    mails.len()
}

#[tokio::test]
async fn after_three_copies_of_unknown_fate_a_person_looks_and_the_same_message_goes_out() {
    let world = World::configured(FRIDAY, &SHORT).await;
    let claim = submitted_to(&world, "silent-after-dot").await;
    assert_eq!((world.status(claim).await, copies(&world)), (Status::Validated, 1));
    world.travel_for(TimeDelta::minutes(9)).await;
    assert_eq!(copies(&world), 1);
    world.travel_for(TimeDelta::hours(2)).await;
    assert_eq!((world.status(claim).await, copies(&world)), (Status::Validated, 3));
    let letters = world.dead_letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].claim_id(), Some(claim));
    assert!(violations(&world).await.is_empty(), "a person was asked");

    world.apply(claim, Command::ResumeNotice).await.unwrap();
    assert_eq!(copies(&world), 4);
    assert!(world.dead_letters().await.is_empty());
    // A customer who answers has had the notice.
    world.reject(claim).await.unwrap();
    assert_eq!(world.status(claim).await, Status::Rejected);
    assert!(violations(&world).await.is_empty());
}

#[tokio::test]
async fn a_worker_that_ends_in_the_act_leaves_a_copy_of_unknown_fate() {
    let at_once = [("agenda.shutdown_timeout_seconds", "0")];
    let mut world = World::without_worker(FRIDAY, &at_once).await;
    let claim = submitted_to(&world, "silent-after-dot").await;
    world.start_worker();
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(5));
    while world.mails().is_empty() {
        ticks.tick().await;
    }
    world.stop_worker().await;
    assert_eq!(world.status(claim).await, Status::Validated);
    assert_eq!(world.events(claim).await.last(), Some(&"notice_sending"));
    assert!(violations(&world).await.is_empty());
    world.start_worker();
    world.settle().await;
    assert_eq!(world.events(claim).await.last(), Some(&"notice_uncertain"));
    assert_eq!(copies(&world), 1, "the next copy has to wait");
    world.withdraw(claim).await.unwrap();
    world.finish().await;
}
