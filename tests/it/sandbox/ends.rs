//! How sandboxes end, and that nothing is left of them.

use axum::http::Method;
use chrono::TimeDelta;
use cpor::app::App;
use cpor::sandbox::Sandboxes;
use cpor::settings::Settings;
use cpor::testkit::World;
use serde_json::json;

use super::{FRIDAY, Host, Tester};

/// A sandbox with a claim in the middle of its life.
async fn in_use(host: &Host) -> Tester<'_> {
    let tester = host.make().await;
    tester.a_claim().await;
    assert!(tester.keys().await > 10);
    tester
}

#[tokio::test]
async fn a_removed_sandbox_leaves_no_key_and_is_not_found() {
    let host = Host::start().await;
    let (gone, stays) = (in_use(&host).await, in_use(&host).await);
    let path = format!("/v1/sandboxes/{}", gone.id);
    let shown = host.http.get(&path).await.json();
    assert_eq!(shown["base_url"], gone.made["base_url"]);
    assert!(shown.get("keys").is_none(), "keys are shown once");
    let removed = host.http.request(Method::DELETE, &path, &[], "").await;
    assert_eq!(removed.status, 204, "{}", removed.text());
    assert_eq!(gone.keys().await, 0);
    for answer in [gone.get("/v1/clock").await, host.http.get(&path).await] {
        assert_eq!(answer.status, 404);
        assert!(answer.json()["detail"].as_str().unwrap().contains("live an hour"));
    }
    assert!(stays.keys().await > 10);
    assert_eq!(stays.get("/v1/clock").await.status, 200);
    host.finish().await;
}

#[tokio::test]
async fn after_an_hour_every_key_is_removed() {
    let host = Host::start().await;
    let (one, two) = (in_use(&host).await, in_use(&host).await);
    let real = host.sandboxes.real();
    host.sandboxes.tidy_up(real + TimeDelta::minutes(58)).await;
    assert_eq!(host.sandboxes.count(), 2);
    assert!(one.keys().await > 10);
    host.sandboxes.tidy_up(real + TimeDelta::minutes(61)).await;
    assert_eq!(host.sandboxes.count(), 0);
    assert_eq!((one.keys().await, two.keys().await), (0, 0));
    assert_eq!(one.get("/v1/clock").await.status, 404);
    assert_eq!(host.world.ledger().store().registered_sandboxes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn who_is_idle_sleeps_and_wakes_as_it_was() {
    let host = Host::start().await;
    let tester = in_use(&host).await;
    let mails = tester.mails().await;
    let workers = async || tester.get("/v1/clock").await.json()["now"].clone();
    let now = workers().await;
    for minutes in [2, 4] {
        host.sandboxes.tidy_up(host.sandboxes.real() + TimeDelta::minutes(minutes)).await;
        assert_eq!(workers().await, now);
    }
    assert_eq!(tester.mails().await, mails);
    let travelled = tester.travel(json!({ "to_next": true })).await;
    assert_eq!(travelled["events"][0]["event"], "customer_reminded", "{travelled}");
    host.finish().await;
}

#[tokio::test]
async fn what_a_killed_process_left_is_removed_at_the_next_start() {
    let host = Host::start().await;
    let (one, two) = (host.make().await, host.make().await);
    assert!(one.keys().await > 2);
    // Another process on the same namespace, which knows nothing of the first one's.
    let next = Sandboxes::new(host.world.app()).unwrap();
    assert_eq!(next.count(), 0);
    assert_eq!(next.remove_left_behind().await.unwrap(), 2);
    assert_eq!((one.keys().await, two.keys().await), (0, 0));
    assert_eq!(next.remove_left_behind().await.unwrap(), 0);
}

#[tokio::test]
async fn over_the_bound_one_waits() {
    let host = Host::configured(&[("sandbox.count_max", "2")]).await;
    let (one, _two) = (host.make().await, host.make().await);
    let refused = host.ask(&json!({})).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3_600).contains(&wait), "{wait}");
    host.sandboxes.remove(&one.id).await.unwrap();
    assert_eq!(host.ask(&json!({})).await.status, 201);
    host.finish().await;
}

#[tokio::test]
async fn a_journey_under_way_ends_with_its_sandbox() {
    let host = Host::start().await;
    let tester = in_use(&host).await;
    let far = tester.post("/v1/clock", json!({ "to": "2036-01-01T00:00:00Z" }).to_string());
    let (answer, removed) = tokio::join!(far, host.sandboxes.remove(&tester.id));
    removed.unwrap();
    assert!([200, 404].contains(&answer.status.as_u16()), "{}", answer.text());
    assert_eq!(tester.keys().await, 0);
}

#[tokio::test]
async fn production_has_no_sandboxes() {
    let world = World::without_worker(FRIDAY, &[("clock.mode", "system")]).await;
    let settings = Settings::built_in(&[
        ("redis.url", world.redis_url()),
        ("redis.namespace", world.namespace()),
        ("redis.partitions", "2"),
        ("clock.travel_allowed", "false"),
    ]);
    let app = App::open(settings.unwrap()).await.unwrap();
    let refused = Sandboxes::new(&app).err().unwrap().to_string();
    assert!(refused.contains("clock.travel_allowed"), "{refused}");
}
