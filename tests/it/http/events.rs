//! The live feed.

use axum::body::Body;
use axum::http::Request;
use cpor::claim::ClaimId;
use cpor::testkit::a_claim;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::{Site, assert_problem, partner};

/// One event as a listener hears it.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    id: String,
    name: String,
    data: Value,
}

struct Listener {
    body: Incoming,
    text: String,
}

impl Listener {
    async fn start(site: &Site, key: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(site.http.url("/v1/events"))
            .header("authorization", format!("Bearer {key}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
        let answer = client.request(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        Self { body: answer.into_body(), text: String::new() }
    }

    /// The next event; a stream that stays silent fails by the time limit of the test run.
    async fn next(&mut self) -> Heard {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                let (id, name, data) = (field("id:"), field("event:"), field("data:"));
                let rest = rest.to_owned();
                self.text = rest;
                if !name.is_empty() {
                    return Heard { id, name, data: serde_json::from_str(&data).unwrap() };
                }
                continue;
            }
            let frame = self.body.frame().await.unwrap().unwrap();
            self.text += &String::from_utf8_lossy(&frame.into_data().unwrap());
        }
    }

    async fn hear(&mut self, events: usize) -> Vec<Heard> {
        let mut heard = Vec::new();
        for _ in 0..events {
            heard.push(self.next().await);
        }
        heard
    }
}

async fn events(site: &Site, id: ClaimId) -> Vec<String> {
    site.world.history(id).await.iter().map(|recorded| recorded.event.name().to_owned()).collect()
}

#[tokio::test]
async fn a_listener_hears_every_event_as_it_happens() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let mut listener = Listener::start(&site, &key, None).await;
    let claim = site.world.submit(a_claim()).await;
    let happened = events(&site, claim).await;
    let heard = listener.hear(happened.len()).await;
    assert_eq!(heard.iter().map(|event| event.name.clone()).collect::<Vec<_>>(), happened);
    for (event, revision) in heard.iter().zip(1_u64..) {
        assert_eq!(event.data["claim_id"], claim.to_string(), "{event:?}");
        assert_eq!(event.data["revision"], revision, "{event:?}");
    }
}

#[tokio::test]
async fn a_listener_that_comes_back_hears_what_it_has_missed() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let claim = site.world.submit(a_claim()).await;
    let happened = events(&site, claim).await;
    let whole = Listener::start(&site, &key, Some("start")).await.hear(happened.len()).await;
    for (last, missed) in whole.iter().zip(1..).take(whole.len() - 1) {
        let mut back = Listener::start(&site, &key, Some(&last.id)).await;
        assert_eq!(back.hear(whole.len() - missed).await, whole[missed..]);
    }
}

#[tokio::test]
async fn nobody_hears_of_anothers_claims() {
    let site = Site::open().await;
    let key = site.key(partner("7654321")).await;
    let mut listener = Listener::start(&site, &key, Some("start")).await;
    site.world.submit(a_claim()).await;
    let mut own = a_claim();
    "own".clone_into(&mut own.idempotency_key);
    "7654321".clone_into(&mut own.partner.mpn_id);
    own.items = vec![cpor_jobs::Item::Workload { workload: "exchange".to_owned() }];
    let own = site.world.submit(own).await;
    for heard in listener.hear(events(&site, own).await.len()).await {
        assert_eq!(heard.data["claim_id"], own.to_string());
    }
}

#[tokio::test]
async fn a_last_event_id_of_another_feed_is_refused() {
    let site = Site::open().await;
    let key = site.upstream().await;
    for id in ["none", "AAAA", "42"] {
        let answer = site.http.get_as(&key, &format!("/v1/events?last_event_id={id}")).await;
        assert_problem(&answer, 400, "request_malformed");
    }
}
