//! `/ops/dead`: by job and reason; look, try again, forget.

use chrono::TimeDelta;
use cpor::access::Authority;
use cpor::claim::{ClaimId, Status};
use cpor::store::agenda::Outcome;
use cpor::testkit::http::{Answer, HttpServer};
use cpor::testkit::{World, a_claim};
use cpor_jobs::{Item, Job};

use super::{FRIDAY, get, said, send, signed_in};

/// A world without a worker, in which the validations of these claims are dead.
async fn with_dead(workloads: &[&str]) -> (World, Vec<ClaimId>) {
    let world = World::without_worker(FRIDAY, &[]).await;
    let mut claims = Vec::new();
    for workload in workloads {
        let mut claim = a_claim();
        claim.items = vec![Item::workload(*workload)];
        (*workload).clone_into(&mut claim.idempotency_key);
        claims.push(world.submit(claim).await);
    }
    let at = world.ledger().clock().instant().await.unwrap();
    let lease_end = at.real + TimeDelta::seconds(30);
    for partition in 0..2 {
        let store = world.ledger().store();
        let jobs = [(Job::ValidateClaim, 100)];
        let take = store.take(partition, &jobs, "one", lease_end, at).await.unwrap();
        for taken in take.entries {
            let error = format!("the directory said 500 of {} <twice>", taken.lease.entry());
            let dead = Outcome::Dead { error };
            assert!(store.settle(&taken.lease, &dead, at).await.unwrap());
        }
    }
    (world, claims)
}

/// What a link on the page leads to, by what stands before it.
fn link_after(page: &str, before: &str) -> String {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split_once('"').unwrap().0.replace("&#x2f;", "/").replace("&amp;", "&")
}

async fn group_of(http: &HttpServer, cookie: &str) -> (String, Answer) {
    let page = get(http, cookie, "/ops/dead").await.text();
    let link = link_after(&page, "class=\"reason\"><a href=\"");
    let group = get(http, cookie, &link).await;
    (link, group)
}

#[tokio::test]
async fn dead_letters_are_grouped_by_reason_and_each_can_be_looked_at() {
    let (world, claims) = with_dead(&["teams", "exchange", "intune"]).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    let page = get(&http, &cookie, "/ops/dead").await.text();
    assert_eq!(page.matches("<tr id=\"group-").count(), 1, "{page}");
    assert!(page.contains("the directory said … of … &lt;twice&gt;"), "{page}");
    let other = get(&http, &cookie, "/ops/dead?job=notify_customer").await.text();
    assert!(other.contains("There are no dead letters of notify_customer"), "{other}");
    let (link, group) = group_of(&http, &cookie).await;
    let group = group.text();
    for claim in &claims {
        assert!(group.contains(&format!("href=\"/ops/claims/{claim}\"")), "{group}");
        assert!(group.contains(&format!("500 of {claim} &lt;twice&gt;")), "{group}");
    }
    assert_eq!(group.matches("<form").count(), 1, "an observer can only sign out: {group}");
    let path = format!("/ops/dead?job=validate_claim&entry={}", claims[0]);
    let entry = get(&http, &cookie, &path).await.text();
    assert!(entry.contains(&format!("cpor dead retry validate_claim {}", claims[0])), "{entry}");
    assert_eq!(entry.matches("<form").count(), 1, "{entry}");
    world.drop_dead_letters().await;
    assert!(get(&http, &cookie, &path).await.text().contains("It is not dead any more"));
    let gone = get(&http, &cookie, &link).await;
    assert_eq!(gone.status, 200);
    assert!(gone.text().contains("no dead letter of this reason any more"), "{}", gone.text());
}

#[tokio::test]
async fn a_group_is_tried_again_whole_with_a_reason_that_is_on_record() {
    let (mut world, claims) = with_dead(&["teams", "exchange"]).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Operator).await;
    let (link, _) = group_of(&http, &cookie).await;
    let id = link.split_once("group=").unwrap().1;
    let without = send(&http, &cookie, "/ops/dead/retry", &[("group", id)]).await;
    assert_eq!(without.status, 400);
    assert_eq!(world.dead_letters().await.len(), 2);
    let fields = [("group", id), ("reason", "The directory is back")];
    let retried = send(&http, &cookie, "/ops/dead/retry", &fields).await;
    let page = said(&http, &cookie, &retried).await;
    assert!(page.contains("2 dead letters are due again."), "{page}");
    let log = get(&http, &cookie, "/ops/log").await.text();
    assert_eq!(log.matches("The directory is back").count(), 2, "{log}");
    assert!(log.contains("Retried the dead letter"), "{log}");
    world.start_worker();
    world.settle().await;
    for claim in claims {
        assert_eq!(world.status(claim).await, Status::Notified);
    }
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn one_entry_is_dropped_and_its_claim_stays_where_it_is() {
    let (world, claims) = with_dead(&["teams", "exchange"]).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Operator).await;
    let claim = claims[1].to_string();
    let path = format!("/ops/dead?job=validate_claim&entry={claim}");
    let page = get(&http, &cookie, &path).await.text();
    assert!(page.contains("The claim stays submitted, and nothing validates it"), "{page}");
    let entry = [("job", "validate_claim"), ("entry", claim.as_str())];
    let fields = [entry[0], entry[1], ("reason", "A test of the partner")];
    let dropped = send(&http, &cookie, "/ops/dead/drop", &fields).await;
    assert!(said(&http, &cookie, &dropped).await.contains("1 dead letter is forgotten."));
    let again = send(&http, &cookie, "/ops/dead/drop", &fields).await;
    assert!(said(&http, &cookie, &again).await.contains("0 dead letters are forgotten."));
    let left = world.dead_letters().await;
    assert_eq!(left.iter().map(|dead| dead.claim_id()).collect::<Vec<_>>(), [Some(claims[0])]);
    assert_eq!(world.status(claims[1]).await, Status::Submitted);
    world.drop_dead_letters().await;
}

#[tokio::test]
async fn only_reviewers_see_what_was_pushed_and_only_operators_act() {
    let world = World::starting(FRIDAY).await;
    world.intake([r#"{"v":1,"name":"Ece <Yıldız>"}"#]).await;
    let http = world.serve().await;
    let [dead] = world.dead_letters().await.try_into().unwrap();
    let path = format!("/ops/dead?job=submit_claim&entry={}", dead.entry);
    for (authority, shown, acts) in [
        (Authority::Reviewer, "Ece &lt;Yıldız&gt;", false),
        (Authority::Operator, "··· &lt;······&gt;", true),
        (Authority::Observer, "··· &lt;······&gt;", false),
    ] {
        let cookie = signed_in(&world, &http, authority).await;
        let page = get(&http, &cookie, &path).await.text();
        assert!(page.contains(shown), "{page}");
        assert_eq!(page.contains("never becomes a claim"), acts, "{page}");
        let fields = [("job", "submit_claim"), ("entry", dead.entry.as_str()), ("reason", "x")];
        if !acts {
            for path in ["/ops/dead/drop", "/ops/dead/retry"] {
                assert_eq!(send(&http, &cookie, path, &fields).await.status, 403);
            }
        }
    }
    assert_eq!(world.dead_letters().await.len(), 1);
    world.drop_dead_letters().await;
}
