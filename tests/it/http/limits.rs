//! Limits: sizes, rates, times, a full intake, Redis away, a graceful stop.

use std::time::Duration;

use axum::http::Method;
use cpor::http::server::Server;
use cpor::settings::HttpSettings;
use cpor::testkit::{World, a_claim};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::{FRIDAY, Site, assert_problem};

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let body = format!("{{\"comment\":\"{}\"}}", "x".repeat(70_000));
    assert_problem(&site.http.post_json("/v1/claims", &key, body).await, 413, "too_large");
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let site = Site::open().await;
    let bearer = format!("Bearer {}", site.upstream().await);
    for headers in [vec![], vec![("content-type", "text/plain")]] {
        let headers = [headers, vec![("authorization", bearer.as_str())]].concat();
        let json = a_claim().to_json().unwrap();
        let answer = site.http.request(Method::POST, "/v1/claims", &headers, json).await;
        assert_problem(&answer, 415, "media_type_not_supported");
    }
}

#[tokio::test]
async fn an_address_or_method_that_is_not_there_is_a_problem() {
    let site = Site::open().await;
    assert_problem(&site.http.get("/v2/claims").await, 404, "not_found");
    let answer = site.http.request(Method::PATCH, "/v1/claims", &[], "").await;
    assert_problem(&answer, 405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST,GET,HEAD");
}

#[tokio::test]
async fn an_empty_bucket_says_how_long_to_wait() {
    let limits = [("http.requests_per_second", "1"), ("http.requests_burst", "3")];
    let site = Site::configured(&limits).await;
    let (key, other) = (site.upstream().await, site.partner().await);
    for left in [2, 1, 0] {
        let answer = site.http.get_as(&key, "/v1/claims").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=3");
        assert!(answer.header("ratelimit").starts_with(&format!("\"default\";r={left};")));
    }
    let refused = site.http.get_as(&key, "/v1/claims").await;
    assert_problem(&refused, 429, "too_many_requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(site.http.get_as(&other, "/v1/claims").await.status, 200);
}

#[tokio::test]
async fn a_full_intake_asks_to_come_back_later() {
    let world = World::without_worker(FRIDAY, &[("http.intake_length_max", "1")]).await;
    let mut site = Site::of(world).await;
    let key = site.upstream().await;
    let first = a_claim().to_json().unwrap();
    site.world.ledger().submit(first.as_bytes()).await.unwrap().claim_id().unwrap();
    let mut claim = a_claim();
    "another".clone_into(&mut claim.idempotency_key);
    let refused = site.submit(&key, &claim).await;
    assert_problem(&refused, 503, "unavailable");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(site.world.claims().await.len(), 1);
    site.world.start_worker();
    site.world.settle().await;
}

#[tokio::test]
async fn who_sends_its_request_too_slowly_is_hung_up_on() {
    let world = World::configured(FRIDAY, &[("http.header_timeout_seconds", "1")]).await;
    let http = world.serve().await;
    let mut slow = TcpStream::connect(http.address()).await.unwrap();
    slow.write_all(b"GET /v1/openapi.json HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn a_request_that_is_running_is_finished_before_the_server_stops() {
    let world = World::starting(FRIDAY).await;
    let settings =
        HttpSettings { listen: "127.0.0.1:0".parse().unwrap(), ..world.settings().http.clone() };
    let server = Server::listen(&settings, Duration::from_secs(20)).await.unwrap();
    let (address, stop) = (server.address().unwrap(), CancellationToken::new());
    let (entered, mut inside) = tokio::sync::mpsc::channel::<()>(1);
    let (leave, left) = tokio::sync::watch::channel(false);
    let handler = move || {
        let (entered, mut left) = (entered.clone(), left.clone());
        async move {
            entered.send(()).await.unwrap();
            left.wait_for(|left| *left).await.unwrap();
            "finished"
        }
    };
    let router = axum::Router::new().route("/", axum::routing::get(handler));
    let serving = tokio::spawn(server.run(router, stop.clone()));
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    inside.recv().await.unwrap();
    stop.cancel();
    leave.send(true).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("finished"), "{answer}");
    serving.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
