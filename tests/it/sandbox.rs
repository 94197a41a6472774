//! Sandboxes: many short-lived namespaces in one process, none of which sees another.

mod ends;
mod lives;

use axum::http::Method;
use cpor::sandbox::Sandboxes;
use cpor::testkit::http::{Answer, HttpServer};
use cpor::testkit::redis::shared_redis;
use cpor::testkit::{World, a_claim};
use serde_json::{Value, json};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A server of sandboxes.
struct Host {
    world: World,
    sandboxes: Sandboxes,
    http: HttpServer,
}

impl Host {
    async fn start() -> Self {
        Self::configured(&[]).await
    }

    async fn configured(overrides: &[(&str, &str)]) -> Self {
        let overrides = [&[("clock.mode", "system")], overrides].concat();
        let world = World::without_worker(FRIDAY, &overrides).await;
        let sandboxes = Sandboxes::new(world.app()).unwrap();
        let http = HttpServer::of_sandboxes(world.app(), &sandboxes).await;
        Self { world, sandboxes, http }
    }

    async fn ask(&self, body: &Value) -> Answer {
        self.http.request(Method::POST, "/v1/sandboxes", &[JSON], body.to_string()).await
    }

    async fn make(&self) -> Tester<'_> {
        let made = self.ask(&json!({ "starts_at": FRIDAY })).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let made = made.json();
        assert_eq!(made["now"], FRIDAY);
        Tester { host: self, id: made["sandbox_id"].as_str().unwrap().to_owned(), made }
    }

    /// Removes everything that is left.
    async fn finish(self) {
        let real = self.world.ledger().clock().real();
        self.sandboxes.tidy_up(real + chrono::TimeDelta::days(1)).await;
        assert_eq!(self.sandboxes.count(), 0);
    }
}

/// Somebody with a sandbox.
struct Tester<'a> {
    host: &'a Host,
    id: String,
    made: Value,
}

impl Tester<'_> {
    fn key(&self, role: &str) -> &str {
        self.made["keys"][role].as_str().unwrap()
    }

    fn path(&self, path: &str) -> String {
        format!("/sandboxes/{}{path}", self.id)
    }

    async fn get(&self, path: &str) -> Answer {
        self.host.http.get_as(self.key("upstream_source"), &self.path(path)).await
    }

    async fn post(&self, path: &str, body: String) -> Answer {
        self.host.http.post_json(&self.path(path), self.key("upstream_source"), body).await
    }

    async fn travel(&self, body: Value) -> Value {
        let answer = self.post("/v1/clock", body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// A claim whose customer has been notified.
    async fn a_claim(&self) -> String {
        let mut claim = a_claim();
        "crm-emea".clone_into(&mut claim.source);
        let created = self.post("/v1/claims", claim.to_json().unwrap()).await;
        assert_eq!(created.status, 201, "{}", created.text());
        let id = created.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(created.header("location"), self.path(&format!("/v1/claims/{id}")));
        self.travel(json!({ "advance_by_seconds": 1 })).await;
        id
    }

    async fn status(&self, id: &str) -> String {
        let claim = self.get(&format!("/v1/claims/{id}")).await.json();
        claim["status"].as_str().unwrap().to_owned()
    }

    async fn mails(&self) -> Vec<Value> {
        self.get("/v1/mails").await.json()["mails"].as_array().unwrap().clone()
    }

    /// How many keys in Redis have its name.
    async fn keys(&self) -> usize {
        let client = redis::Client::open(shared_redis().await).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let (mut cursor, mut count) = (0_u64, 0);
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(format!("*{}:*", self.id)).arg("COUNT").arg(10_000);
            let (next, keys): (u64, Vec<String>) = scan.query_async(&mut connection).await.unwrap();
            count += keys.len();
            if next == 0 {
                return count;
            }
            cursor = next;
        }
    }
}
