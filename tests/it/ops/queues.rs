//! `/ops/queues`: figures of every job; pausing it, resuming it, and its handlers at once.

use cpor::access::Authority;
use cpor::operations::settings;
use cpor_jobs::Job;

use super::{get, said, send, signed_in, site, until};

#[tokio::test]
async fn every_job_is_there_with_what_it_does_and_who_works_it() {
    let (world, http, _) = site().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    let page = until(&http, &cookie, "/ops/queues", " of ").await.text();
    for job in Job::ALL {
        assert!(page.contains(&format!("<section class=\"queue\" id=\"{job}\"")), "{job}: {page}");
    }
    assert!(page.contains("The window ends: silence makes the association official"), "{page}");
    assert!(!page.contains("/ops/queues/pause"), "an observer has nothing to press: {page}");
}

#[tokio::test]
async fn an_operator_pauses_a_job_and_resumes_it_and_both_are_on_record() {
    let (world, http, _) = site().await;
    let cookie = signed_in(&world, &http, Authority::Operator).await;
    let fields = [("job", "notify_customer"), ("reason", "The relay moves <tonight>")];
    let paused = send(&http, &cookie, "/ops/queues/pause", &fields).await;
    let page = said(&http, &cookie, &paused).await;
    assert!(page.contains("notify_customer is paused: what runs finishes"), "{page}");
    assert!(page.contains("The relay moves &lt;tonight&gt;"), "{page}");
    assert!(page.contains("Paused by <span class=\"code\">key:"), "{page}");
    let set = settings(world.ledger().store()).await.unwrap();
    assert!(set.is_paused(Job::NotifyCustomer) && !set.is_paused(Job::NotifyPartner));
    let fields = [("job", "notify_customer"), ("reason", "It has moved")];
    let resumed = send(&http, &cookie, "/ops/queues/resume", &fields).await;
    assert!(said(&http, &cookie, &resumed).await.contains("notify_customer goes on."));
    let again = send(&http, &cookie, "/ops/queues/resume", &fields).await;
    assert!(said(&http, &cookie, &again).await.contains("was not paused any more"));
    let log = get(&http, &cookie, "/ops/log").await.text();
    let (resumed, paused) = (log.find("It has moved").unwrap(), log.find("The relay").unwrap());
    assert!(resumed < paused, "the newest first: {log}");
}

#[tokio::test]
async fn an_operator_sets_how_many_handlers_run_at_once() {
    let (world, http, _) = site().await;
    let cookie = signed_in(&world, &http, Authority::Operator).await;
    let path = "/ops/queues/concurrency";
    let set = async |number: &str| {
        let job = ("job", "notify_partner");
        let fields = [job, ("concurrency", number), ("reason", "A slow partner")];
        send(&http, &cookie, path, &fields).await
    };
    let page = said(&http, &cookie, &set("3").await).await;
    assert!(page.contains("3 handlers of notify_partner run at once in each process."), "{page}");
    until(&http, &cookie, "/ops/queues", "0 of 3 ").await;
    let settings = async || settings(world.ledger().store()).await.unwrap();
    assert_eq!(settings().await.of(Job::NotifyPartner).concurrency, Some(3));
    for (number, says) in [("0", "to run none, pause the job"), ("x", "is not a whole number")] {
        let refused = set(number).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains(says), "{}", refused.text());
    }
    let page = said(&http, &cookie, &set("").await).await;
    assert!(page.contains("as the settings say"), "{page}");
    assert_eq!(settings().await.of(Job::NotifyPartner).concurrency, None);
}

#[tokio::test]
async fn nothing_is_done_without_a_reason_or_the_role() {
    let (world, http, _) = site().await;
    let operator = signed_in(&world, &http, Authority::Operator).await;
    let job = ("job", "notify_customer");
    for fields in [vec![job], vec![job, ("reason", "  ")], vec![("job", "x"), ("reason", "y")]] {
        let refused = send(&http, &operator, "/ops/queues/pause", &fields).await;
        assert_eq!(refused.status, 400, "{fields:?}");
        assert!(refused.text().contains("Nothing was done"), "{}", refused.text());
    }
    for authority in [Authority::Observer, Authority::Reviewer] {
        let cookie = signed_in(&world, &http, authority).await;
        let fields = [job, ("reason", "because")];
        let refused = send(&http, &cookie, "/ops/queues/pause", &fields).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("<h1>"), "a page says so: {}", refused.text());
    }
    assert!(!settings(world.ledger().store()).await.unwrap().is_paused(Job::NotifyCustomer));
}
