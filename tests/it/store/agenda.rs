//! `take.lua`, and the four ways in which a lease ends.

use chrono::TimeDelta;
use cpor::store::Instant;
use cpor::store::agenda::Outcome;
use cpor_jobs::Job;

use super::{Deployment, WORKLOADS, later};

#[tokio::test]
async fn no_more_is_taken_than_was_asked_for_and_nothing_twice() {
    let deployment = Deployment::virtual_clock().await;
    for workload in WORKLOADS {
        deployment.submit_on(workload).await;
    }
    let at = deployment.at().await;
    let mut seen = std::collections::BTreeSet::new();
    for (limit, expected) in [(0, 0), (2, 2), (2, 2), (10, 1), (10, 0)] {
        let take = deployment.take(limit, "one", at).await;
        assert_eq!(take.entries.len(), expected);
        for taken in take.entries {
            assert_eq!(taken.due_at, Some(at.now));
            let claim = taken.claim.unwrap().unwrap();
            assert_eq!(claim.id.to_string(), taken.lease.entry());
            assert!(seen.insert(taken.lease.entry().to_owned()), "taken twice");
        }
        let left = 5 - seen.len();
        assert_eq!(take.next_due, (left > 0).then_some(at.now));
    }
}

#[tokio::test]
async fn what_falls_due_later_is_left_alone_and_foretold() {
    let deployment = Deployment::virtual_clock().await;
    deployment.submit_on("teams").await;
    let at = deployment.at().await;
    let early = Instant { now: at.now - TimeDelta::milliseconds(1), ..at };
    let take = deployment.take(10, "one", early).await;
    assert!(take.entries.is_empty());
    assert_eq!((take.next_due, take.next_lease_end), (Some(at.now), None));
}

#[tokio::test]
async fn a_lease_that_runs_out_is_delivered_again_and_counted() {
    let deployment = Deployment::virtual_clock().await;
    deployment.submit_on("teams").await;
    let at = deployment.at().await;
    let first = deployment.take(10, "one", at).await;
    assert_eq!(first.next_lease_end, Some(at.real + TimeDelta::seconds(30)));
    let first = &first.entries[0].lease;
    assert_eq!((first.deliveries(), first.failed_attempts()), (1, 0));
    assert!(deployment.take(10, "two", later(at, 29)).await.entries.is_empty());
    let again = deployment.take(10, "two", later(at, 30)).await;
    assert_eq!(again.entries[0].due_at, None, "it is not known any more when it was due");
    let again = &again.entries[0].lease;
    assert_eq!((again.deliveries(), again.failed_attempts()), (2, 0));
    // Whoever had it before has lost it.
    assert!(!deployment.store().settle(first, &Outcome::Done, at).await.unwrap());
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 1, 0]);
    assert!(deployment.store().settle(again, &Outcome::Done, at).await.unwrap());
    assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 0, 0]);
}

/// A command that was long on its way arrives when its worker has the entry once more, for
/// something that came later.
#[tokio::test]
async fn a_late_outcome_is_not_taken_for_that_of_a_later_lease_of_the_same_worker() {
    let deployment = Deployment::virtual_clock().await;
    let entry = deployment.submit_on("teams").await.id.to_string();
    let first = deployment.take_one().await;
    let at = deployment.at().await;
    for outcome in [Outcome::Done, Outcome::GivenBack] {
        let due_at = at.now.timestamp_millis();
        deployment.store().settle(&first, &outcome, at).await.unwrap();
        let agenda = deployment.store().keys().agenda(0, Job::ValidateClaim);
        let mut plan = redis::cmd("ZADD");
        plan.arg(agenda).arg(due_at).arg(&entry);
        let () = plan.query_async(&mut deployment.connection().await).await.unwrap();
        let again = deployment.take_one().await;
        assert!(!deployment.store().settle(&first, &Outcome::Done, at).await.unwrap());
        assert_eq!(deployment.counts(Job::ValidateClaim).await, [0, 0, 1, 0], "{outcome:?}");
        assert!(deployment.store().settle(&again, &Outcome::GivenBack, at).await.unwrap());
    }
}

#[tokio::test]
async fn travelling_in_time_does_not_end_a_lease() {
    let deployment = Deployment::virtual_clock().await;
    deployment.submit_on("teams").await;
    deployment.take_one().await;
    let at = deployment.at().await;
    let next_year = Instant { now: at.now + TimeDelta::days(365), ..at };
    assert!(deployment.take(10, "two", next_year).await.entries.is_empty());
}

#[tokio::test]
async fn a_lease_that_is_extended_lasts() {
    let deployment = Deployment::virtual_clock().await;
    deployment.submit_on("teams").await;
    let (lease, at) = (deployment.take_one().await, deployment.at().await);
    let end = at.real + TimeDelta::seconds(90);
    assert!(deployment.store().extend(&lease, end, at).await.unwrap());
    assert!(deployment.take(10, "two", later(at, 80)).await.entries.is_empty());
    assert_eq!(deployment.take(10, "two", later(at, 100)).await.entries.len(), 1);
    assert!(!deployment.store().extend(&lease, end, at).await.unwrap());
}

#[tokio::test]
async fn a_lease_ends_in_one_of_four_ways() {
    let check = async |outcome: Outcome, expected: [usize; 4], attempts: Option<(u32, u32)>| {
        let deployment = Deployment::virtual_clock().await;
        deployment.submit_on("teams").await;
        let (lease, at) = (deployment.take_one().await, deployment.at().await);
        assert!(deployment.store().settle(&lease, &outcome, at).await.unwrap());
        assert_eq!(deployment.counts(Job::ValidateClaim).await, expected, "{outcome:?}");
        let settled_twice = deployment.store().settle(&lease, &outcome, at).await.unwrap();
        assert!(!settled_twice, "{outcome:?}");
        let much_later = Instant { now: at.now + TimeDelta::hours(1), ..at };
        let take = deployment.take(10, "two", much_later).await;
        let leases = take.entries.iter().map(|taken| &taken.lease);
        let found = leases.map(|lease| (lease.failed_attempts(), lease.deliveries())).next();
        assert_eq!(found, attempts, "{outcome:?}");
    };
    let due_at = "2026-11-20T15:10:00Z".parse().unwrap();
    let error = "it cannot be done".to_owned();
    check(Outcome::Done, [0, 0, 0, 0], None).await;
    check(Outcome::Again { due_at }, [0, 1, 0, 0], Some((1, 1))).await;
    check(Outcome::GivenBack, [1, 0, 0, 0], Some((0, 1))).await;
    check(Outcome::Dead { error }, [0, 0, 0, 1], None).await;
}

#[tokio::test]
async fn an_entry_without_a_claim_is_delivered_with_the_reason() {
    let deployment = Deployment::virtual_clock().await;
    let at = deployment.at().await;
    let agenda = deployment.store().keys().agenda(0, Job::ValidateClaim);
    let missing = cpor::claim::ClaimId::new(at.now, 0, [7; 8]).to_string();
    let mut connection = deployment.connection().await;
    for entry in [missing.as_str(), "rubbish"] {
        let () = redis::cmd("ZADD")
            .arg(&agenda)
            .arg(at.now.timestamp_millis())
            .arg(entry)
            .query_async(&mut connection)
            .await
            .unwrap();
    }
    let take = deployment.take(10, "one", at).await;
    let reasons: Vec<String> = take.entries.into_iter().map(|t| t.claim.unwrap_err()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.contains(&format!("there is no claim {missing}")), "{reasons:?}");
    assert!(reasons.contains(&"`rubbish` is not a claim id".to_owned()), "{reasons:?}");
}
