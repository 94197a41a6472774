//! `/readyz`: what it looks at, what it warns of, and that nobody can load Redis by asking.

use std::time::{Duration, Instant};

use cpor::store::server::PrivateServer;
use cpor::testkit::http::{Answer, HttpServer};
use cpor::testkit::{World, a_claim};
use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::{FRIDAY, Site};

/// Redis gets 400 ms, twice at most; the rest is for a machine that is busy with other tests.
const LIMIT: Duration = Duration::from_millis(2_500);

/// A folder with one calendar, of Turkey, that ends on this date.
pub(super) fn calendars(valid_to: &str, days: &str) -> TempDir {
    let folder = TempDir::with_prefix("cpor-calendars-").unwrap();
    let text = format!(
        "id = \"TR\"\nversion = \"TR@1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
         valid_to = \"{valid_to}\"\n\
         weekend = [{{ from = \"2026-01-01\", days = [\"sat\", \"sun\"] }}]\ndays = [{days}]\n"
    );
    std::fs::write(folder.path().join("TR.toml"), text).unwrap();
    folder
}

/// A site whose only calendar is this one, with one open window.
pub(super) async fn site_with(calendars: &TempDir, more: &[(&str, &str)]) -> Site {
    let folder = calendars.path().display().to_string();
    let settings = [&[("calendars.directory", folder.as_str())], more].concat();
    let world = World::configured(FRIDAY, &settings).await;
    world.submit(a_claim()).await;
    Site::of(world).await
}

fn check<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap()
}

fn codes(answer: &Value) -> Vec<&str> {
    let warnings = answer["warnings"].as_array().unwrap();
    warnings.iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

/// Asks until it has this status; every answer on the way is in time.
async fn until(http: &HttpServer, status: u16) -> Answer {
    loop {
        let asked_at = Instant::now();
        let answer = http.get("/readyz").await;
        assert!(asked_at.elapsed() < LIMIT, "{:?}: {}", asked_at.elapsed(), answer.text());
        assert_eq!(answer.json()["ready"], answer.status == 200, "{}", answer.text());
        if answer.status == status {
            return answer;
        }
    }
}

#[tokio::test]
async fn a_process_that_can_work_says_so_to_anybody() {
    let site = Site::open().await;
    site.world.submit(a_claim()).await;
    let answer = site.http.get("/readyz").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("ratelimit"), "");
    let seen = answer.json();
    for name in ["redis", "namespace", "calendars"] {
        assert_eq!(check(&seen, name)["ok"], true, "{seen}");
    }
    assert_eq!(codes(&seen), [""; 0]);
    site.world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn alarms_are_warnings_and_do_not_make_it_unready() {
    let feast = "{ date = \"2026-11-26\", kind = \"holiday\", name = \"Feast (estimated)\" }";
    let calendars = calendars("2027-10-31", feast);
    let site = site_with(&calendars, &[]).await;
    let answer = site.http.get("/readyz").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let seen = answer.json();
    assert_eq!(codes(&seen), ["calendar_ends_soon", "estimates_in_windows"]);
    for warning in seen["warnings"].as_array().unwrap() {
        assert_eq!(warning["calendar"], "TR");
        assert!(warning["says"].as_str().unwrap().len() > 40, "{warning}");
        assert!(warning["remedy"].as_str().unwrap().contains("cpor calendar preview"), "{warning}");
    }
    assert!(!answer.text().contains("anadoluelektrik"), "no word of customers");
    site.world.travel_to("2026-12-03T00:00:00Z").await;
}

#[tokio::test]
async fn a_redis_that_hangs_is_wiped_or_is_gone_makes_it_unready_in_time() {
    let folder = TempDir::with_prefix("cpor-redis-").unwrap();
    let server = PrivateServer::open(folder.path()).await.unwrap();
    let pid = Pid::from_raw(i32::try_from(server.pid().unwrap()).unwrap()).unwrap();
    let settings = [("redis.url", server.url()), ("http.metrics_public", "true")];
    let world = World::without_worker(FRIDAY, &settings).await;
    let http = world.serve().await;
    until(&http, 200).await;
    assert!(http.get("/metrics").await.text().contains("\ncpor_redis_up 1\n"));
    kill_process(pid, Signal::STOP).unwrap();
    let seen = until(&http, 503).await.json();
    assert_eq!(check(&seen, "redis")["ok"], false, "{seen}");
    assert_eq!(check(&seen, "calendars")["ok"], true, "{seen}");
    assert!(check(&seen, "redis")["remedy"].is_string(), "{seen}");
    let asked_at = Instant::now();
    let answers = join_all((0..50).map(|_| http.get("/readyz"))).await;
    assert!(asked_at.elapsed() < LIMIT, "{:?}", asked_at.elapsed());
    assert!(answers.iter().all(|answer| answer.status == 503));
    assert_eq!(http.get("/healthz").await.status, 200);
    kill_process(pid, Signal::CONT).unwrap();
    until(&http, 200).await;
    let mut connection = raw(server.url()).await;
    let meta = world.ledger().store().keys().meta();
    let () = redis::cmd("DEL").arg(meta).query_async(&mut connection).await.unwrap();
    let seen = until(&http, 503).await.json();
    assert_eq!(check(&seen, "redis")["ok"], true, "{seen}");
    assert!(check(&seen, "namespace")["says"].as_str().unwrap().contains(" is gone"), "{seen}");
    kill_process(pid, Signal::KILL).unwrap();
    while check(&until(&http, 503).await.json(), "redis")["ok"] == true {}
    while !http.get("/metrics").await.text().contains("\ncpor_redis_up 0\n") {}
}

#[tokio::test]
async fn a_flood_of_questions_is_one_question_to_redis() {
    let folder = TempDir::with_prefix("cpor-redis-").unwrap();
    let server = PrivateServer::open(folder.path()).await.unwrap();
    let settings = [("redis.url", server.url()), ("http.metrics_public", "true")];
    let world = World::without_worker(FRIDAY, &settings).await;
    let http = world.serve().await;
    let mut connection = raw(server.url()).await;
    let before = looks(&mut connection).await;
    let asked_at = Instant::now();
    for _ in 0..20 {
        join_all((0..20).map(|_| http.get("/readyz"))).await;
        join_all((0..20).map(|_| http.get("/metrics"))).await;
    }
    let looked = looks(&mut connection).await - before;
    let seconds = asked_at.elapsed().as_secs();
    assert!(
        (1..=seconds + 2).contains(&looked),
        "{looked} looks in {seconds} s, for 400 questions"
    );
}

async fn raw(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// How often somebody has read what the namespace was created with, which only readiness does so.
async fn looks(connection: &mut MultiplexedConnection) -> u64 {
    let info: String =
        redis::cmd("INFO").arg("commandstats").query_async(connection).await.unwrap();
    let line = info.lines().find_map(|line| line.strip_prefix("cmdstat_hmget:calls="));
    line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_queue_in_which_nothing_moves_makes_the_process_unready_and_is_named() {
    let settings = [("http.stalled_seconds", "0"), ("workers.validate_claim.timeout_seconds", "1")];
    let world = World::configured(FRIDAY, &settings).await;
    let http = world.serve().await;
    let seen = until(&http, 200).await.json();
    assert_eq!(check(&seen, "queues")["ok"], true, "{seen}");
    // Something in Redis keeps every worker from taking what is due of this job.
    let keys = world.ledger().store().keys().clone();
    let attempts = [0, 1].map(|partition| keys.attempts(partition, cpor_jobs::Job::ValidateClaim));
    let mut connection = world.redis().await;
    for key in &attempts {
        let () =
            redis::cmd("SET").arg(key).arg("rubbish").query_async(&mut connection).await.unwrap();
    }
    world.ledger().submit(a_claim().to_json().unwrap().as_bytes()).await.unwrap();
    let seen = until(&http, 503).await.json();
    let queues = check(&seen, "queues");
    assert!(queues["says"].as_str().unwrap().starts_with("validate_claim: "), "{seen}");
    assert!(queues["remedy"].is_string(), "{seen}");
    assert_eq!(http.get("/healthz").await.status, 200, "it is alive all the same");
    for key in &attempts {
        let () = redis::cmd("DEL").arg(key).query_async(&mut connection).await.unwrap();
    }
    until(&http, 200).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
    world.finish().await;
}
