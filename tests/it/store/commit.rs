//! `commit.lua`: everything or nothing.

use chrono::TimeDelta;
use cpor::claim::command::Command;
use cpor::claim::{ChainTip, Status};
use cpor::store::feed::FeedPosition;
use cpor::store::{Commit, Committed, Instant, StoreError};
use cpor_jobs::Job;

use super::{Deployment, change, later, right};

#[tokio::test]
async fn a_commit_on_an_old_revision_changes_nothing() {
    let deployment = Deployment::virtual_clock().await;
    let (claim, at) = (deployment.submit_on("teams").await, deployment.at().await);
    let withdraw = Command::Withdraw { reason: None };
    deployment.app.ledger.apply(claim.id, &withdraw, "partner").await.unwrap();
    let (events, after) = change(&claim, &right(), at.now);
    let commit = Commit {
        before: Some(&claim),
        after: &after,
        events: &events,
        lease: None,
        companions: &[],
    };
    assert_eq!(deployment.store().commit(&commit, at).await.unwrap(), Committed::Conflict);
    assert_eq!(deployment.claim(claim.id).await.status(), Status::Withdrawn);
    assert_eq!(deployment.store().history(claim.id).await.unwrap().len(), 2);
    assert!(deployment.store().holders(&claim).await.unwrap().is_empty());
    assert_eq!(deployment.counts(Job::NotifyCustomer).await, [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_claim_that_exists_is_not_made_a_second_time() {
    let deployment = Deployment::virtual_clock().await;
    let (claim, at) = (deployment.submit_on("teams").await, deployment.at().await);
    let history = deployment.store().history(claim.id).await.unwrap();
    let commit =
        Commit { before: None, after: &claim, events: &history, lease: None, companions: &[] };
    assert_eq!(deployment.store().commit(&commit, at).await.unwrap(), Committed::Conflict);
    assert_eq!(deployment.store().history(claim.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_item_that_was_taken_meanwhile_is_not_taken_again() {
    let deployment = Deployment::virtual_clock().await;
    let (one, two) = (deployment.submit_on("teams").await, deployment.submit_on("teams").await);
    let at = deployment.at().await;
    let mut answers = Vec::new();
    for claim in [&one, &two] {
        let (events, after) = change(claim, &right(), at.now);
        let commit = Commit {
            before: Some(claim),
            after: &after,
            events: &events,
            lease: None,
            companions: &[],
        };
        answers.push(deployment.store().commit(&commit, at).await.unwrap().is_done());
    }
    assert_eq!(answers, [true, false]);
    let holders = deployment.store().holders(&two).await.unwrap();
    assert_eq!(holders.iter().map(|holder| holder.claim_id).collect::<Vec<_>>(), [one.id]);
    assert_eq!(deployment.claim(two.id).await.status(), Status::Submitted);
}

#[tokio::test]
async fn a_commit_acknowledges_its_job_and_plans_the_next_one() {
    let deployment = Deployment::virtual_clock().await;
    let (claim, at) = (deployment.submit_on("teams").await, deployment.at().await);
    let lease = deployment.take_one().await;
    let (events, after) = change(&claim, &right(), at.now);
    let commit = Commit {
        before: Some(&claim),
        after: &after,
        events: &events,
        lease: Some(&lease),
        companions: &[],
    };
    assert!(deployment.store().commit(&commit, at).await.unwrap().is_done());
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 0, 0]);
    assert_eq!(deployment.counts(Job::NotifyCustomer).await, [1, 0, 0, 0]);
    // The same handler, a second time.
    assert_eq!(deployment.store().commit(&commit, at).await.unwrap(), Committed::LeaseLost);
}

#[tokio::test]
async fn a_worker_whose_lease_was_taken_over_commits_nothing() {
    let deployment = Deployment::virtual_clock().await;
    let (claim, at) = (deployment.submit_on("teams").await, deployment.at().await);
    let lost = deployment.take_one().await;
    let taken_over = deployment.take(1, "two", later(at, 60)).await;
    let (events, after) = change(&claim, &right(), at.now);
    let commit = |lease| Commit {
        before: Some(&claim),
        after: &after,
        events: &events,
        lease,
        companions: &[],
    };
    let store = deployment.store();
    assert_eq!(store.commit(&commit(Some(&lost)), at).await.unwrap(), Committed::LeaseLost);
    assert_eq!(deployment.claim(claim.id).await.revision, 1);
    let lease = &taken_over.entries[0].lease;
    assert!(store.commit(&commit(Some(lease)), at).await.unwrap().is_done());
}

#[tokio::test]
async fn a_commit_of_somebody_else_takes_the_job_away_from_its_worker() {
    let deployment = Deployment::virtual_clock().await;
    let (claim, at) = (deployment.submit_on("teams").await, deployment.at().await);
    let lease = deployment.take_one().await;
    let withdraw = Command::Withdraw { reason: None };
    deployment.app.ledger.apply(claim.id, &withdraw, "partner").await.unwrap();
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 0, 0]);
    let lease_end = at.real + TimeDelta::seconds(30);
    assert!(!deployment.store().extend(&lease, lease_end, at).await.unwrap());
}

#[tokio::test]
async fn on_the_system_clock_a_caller_whose_clock_is_off_is_refused() {
    let deployment = Deployment::with_clock("system").await;
    let (claim, at) = (deployment.submit_on("teams").await, deployment.at().await);
    for off_ms in [-60_000, 60_000] {
        let off = Instant { now: at.now + TimeDelta::milliseconds(off_ms), ..at };
        let (events, after) = change(&claim, &right(), at.now);
        let commit = Commit {
            before: Some(&claim),
            after: &after,
            events: &events,
            lease: None,
            companions: &[],
        };
        let refused = deployment.store().commit(&commit, off).await.unwrap_err();
        assert!(matches!(refused, StoreError::Skew { .. }), "{refused}");
        assert!(refused.is_transient());
        let jobs = [(Job::ValidateClaim, 10)];
        let take = deployment.store().take(0, &jobs, "one", at.real, off).await;
        assert!(matches!(take.unwrap_err(), StoreError::Skew { .. }));
    }
    assert_eq!(deployment.claim(claim.id).await.revision, 1);
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [1, 0, 0, 0]);
}

#[tokio::test]
async fn on_the_virtual_clock_the_time_is_what_the_test_says() {
    let deployment = Deployment::virtual_clock().await;
    let (claim, at) = (deployment.submit_on("teams").await, deployment.at().await);
    let far = Instant { now: at.now + TimeDelta::days(365), ..at };
    let (events, after) = change(&claim, &right(), far.now);
    let commit = Commit {
        before: Some(&claim),
        after: &after,
        events: &events,
        lease: None,
        companions: &[],
    };
    assert!(deployment.store().commit(&commit, far).await.unwrap().is_done());
}

#[tokio::test]
async fn every_commit_moves_the_tip_and_tells_it_to_others() {
    let deployment = Deployment::virtual_clock().await;
    let (store, id) = (deployment.store(), deployment.submit_on("teams").await.id);
    let notified = deployment.notify(id).await;
    let lines = store.history_lines(id).await.unwrap();
    assert_eq!(deployment.claim(id).await, notified);
    assert_eq!(notified.chain, ChainTip::of(id, &lines));
    let feed = store.read_feed(&FeedPosition::start(1), 10).await.unwrap().entries;
    let told: Vec<ChainTip> = feed.iter().filter_map(|entry| entry.chain).collect();
    assert_eq!(told, ChainTip::each(id, &lines).collect::<Vec<_>>());
}
