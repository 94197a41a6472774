//! The same key is the same claim, for as long as the claim exists.

use cpor::claim::Status;
use cpor::ledger::Submitted;
use cpor::testkit::{World, a_claim};

use super::{END, FRIDAY, named};

#[tokio::test]
async fn the_same_submission_twice_is_one_claim_also_after_its_end() {
    let world = World::starting(FRIDAY).await;
    let submission = a_claim();
    let claim = world.submit(submission.clone()).await;
    assert_eq!(world.try_submit(&submission).await, Submitted::Repeated(claim));
    world.travel_to(END).await;
    assert_eq!(world.try_submit(&submission).await, Submitted::Repeated(claim));
    assert_eq!(world.statuses().await, [Status::Associated]);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused_with_both_digests() {
    let world = World::starting(FRIDAY).await;
    let submission = a_claim();
    let claim = world.submit(submission.clone()).await;
    let mut other = submission;
    other.name = "Another rollout".to_owned();
    let findings = world.try_submit(&other).await.claim_id().unwrap_err();
    assert_eq!(named(&findings), [("idempotency_key".to_owned(), "key_reused".to_owned())]);
    let here = world.ledger().parse(other.to_json().unwrap().as_bytes(), world.now().await);
    for part in
        [claim.to_string(), world.claim(claim).await.submission.digest(), here.unwrap().digest()]
    {
        assert!(findings[0].message.contains(&part), "{part}: {}", findings[0].message);
    }
}

#[tokio::test]
async fn the_same_key_of_another_source_is_another_claim() {
    let world = World::starting(FRIDAY).await;
    let submission = a_claim();
    let claim = world.submit(submission.clone()).await;
    let mut other = submission;
    other.source = "another-crm".to_owned();
    other.items = vec![cpor_jobs::Item::workload("exchange")];
    assert_ne!(world.submit(other).await, claim);
}

#[tokio::test]
async fn fifty_submissions_of_one_key_at_once_are_one_claim() {
    let world = World::starting(FRIDAY).await;
    let json = a_claim().to_json().unwrap();
    let (ledger, raw) = (world.ledger(), json.as_bytes());
    let submissions = (0..50).map(|_| ledger.submit(raw));
    let answers = futures_util::future::try_join_all(submissions).await.unwrap();
    let accepted = answers.iter().filter(|answer| matches!(answer, Submitted::Accepted(_)));
    assert_eq!(accepted.count(), 1);
    let ids: std::collections::BTreeSet<String> =
        answers.iter().map(|answer| answer.claim_id().unwrap().to_string()).collect();
    assert_eq!(ids.len(), 1);
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified]);
    assert_eq!(world.mails().len(), 1);
}
