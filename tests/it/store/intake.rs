//! `intake_take.lua`, and the record of a source's own keys.

use chrono::TimeDelta;
use cpor::store::Instant;
use cpor::store::agenda::Outcome;
use cpor::store::intake::{KeyRecord, RawSubmission};
use cpor::testkit::a_claim;
use cpor_jobs::Job;

use super::{Deployment, later};

const BYTES_MAX: usize = 100;

impl Deployment {
    pub(super) async fn push(&self, entries: &[&[u8]]) {
        let mut push = redis::cmd("LPUSH");
        push.arg(self.store().keys().intake());
        for entry in entries {
            push.arg(*entry);
        }
        let mut connection = self.connection().await;
        let _: u64 = push.query_async(&mut connection).await.unwrap();
    }

    async fn take_intake(&self, limit: usize, at: Instant) -> (Vec<RawSubmission>, usize) {
        let lease_end = at.real + TimeDelta::seconds(30);
        self.store().take_intake(limit, BYTES_MAX, "one", lease_end, at).await.unwrap()
    }
}

#[tokio::test]
async fn submissions_are_taken_in_their_order_and_no_more_than_asked_for() {
    let deployment = Deployment::virtual_clock().await;
    deployment.push(&[b"one", b"two", b"three"]).await;
    let at = deployment.at().await;
    let (taken, left) = deployment.take_intake(2, at).await;
    let raw: Vec<&[u8]> = taken.iter().map(|entry| entry.raw.as_slice()).collect();
    assert_eq!((raw.as_slice(), left), ([b"one".as_slice(), b"two"].as_slice(), 1));
    assert_eq!(deployment.counts(Job::SubmitClaim).await, [1, 0, 2, 0]);
    let (taken, left) = deployment.take_intake(2, at).await;
    assert_eq!((taken.len(), left), (1, 0));
    for entry in &taken {
        assert!(deployment.store().settle(&entry.lease, &Outcome::Done, at).await.unwrap());
    }
    assert_eq!(deployment.counts(Job::SubmitClaim).await, [0, 0, 2, 0]);
}

#[tokio::test]
async fn what_is_too_long_is_a_dead_letter_and_its_neighbours_go_on() {
    let deployment = Deployment::virtual_clock().await;
    let longest = vec![b'x'; BYTES_MAX];
    let too_long = vec![b'y'; BYTES_MAX + 1];
    deployment.push(&[b"one", &too_long, &longest]).await;
    let (taken, left) = deployment.take_intake(10, deployment.at().await).await;
    let raw: Vec<&[u8]> = taken.iter().map(|entry| entry.raw.as_slice()).collect();
    assert_eq!((raw, left), (vec![b"one".as_slice(), &longest], 0));
    let dead = deployment.store().dead_letters().await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].letter.error, "the entry is longer than 100 bytes");
    assert_eq!(dead[0].raw.as_deref(), Some("y".repeat(BYTES_MAX + 1).as_str()));
}

#[tokio::test]
async fn a_submission_whose_lease_ran_out_is_delivered_again_and_counted() {
    let deployment = Deployment::virtual_clock().await;
    deployment.push(&[b"one"]).await;
    let at = deployment.at().await;
    let (first, _) = deployment.take_intake(10, at).await;
    assert_eq!(deployment.take_intake(10, later(at, 29)).await.0.len(), 0);
    let (again, _) = deployment.take_intake(10, later(at, 30)).await;
    assert_eq!((again[0].raw.as_slice(), again[0].lease.deliveries()), (b"one".as_slice(), 2));
    let done = deployment.store().settle(&first[0].lease, &Outcome::Done, at).await.unwrap();
    assert!(!done, "the first lease was lost");
}

#[tokio::test]
async fn a_submission_that_failed_waits_for_its_next_attempt() {
    let deployment = Deployment::virtual_clock().await;
    deployment.push(&[b"one"]).await;
    let at = deployment.at().await;
    let (taken, _) = deployment.take_intake(10, at).await;
    let again = Outcome::Again { due_at: at.now + TimeDelta::seconds(5) };
    assert!(deployment.store().settle(&taken[0].lease, &again, at).await.unwrap());
    assert_eq!(deployment.take_intake(10, later(at, 4)).await.0.len(), 0);
    let (taken, _) = deployment.take_intake(10, later(at, 5)).await;
    assert_eq!((taken[0].lease.failed_attempts(), taken[0].lease.deliveries()), (1, 1));
}

#[tokio::test]
async fn a_key_belongs_to_the_first_claim_that_asks_for_it() {
    let deployment = Deployment::virtual_clock().await;
    let claim = deployment.submit(&a_claim()).await;
    let now = deployment.at().await.now;
    let json = a_claim().to_json().unwrap();
    let fresh = deployment.app.ledger.parse(json.as_bytes(), now).unwrap();
    let store = deployment.store();
    let record = async |digest| store.record_key(&fresh, digest, claim.id).await.unwrap();
    assert_eq!(record("aa").await, KeyRecord::New);
    assert_eq!(record("aa").await, KeyRecord::Same(claim.id));
    let different = KeyRecord::Different { claim_id: claim.id, digest: "aa".to_owned() };
    assert_eq!(record("bb").await, different);
}
