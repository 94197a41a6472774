//! `/ops`: whether claims move, and what needs a person.

use cpor::access::Authority;
use cpor::claim::identity::{Comment, Line};
use cpor::operations::pause;
use cpor::store::server::PrivateServer;
use cpor::testkit::{World, a_claim};
use cpor_jobs::Job;
use futures_util::future::join_all;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{FRIDAY, get, signed_in, until};

const CALM: &str = "Nothing needs you.";

#[tokio::test]
async fn a_deployment_in_which_claims_move_needs_nobody() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let http = world.serve().await;
    for authority in [Authority::Observer, Authority::Operator, Authority::Reviewer] {
        let cookie = signed_in(&world, &http, authority).await;
        let page = until(&http, &cookie, "/ops", "all jobs").await.text();
        assert!(page.contains(CALM), "{page}");
        assert!(!page.contains("class=\"count"), "no alarm is counted: {page}");
        for status in ["intake", "submitted", "contested", "notified", "paused", "associated"] {
            assert!(page.contains(&format!("id=\"status-{status}\"")), "{status}: {page}");
        }
        let page = page.replace("&#x2f;", "/");
        assert!(page.contains(&format!("href=\"/ops/claims/{claim}\"")), "the oldest: {page}");
        assert!(page.contains("href=\"/ops/claims?status=notified\""), "{page}");
        assert!(page.contains(env!("CARGO_PKG_VERSION")), "{page}");
        assert_eq!(page.matches("<form").count(), 1, "signing out is all: {page}");
    }
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn how_many_claims_came_into_a_status_is_shown() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim()).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    until(&http, &cookie, "/ops", "<dd>+1</dd>").await;
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn a_paused_queue_is_on_the_overview_with_its_sentence_remedy_and_command() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    until(&http, &cookie, "/ops", CALM).await;
    let (store, real) = (world.ledger().store(), world.ledger().clock().real());
    let reason = Comment::parse("The relay <moves>").unwrap();
    let actor = Line::parse("key:abc").unwrap();
    pause(store, Job::RemindCustomer, &reason, &actor, real).await.unwrap();
    let page = until(&http, &cookie, "/ops", "remind_customer is paused since").await.text();
    assert!(!page.contains(CALM), "{page}");
    assert!(page.contains("The relay &lt;moves&gt;"), "{page}");
    assert!(page.contains("Resume it when the reason is gone."), "{page}");
    assert!(page.contains("data-copy=\"cpor queues resume remind_customer\""), "{page}");
    assert!(
        page.contains("<a href=\"&#x2f;ops&#x2f;queues#remind_customer\">Look there"),
        "{page}"
    );
    let other = get(&http, &cookie, "/ops/log").await.text();
    assert!(other.contains("class=\"count\">1<"), "every page counts open alarms: {other}");
}

#[tokio::test]
async fn a_stopped_worker_is_on_the_overview() {
    let mut world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    until(&http, &cookie, "/ops", "all jobs").await;
    world.stop_worker().await;
    let page = until(&http, &cookie, "/ops", "No process works the queues").await.text();
    assert!(page.contains("Start a worker."), "{page}");
    assert!(page.contains("<code>cpor work</code>"), "{page}");
}

#[tokio::test]
async fn a_stopped_mail_server_is_on_the_overview() {
    // Nobody listens there.
    let world = World::configured(FRIDAY, &[("mail.smtp.port", "1")]).await;
    world.submit(a_claim()).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    let sentence = "The mail server 127.0.0.1:1 cannot be connected to since";
    let page = until(&http, &cookie, "/ops", sentence).await.text();
    assert!(page.contains("1 notice waits"), "{page}");
    assert!(page.contains("Check the server, the way to it, and mail.smtp.*"), "{page}");
    assert!(page.contains("<code>cpor doctor</code>"), "{page}");
}

#[tokio::test]
async fn dead_letters_are_on_the_overview() {
    let world = World::starting(FRIDAY).await;
    world.intake(["rubbish"]).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    let sentence = "submit_claim: 1 dead letter waits for a person";
    let page = until(&http, &cookie, "/ops", sentence).await.text();
    assert!(page.contains("Look at why, put it right, and retry them; or drop them."), "{page}");
    assert!(page.contains("<code>cpor dead list --job submit_claim</code>"), "{page}");
    world.drop_dead_letters().await;
    until(&http, &cookie, "/ops", CALM).await;
}

#[tokio::test]
async fn an_outage_of_redis_is_shown_and_breaks_no_page() {
    let folder = TempDir::with_prefix("cpor-redis-").unwrap();
    let server = PrivateServer::open(folder.path()).await.unwrap();
    let pid = Pid::from_raw(i32::try_from(server.pid().unwrap()).unwrap()).unwrap();
    let world = World::without_worker(FRIDAY, &[("redis.url", server.url())]).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Operator).await;
    assert_eq!(get(&http, &cookie, "/ops").await.status, 200);
    kill_process(pid, Signal::STOP).unwrap();
    let page = until(&http, &cookie, "/ops", "cannot be reached").await;
    assert_eq!(page.status, 503);
    assert!(page.text().contains("<code>cpor doctor</code>"), "{}", page.text());
    assert!(!page.text().contains("id=\"flow\""), "nothing is made up: {}", page.text());
    for path in ["/ops/queues", "/ops/dead", "/ops/log"] {
        let page = get(&http, &cookie, path).await;
        assert_eq!(page.status, 503, "{path}: {}", page.text());
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.text().contains("cpor doctor"), "{path}: {}", page.text());
    }
    kill_process(pid, Signal::CONT).unwrap();
    let page = until(&http, &cookie, "/ops", "id=\"flow\"").await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn many_open_pages_are_one_look_at_redis() {
    let folder = TempDir::with_prefix("cpor-redis-").unwrap();
    let server = PrivateServer::open(folder.path()).await.unwrap();
    let world = World::without_worker(FRIDAY, &[("redis.url", server.url())]).await;
    let http = world.serve().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let asked_at = std::time::Instant::now();
    for _ in 0..10 {
        join_all((0..20).map(|_| get(&http, &cookie, "/ops"))).await;
    }
    let seconds = asked_at.elapsed().as_secs() + 2;
    // Only looks count what is set on queues, and nobody works here.
    let stats: String =
        redis::cmd("INFO").arg("commandstats").query_async(&mut connection).await.unwrap();
    let (_, line) = stats.split_once("cmdstat_zcount:calls=").unwrap();
    let calls: u64 = line.split(',').next().unwrap().parse().unwrap();
    // Two partitions: nine jobs, what has ended, and what is about to.
    let per_look = 2 * (9 + 1 + 4);
    assert!(calls <= per_look * seconds, "{calls} in {seconds} s");
}
