//! Submitting many claims as a stream.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use cpor::testkit::a_claim;
use futures_util::StreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;

use super::{Site, assert_problem};

const NDJSON: &str = "application/x-ndjson";

fn line(number: u128) -> String {
    let mut claim = a_claim();
    claim.idempotency_key = format!("line-{number}");
    claim.customer.tenant_id = uuid::Uuid::from_u128(0x00ba_7c40 + number);
    claim.to_json().unwrap()
}

async fn send(site: &Site, key: &str, body: String) -> Vec<Value> {
    let bearer = format!("Bearer {key}");
    let headers = [("content-type", NDJSON), ("authorization", bearer.as_str())];
    let answer = site.http.request(Method::POST, "/v1/claims/batch", &headers, body).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, NDJSON));
    site.world.settle().await;
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn every_line_has_its_answer_in_the_order_of_the_lines() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let long = format!("{{\"comment\":\"{}\"}}", "x".repeat(70_000));
    let lines = [
        line(1),
        String::new(),
        line(1),
        "not json".to_owned(),
        long,
        line(2).replace("testkit", "other"),
    ];
    let answers = send(&site, &key, lines.join("\n")).await;
    let mut seen: Vec<(u64, &str, Option<&str>)> = answers
        .iter()
        .map(|answer| {
            let code = answer["findings"][0]["code"].as_str();
            (answer["line"].as_u64().unwrap(), answer["outcome"].as_str().unwrap(), code)
        })
        .collect();
    // Lines are worked side by side: whichever of two that are alike is the first is accepted.
    let (first, second) = (seen[0].1, seen[1].1);
    assert_eq!(BTreeSet::from([first, second]), BTreeSet::from(["accepted", "repeated"]));
    (seen[0].1, seen[1].1) = ("accepted", "repeated");
    assert_eq!(
        seen,
        [
            (1, "accepted", None),
            (3, "repeated", None),
            (4, "refused", Some("malformed_json")),
            (5, "refused", Some("too_long")),
            (6, "refused", Some("source_not_yours")),
        ]
    );
    assert_eq!(answers[0]["claim_id"], answers[1]["claim_id"]);
    assert_eq!(site.world.claims().await.len(), 1);
}

#[tokio::test]
async fn two_thousand_lines_are_two_thousand_claims() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let lines: Vec<String> = (0..2_000).map(line).collect();
    let answers = send(&site, &key, lines.join("\n")).await;
    assert_eq!(answers.len(), 2_000);
    assert!(answers.iter().all(|answer| answer["outcome"] == "accepted"));
    let numbers = answers.iter().map(|answer| answer["line"].as_u64().unwrap());
    assert!(numbers.eq(1..=2_000));
    assert_eq!(site.world.claims().await.len(), 2_000);
}

#[tokio::test]
async fn a_line_is_answered_while_the_next_one_is_still_to_come() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let (lines, mut ahead) = mpsc::channel::<String>(1);
    let body = futures_util::stream::poll_fn(move |cx| ahead.poll_recv(cx))
        .map(|line| Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from(line + "\n"))));
    let request = Request::post(site.http.url("/v1/claims/batch"))
        .header("content-type", NDJSON)
        .header("authorization", format!("Bearer {key}"))
        .body(Body::new(StreamBody::new(body)))
        .unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    lines.send(line(1)).await.unwrap();
    let mut answers = client.request(request).await.unwrap().into_body();
    for number in 1..=3_u64 {
        let answer = answers.frame().await.unwrap().unwrap().into_data().unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!((&answer["line"], &answer["outcome"]), (&number.into(), &"accepted".into()));
        if number < 3 {
            lines.send(line(u128::from(number) + 1)).await.unwrap();
        }
    }
    drop(lines);
    assert!(answers.frame().await.is_none());
    site.world.settle().await;
}

/// A connection with little room for answers, on which a batch has begun.
async fn begun(site: &Site, key: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut client = socket.connect(site.http.address()).await.unwrap();
    let head = format!(
        "POST /v1/claims/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: {NDJSON}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    client
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

#[tokio::test]
async fn who_never_reads_the_answers_is_in_nobodys_way() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let lines = chunk(&(line(1) + "\n").repeat(64));
    let patience = Duration::from_secs(1);
    let mut clients = Vec::new();
    for _ in 0..4 {
        let mut client = begun(&site, &key).await;
        while tokio::time::timeout(patience, client.write_all(lines.as_bytes())).await.is_ok() {}
        clients.push(client);
    }
    for _ in 0..20 {
        let asked = site.http.get_as(&key, "/v1/claims");
        let answer = tokio::time::timeout(Duration::from_secs(5), asked).await;
        assert_eq!(answer.expect("Redis is kept from everybody").status, 200);
    }
    drop(clients);
    site.world.settle().await;
}

#[tokio::test]
async fn a_batch_that_has_not_ended_does_not_keep_the_server() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let mut client = begun(&site, &key).await;
    client.write_all(chunk(&(line(1) + "\n")).as_bytes()).await.unwrap();
    let mut answers = Vec::new();
    while !String::from_utf8_lossy(&answers).contains("accepted") {
        assert_ne!(client.read_buf(&mut answers).await.unwrap(), 0);
    }
    drop(site.http);
    client.read_to_end(&mut answers).await.unwrap();
    let answers = String::from_utf8(answers).unwrap();
    assert!(answers.contains("{\"line\":2,\"outcome\":\"unavailable\""), "{answers}");
    assert!(answers.contains("server_stops") && answers.ends_with("\r\n0\r\n\r\n"), "{answers}");
    site.world.settle().await;
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_ended_with_a_line_that_says_so() {
    let site = Site::configured(&[("http.request_timeout_seconds", "1")]).await;
    let key = site.upstream().await;
    let mut slow = TcpStream::connect(site.http.address()).await.unwrap();
    let line = line(1);
    let head = format!(
        "POST /v1/claims/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: {NDJSON}\r\ncontent-length: 100000\r\nconnection: close\r\n\r\n{line}\n"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"accepted\""), "{answer}");
    assert!(answer.contains("\"unavailable\"") && answer.contains("nothing came"), "{answer}");
    site.world.settle().await;
    assert_eq!(site.world.claims().await.len(), 1);
}

#[tokio::test]
async fn only_lines_of_json_are_taken() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let answer = site.http.post_json("/v1/claims/batch", &key, line(1)).await;
    assert_problem(&answer, 415, "media_type_not_supported");
}
