//! One trace per claim, across processes.

use std::collections::BTreeSet;
use std::time::UNIX_EPOCH;

use chrono::{DateTime, Utc};
use cpor::claim::ClaimId;
use cpor::telemetry::{root_span_id, trace_id};
use cpor::testkit::{a_claim, a_claim_on};
use hyper::Method;
use opentelemetry_proto::tonic::trace::v1::Span;

use super::stage::{Stage, objects};
use super::trace::{hex, names, only, text};

/// The trace of whoever submits.
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn instant(nanos: u64) -> DateTime<Utc> {
    (UNIX_EPOCH + std::time::Duration::from_nanos(nanos)).into()
}

/// Every span is another one, and hangs on one that is there.
fn check_tree(spans: &[&Span], id: &str) {
    let ids: BTreeSet<_> = spans.iter().map(|span| span.span_id.clone()).collect();
    assert_eq!(ids.len(), spans.len(), "{:?}", names(spans));
    for span in spans {
        let is_root = span.parent_span_id.is_empty();
        assert_eq!(is_root, span.name == "claim", "{span:?}");
        assert!(is_root || ids.contains(&span.parent_span_id), "{span:?}");
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano, "{span:?}");
    }
    let id = ClaimId::parse(id).unwrap();
    let root = only(spans, "claim");
    assert_eq!(hex(&root.trace_id), trace_id(id).to_string());
    assert_eq!(hex(&root.span_id), root_span_id(id).to_string());
}

fn parent<'a>(spans: &[&'a Span], child: &Span) -> &'a Span {
    spans.iter().find(|span| span.span_id == child.parent_span_id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_one_trace_through_http_workers_and_the_command_line() {
    let stage = Stage::set().await;
    let key = stage.key(&["--role", "upstream_source", "--source", "testkit"]);
    let serve = stage.start(&["serve", "--no-workers"]);
    let http = serve.http().await;
    let bearer = format!("Bearer {key}");
    let headers = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
        ("traceparent", CALLER),
    ];
    let created =
        http.request(Method::POST, "/v1/claims", &headers, a_claim().to_json().unwrap()).await;
    let id = created.json()["id"].as_str().unwrap().to_owned();
    // The first worker dies in the middle, the second goes on.
    let first = stage.start(&["work", "--only", "validate_claim"]);
    while stage.deployment.status(&id) == "submitted" {}
    first.kill();
    let second = stage.start(&["work"]);
    while stage.deployment.status(&id) != "notified" {}
    stage.deployment.advance(&["--business-days", "5", "--claim", &id]);
    let end = ["claim", "end", &id, "--reason", "customer_withdrew"];
    assert_eq!(stage.deployment.run(&end).code, 0);
    serve.stop();
    let said = second.stop();

    let spans = stage.spans();
    assert_eq!(spans.services, ["cpor"]);
    assert!(spans.instances.len() >= 3, "{:?}", spans.instances);
    let spans = spans.of_claim(&id);
    check_tree(&spans, &id);
    for name in [
        "POST /v1/claims",
        "submit",
        "process notify_customer",
        "mail notice",
        "mail reminder",
        "process finalize_association",
        "commit finalize",
        "window",
        "association",
    ] {
        only(&spans, name);
    }
    // Of the association, and maybe already of its end.
    assert!(names(&spans).contains(&"mail partner_result"));
    check_life(&spans);
    check_steps(&spans);
    check_lines(&said.stderr, &id);
}

/// The spans of the claim as a whole are in its own time.
fn check_life(spans: &[&Span]) {
    let root = only(spans, "claim");
    assert_eq!(instant(root.start_time_unix_nano).to_rfc3339(), "2026-11-20T15:00:00+00:00");
    assert_eq!(instant(root.end_time_unix_nano).to_rfc3339(), "2026-11-27T21:00:00+00:00");
    for (key, value) in [
        ("claim.status", "associated"),
        ("claim.program", "osu_microsoft_365"),
        ("clock.mode", "virtual"),
    ] {
        assert_eq!(text(&root.attributes, key), value);
    }
    let window = only(spans, "window");
    assert_eq!(window.end_time_unix_nano, root.end_time_unix_nano);
    assert_eq!(window.parent_span_id, root.span_id);
    let association = only(spans, "association");
    assert_eq!(association.start_time_unix_nano, root.end_time_unix_nano);
    assert_eq!(text(&association.attributes, "association.end_reason"), "customer_withdrew");
}

/// What processes did hangs together as it was done.
fn check_steps(spans: &[&Span]) {
    let request = only(spans, "POST /v1/claims");
    let submit = only(spans, "submit");
    assert_eq!(parent(spans, submit).name, "POST /v1/claims");
    assert_eq!(text(&request.attributes, "http.response.status_code"), "201");
    assert_eq!((request.kind, only(spans, "process notify_customer").kind), (2, 5));
    let links: Vec<_> = submit.links.iter().map(|link| hex(&link.trace_id)).collect();
    assert_eq!(links, ["4bf92f3577b34da6a3ce929d0e0e4736"]);
    assert_eq!(parent(spans, only(spans, "mail notice")).name, "process notify_customer");
    assert_eq!(parent(spans, only(spans, "commit finalize")).name, "process finalize_association");
}

/// A line of a claim finds its trace.
fn check_lines(stderr: &str, id: &str) {
    let mut lines = objects(stderr);
    for line in &lines {
        let timestamp = line["timestamp"].as_str().unwrap();
        assert!(timestamp.ends_with('Z') && timestamp.parse::<DateTime<Utc>>().is_ok(), "{line}");
    }
    lines.retain(|line| line["claim.id"] == id);
    assert!(!lines.is_empty());
    for line in lines {
        assert_eq!(line["trace_id"], id.replace('-', ""), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_a_batch_is_linked_to_who_sent_it_and_repeats_begin_no_second_trace() {
    let stage = Stage::set().await;
    let key = stage.key(&["--role", "upstream_source", "--source", "testkit"]);
    let serve = stage.start(&["serve", "--no-workers"]);
    let http = serve.http().await;
    let bearer = format!("Bearer {key}");
    let headers = [
        ("content-type", "application/x-ndjson"),
        ("authorization", bearer.as_str()),
        ("traceparent", CALLER),
    ];
    let claims = [a_claim_on("teams"), a_claim_on("exchange")].map(|c| c.to_json().unwrap());
    let mut ids = Vec::new();
    for _ in 0..2 {
        let body = claims.join("\n");
        let answer = http.request(Method::POST, "/v1/claims/batch", &headers, body).await;
        for line in answer.text().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            ids.push(line["claim_id"].as_str().unwrap().to_owned());
        }
    }
    serve.stop();
    assert_eq!(ids[..2], ids[2..]);
    let spans = stage.spans();
    for id in &ids[..2] {
        let spans = spans.of_claim(id);
        assert_eq!(names(&spans), ["commit submit", "submit", "submit"]);
        for submit in spans.iter().filter(|span| span.name == "submit") {
            assert_eq!(submit.links.len(), 1, "{submit:?}");
            let root = root_span_id(ClaimId::parse(id).unwrap()).to_string();
            assert_eq!(hex(&submit.parent_span_id), root);
        }
    }
}
