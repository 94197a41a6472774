//! Dead letters: kept with their reason, retried or dropped by a person.

use cpor::store::agenda::Outcome;
use cpor::store::dead::DeadEntry;
use cpor_jobs::Job;

use super::Deployment;

/// A deployment with one dead entry.
async fn with_a_dead_entry() -> (Deployment, DeadEntry) {
    let deployment = Deployment::virtual_clock().await;
    let claim = deployment.submit_on("teams").await;
    let (lease, at) = (deployment.take_one().await, deployment.at().await);
    let error = "it cannot be done".to_owned();
    assert!(deployment.store().settle(&lease, &Outcome::Dead { error }, at).await.unwrap());
    let [entry] = deployment.store().dead_letters().await.unwrap().try_into().unwrap();
    assert_eq!((entry.job, entry.claim_id()), (Job::ValidateClaim, Some(claim.id)));
    assert_eq!((entry.letter.attempts, entry.letter.at), (1, at.now));
    assert_eq!(entry.letter.error, "it cannot be done");
    (deployment, entry)
}

#[tokio::test]
async fn a_dead_entry_that_is_retried_is_due_at_once_with_fresh_attempts() {
    let (deployment, entry) = with_a_dead_entry().await;
    let at = deployment.at().await;
    assert!(deployment.store().retry_dead(&entry, at).await.unwrap());
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [1, 0, 0, 0]);
    let lease = deployment.take_one().await;
    assert_eq!((lease.failed_attempts(), lease.deliveries()), (0, 1));
    assert!(!deployment.store().retry_dead(&entry, at).await.unwrap(), "it is not dead any more");
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 1, 0]);
}

#[tokio::test]
async fn a_dead_entry_that_is_dropped_leaves_its_claim_as_it_is() {
    let (deployment, entry) = with_a_dead_entry().await;
    let at = deployment.at().await;
    assert!(deployment.store().drop_dead(&entry, at).await.unwrap());
    assert!(!deployment.store().drop_dead(&entry, at).await.unwrap());
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 0, 0]);
    let claim = deployment.claim(entry.claim_id().unwrap()).await;
    assert_eq!(claim.revision, 1);
}

#[tokio::test]
async fn an_entry_that_died_of_something_else_meanwhile_is_left_alone() {
    let (deployment, mut entry) = with_a_dead_entry().await;
    entry.letter.error = "what somebody else has looked at".to_owned();
    let at = deployment.at().await;
    assert!(!deployment.store().retry_dead(&entry, at).await.unwrap());
    assert!(!deployment.store().drop_dead(&entry, at).await.unwrap());
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 0, 1]);
}

#[tokio::test]
async fn where_nothing_is_dead_the_list_is_empty() {
    let deployment = Deployment::virtual_clock().await;
    assert_eq!(deployment.store().dead_letters().await.unwrap(), []);
}
