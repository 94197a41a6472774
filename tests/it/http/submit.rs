//! Submitting one claim.

use std::collections::BTreeSet;

use axum::http::Method;
use cpor::access::{Authority, Role};
use cpor::claim::Status;
use cpor::claim::identity::Source;
use cpor::testkit::a_claim;
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use serde_json::Value;

use super::{Site, assert_problem, codes, partner, source};

#[tokio::test]
async fn a_repeated_submission_is_the_same_claim() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let claim = a_claim();
    let created = site.submit(&key, &claim).await;
    let repeated = site.submit(&key, &claim).await;
    assert_eq!((created.status.as_u16(), repeated.status.as_u16()), (201, 200));
    assert_eq!(created.json()["id"], repeated.json()["id"]);
    assert_eq!(created.header("location"), repeated.header("location"));
    assert_eq!(site.world.statuses().await, [Status::Notified]);
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused_with_both_digests() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let mut other = a_claim();
    let id = site.submit(&key, &other).await.json()["id"].clone();
    other.name = "Another rollout".to_owned();
    let problem = assert_problem(&site.submit(&key, &other).await, 409, "key_reused");
    assert_eq!(problem["claim_id"], id);
    let digests = &problem["digests"];
    assert_ne!(digests["claim"], digests["request"]);
    for digest in [&digests["claim"], &digests["request"]] {
        assert_eq!(digest.as_str().unwrap().len(), 64, "{problem}");
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let mut claim = a_claim();
    claim.partner.mpn_id = "0".to_owned();
    claim.customer.domain = "no domain".to_owned();
    claim.items.clear();
    let problem = assert_problem(&site.submit(&key, &claim).await, 422, "findings_reported");
    let fields: Vec<&str> = codes(&problem).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["partner.mpn_id", "customer.domain", "items"]);
}

#[tokio::test]
async fn the_key_may_come_in_the_header_in_the_body_or_in_both_alike() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let mut body: Value = serde_json::from_str(&a_claim().to_json().unwrap()).unwrap();
    let own = body["idempotency_key"].take().as_str().unwrap().to_owned();
    body.as_object_mut().unwrap().remove("idempotency_key");
    let without = body.to_string();
    body["idempotency_key"] = own.clone().into();
    let with = body.to_string();
    let bearer = format!("Bearer {key}");
    let mut ids = BTreeSet::new();
    for (header, body, status) in [
        (Some(own.as_str()), &without, 201),
        (Some(own.as_str()), &with, 200),
        (None, &with, 200),
        (Some(&*format!("\"{own}\"")), &without, 200),
        (None, &without, 422),
        (Some("another"), &with, 422),
    ] {
        let mut headers = vec![("content-type", "application/json"), ("authorization", &bearer)];
        headers.extend(header.map(|text| ("idempotency-key", text)));
        let answer = site.http.request(Method::POST, "/v1/claims", &headers, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{header:?} {}", answer.text());
        ids.extend(answer.json()["id"].as_str().map(str::to_owned));
    }
    assert_eq!(ids.len(), 1);
    site.world.settle().await;
}

#[tokio::test]
async fn two_hundred_claims_sent_fifty_times_at_once_are_two_hundred_claims() {
    let limits = [("http.requests_per_second", "100000"), ("http.requests_burst", "100000")];
    let site = Site::configured(&limits).await;
    let key = site.upstream().await;
    let bodies: Vec<String> = (0..200)
        .map(|number| {
            let mut claim = a_claim();
            claim.idempotency_key = format!("repeat-{number}");
            claim.customer.tenant_id = uuid::Uuid::from_u128(0x0018_a000 + number);
            claim.to_json().unwrap()
        })
        .collect();
    let repeats = (0..50).flat_map(|_| bodies.iter());
    let answers: Vec<(u16, String)> = iter(repeats)
        .map(async |body| {
            let answer = site.http.post_json("/v1/claims", &key, body.clone()).await;
            let id = answer.json()["id"].as_str().unwrap_or_default().to_owned();
            (answer.status.as_u16(), id)
        })
        .buffer_unordered(50)
        .collect()
        .await;
    let created = answers.iter().filter(|(status, _)| *status == 201).count();
    let repeated = answers.iter().filter(|(status, _)| *status == 200).count();
    let ids: BTreeSet<&String> = answers.iter().map(|(_, id)| id).collect();
    assert_eq!((created, repeated, ids.len()), (200, 9_800, 200));
    assert_eq!(site.world.claims().await.len(), 200);
    site.world.settle().await;
}

#[tokio::test]
async fn nobody_submits_in_anothers_name() {
    let site = Site::open().await;
    for (authority, field) in [
        (source("erp-apac"), "source"),
        (partner("7654321"), "partner.mpn_id"),
        (partner(&a_claim().partner.mpn_id), "source"),
    ] {
        let key = site.key(authority.clone()).await;
        let answer = site.submit(&key, &a_claim()).await;
        let problem = assert_problem(&answer, 422, "findings_reported");
        assert_eq!(codes(&problem)[0].0, field, "{authority:?}");
    }
    let key = site.partner().await;
    let mut own = a_claim();
    own.source = format!("mpn-{}", own.partner.mpn_id);
    assert_eq!(site.submit(&key, &own).await.status, 201);
}

#[tokio::test]
async fn no_upstream_system_submits_under_the_source_of_a_partners_people() {
    let site = Site::open().await;
    let mut claim = a_claim();
    claim.source = format!("mpn-{}", claim.partner.mpn_id);
    let raw = claim.to_json().unwrap();
    let refused = site.world.ledger().submit(raw.as_bytes()).await.unwrap().claim_id();
    assert_eq!(refused.unwrap_err()[0].code, "source_reserved");
    let reserved = Source::parse(&claim.source).unwrap();
    assert!(Authority::new(Role::UpstreamSource, None, Some(reserved)).is_err());
    let own = site.partner().await;
    assert_eq!(site.submit(&own, &claim).await.status, 201);
}
