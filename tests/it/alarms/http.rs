//! The same over HTTP, for operators.

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::Line;
use cpor::testkit::World;
use cpor::testkit::http::HttpServer;

use super::{FRIDAY, until};

async fn operator(world: &World) -> String {
    let keys = ApiKeys::new(world.ledger().store().clone());
    let label = Line::parse("night shift").unwrap();
    let new = NewApiKey { authority: Authority::Operator, label, expires_at: None };
    let issued = keys.create(&new, world.ledger().clock().real()).await.unwrap();
    issued.key.reveal().clone()
}

async fn codes(http: &HttpServer, key: &str) -> Vec<String> {
    let answer = http.get_as(key, "/v1/operations/alarms").await.json();
    let alarms = answer["alarms"].as_array().unwrap();
    alarms.iter().map(|alarm| alarm["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn operators_pause_resume_and_slow_down_queues_and_see_it() {
    let world = World::starting(FRIDAY).await;
    let (http, key) = (world.serve().await, operator(&world).await);
    let queue = "/v1/operations/queues/remind_customer";
    let paused = http.post_json(&format!("{queue}/pause"), &key, r#"{"reason":"A test."}"#).await;
    assert_eq!(paused.status, 200, "{}", paused.text());
    assert_eq!(paused.json()["paused"]["reason"], "A test.");
    until("the alarm", async || {
        codes(&http, &key).await.contains(&"queue_paused".to_owned()).then_some(())
    })
    .await;
    assert_eq!(http.get("/readyz").await.json()["paused"][0], "remind_customer");
    let slow = http.post_json(&format!("{queue}/concurrency"), &key, r#"{"concurrency":2}"#).await;
    assert_eq!(slow.json()["concurrency"], 2, "{}", slow.text());
    let wrong = http.post_json(&format!("{queue}/concurrency"), &key, r#"{"concurrency":0}"#).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    let resumed = http.post_json(&format!("{queue}/resume"), &key, "{}").await;
    assert_eq!(resumed.json()["paused"], serde_json::Value::Null, "{}", resumed.text());
    let queues = http.get_as(&key, "/v1/operations/queues").await.json();
    assert_eq!(queues["queues"].as_array().unwrap().len(), cpor_jobs::Job::ALL.len());
    let log = http.get_as(&key, "/v1/operations/log?limit=2").await.json();
    assert_eq!(log["operations"][0]["action"], "queue_resumed", "{log}");
    assert_eq!(log["operations"][1]["subject"], "remind_customer 2", "{log}");
    assert_eq!(http.get_as(&key, "/v1/operations/log?limit=0").await.status, 422);
    let unknown = http.post_json("/v1/operations/queues/nothing/resume", &key, "{}").await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn the_overview_shows_statuses_queues_and_processes() {
    let world = World::starting(FRIDAY).await;
    let (http, key) = (world.serve().await, operator(&world).await);
    let overview = until("a process", async || {
        let answer = http.get_as(&key, "/v1/operations/overview").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let overview = answer.json();
        overview["processes"][0].is_object().then_some(overview)
    })
    .await;
    assert_eq!(overview["statuses"].as_array().unwrap().len(), 11);
    assert_eq!(overview["statuses"][0]["entered"]["last_5_minutes"], 0);
    assert_eq!(overview["queues"][0]["job"], "submit_claim");
    assert_eq!(overview["processes"][0]["kind"], "work");
    assert_eq!(codes(&http, &key).await, [""; 0]);
}
