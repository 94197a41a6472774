//! Limits: sizes, rates, times, a full intake, Redis away, a graceful stop.

use std::time::Duration;

use axum::http::Method;
use cpor::access::{ApiKeys, NewApiKey};
use cpor::app::App;
use cpor::claim::identity::Line;
use cpor::http::server::Server;
use cpor::settings::{HttpSettings, Settings};
use cpor::store::server::PrivateServer;
use cpor::testkit::http::HttpServer;
use cpor::testkit::{World, a_claim};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::{FRIDAY, Site, assert_problem, source};

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
async fn a_body_that_never_arrives_is_not_waited_for() {
    let site = Site::configured(&[("http.request_timeout_seconds", "1")]).await;
    let key = site.upstream().await;
    let mut slow = TcpStream::connect(site.http.address()).await.unwrap();
    let head = format!(
        "POST /v1/claims HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("timed_out"), "{answer}");
}

#[tokio::test]
async fn while_redis_is_away_requests_are_asked_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = PrivateServer::open(folder.path()).await.unwrap();
    let settings = Settings::built_in(&[
        ("data.directory", folder.path().to_str().unwrap()),
        ("redis.url", server.url()),
        ("clock.mode", "virtual"),
    ]);
    let app = App::open(settings.unwrap()).await.unwrap();
    let http = HttpServer::start(&app).await;
    let keys = ApiKeys::new(app.ledger.store().clone());
    let label = Line::parse("a test").unwrap();
    let new = NewApiKey { authority: source(&a_claim().source), label, expires_at: None };
    let issued = keys.create(&new, app.ledger.clock().real()).await.unwrap();
    let key = &issued.key.reveal();
    assert_eq!(http.get_as(key, "/v1/claims").await.status, 200);

    let pid = i32::try_from(server.pid().unwrap()).unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    for path in ["/v1/claims", "/v1/webhooks"] {
        let answer = http.get_as(key, path).await;
        assert_problem(&answer, 503, "unavailable");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
    let answer = http.post_json("/v1/claims", key, a_claim().to_json().unwrap()).await;
    assert_problem(&answer, 503, "unavailable");
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
