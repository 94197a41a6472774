//! What upstream systems push reaches the customer, or a person with every reason.

use cpor::claim::Status;
use cpor::testkit::{World, a_claim};
use cpor_jobs::client::{Client, ClientSettings};
use cpor_jobs::{Item, Job, SubmitClaim};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// The line of intake that upstream teams are shown.
const LINE: &str = include_str!("../../jobs/tests/wire/submit_claim.v1.json");

async fn client(world: &World) -> Client {
    let mut settings = ClientSettings::new(world.redis_url());
    settings.namespace = world.namespace().to_owned();
    Client::connect(settings).await.unwrap()
}

fn on(workload: &str) -> SubmitClaim {
    let mut claim = a_claim();
    claim.items = vec![Item::workload(workload)];
    claim
}

/// Waits for what a client has pushed. The world does not know of it by itself.
async fn taken_in(world: &World) {
    world.settle().await;
}

#[tokio::test]
async fn the_typed_client_enqueues_and_the_customer_is_notified() {
    let world = World::starting(FRIDAY).await;
    let client = client(&world).await;
    client.enqueue(&on("teams")).await.unwrap();
    taken_in(&world).await;
    assert_eq!(world.statuses().await, [Status::Notified]);
    assert_eq!(world.mails().len(), 1);
    let more: Vec<SubmitClaim> = ["exchange", "sharepoint", "intune"].map(on).into();
    assert_eq!(client.enqueue_all(&more).await.unwrap(), 3);
    taken_in(&world).await;
    assert_eq!(world.statuses().await, [Status::Notified; 4]);
    // Repeating a push is harmless.
    client.enqueue_all(&more).await.unwrap();
    taken_in(&world).await;
    assert_eq!(world.statuses().await, [Status::Notified; 4]);
    assert_eq!(world.mails().len(), 4);
}

#[tokio::test]
async fn what_was_pushed_while_nobody_worked_is_taken_in_later() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    client(&world).await.enqueue(&a_claim()).await.unwrap();
    assert!(world.statuses().await.is_empty());
    world.start_worker();
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified]);
}

#[tokio::test]
async fn the_documented_line_of_intake_becomes_a_claim() {
    let world = World::starting(FRIDAY).await;
    world.intake([LINE.trim_end()]).await;
    assert_eq!(world.statuses().await, [Status::Notified]);
    assert!(world.dead_letters().await.is_empty());
}

#[tokio::test]
async fn a_refused_submission_is_a_dead_letter_with_every_finding() {
    let world = World::starting(FRIDAY).await;
    let mut refused = a_claim();
    refused.partner.mpn_id = "0".to_owned();
    refused.customer.domain = "not a domain".to_owned();
    refused.items = vec![Item::workload("teamz")];
    world.intake([refused.to_json().unwrap()]).await;
    let dead = world.dead_letters().await;
    assert_eq!(dead.len(), 1);
    let (job, error) = (dead[0].job, &dead[0].letter.error);
    assert_eq!(job, Job::SubmitClaim);
    for field in ["partner.mpn_id", "customer.domain", "items[0].workload"] {
        assert!(error.contains(field), "{field} is not in: {error}");
    }
    assert!(dead[0].raw.as_ref().unwrap().contains("teamz"));
    assert!(world.statuses().await.is_empty());
    world.drop_dead_letters().await;
}

#[tokio::test]
async fn rubbish_among_good_claims_is_left_to_a_person_and_stops_nobody() {
    let world = World::starting(FRIDAY).await;
    let good = on("teams").to_json().unwrap();
    let other = on("exchange").to_json().unwrap();
    let long = format!("{{\"comment\":\"{}\"}}", "x".repeat(70_000));
    let rubbish: [&[u8]; 10] = [
        b"",
        b"rubbish",
        b"{",
        b"null",
        b"[1,2,3]",
        b"\"text\"",
        b"\xff\xfe\x00",
        b"{\"v\":99}",
        b"{\"v\":1,\"unknown\":true}",
        long.as_bytes(),
    ];
    let good = [good.as_bytes(), other.as_bytes()];
    world.intake(good[..1].iter().chain(&rubbish).chain(&good[1..])).await;
    assert_eq!(world.statuses().await, [Status::Notified; 2]);
    let dead = world.dead_letters().await;
    assert_eq!(dead.len(), rubbish.len());
    assert!(dead.iter().all(|entry| !entry.letter.error.is_empty()));
    world.drop_dead_letters().await;
}

#[tokio::test]
async fn a_submission_that_was_put_right_is_retried_by_a_person() {
    let world = World::starting(FRIDAY).await;
    let first = a_claim();
    world.intake([first.to_json().unwrap(), "{".to_owned()]).await;
    let dead = world.dead_letters().await;
    let at = world.ledger().clock().instant().await.unwrap();
    assert!(world.ledger().store().retry_dead(&dead[0], at).await.unwrap());
    world.settle().await;
    // It is as malformed as before.
    assert_eq!(world.dead_letters().await.len(), 1);
    assert_eq!(world.statuses().await, [Status::Notified]);
    world.drop_dead_letters().await;
}
