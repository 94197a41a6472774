//! Lists of claims over HTTP; what they contain is tested where they are made.

use std::collections::BTreeSet;

use axum::http::Method;
use cpor::access::Authority;
use cpor::claim::identity::MpnId;
use cpor::testkit::a_claim;
use serde_json::Value;

use super::{Site, assert_problem, codes};

async fn three_claims(site: &Site) -> Vec<String> {
    let mut ids = Vec::new();
    for (number, name) in ["Teams rollout", "=Sum", "teams again"].into_iter().enumerate() {
        let mut claim = a_claim();
        claim.idempotency_key = format!("list-{number}");
        name.clone_into(&mut claim.name);
        // The last one is of a customer that the directory knows, so its window opens.
        if number < 2 {
            claim.customer.tenant_id = uuid::Uuid::from_u128(0x0011_5700 + number as u128);
        }
        let json = claim.to_json().unwrap();
        let submitted = site.world.ledger().submit(json.as_bytes()).await.unwrap();
        ids.push(submitted.claim_id().unwrap().to_string());
    }
    site.world.settle().await;
    ids
}

fn ids(page: &Value) -> Vec<String> {
    let claims = page["claims"].as_array().unwrap();
    claims.iter().map(|claim| claim["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_go_through_all_claims_once() {
    let site = Site::open().await;
    let all = three_claims(&site).await;
    let key = site.key(Authority::Reviewer).await;
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = site.http.get_as(&key, &format!("/v1/claims?limit=1{after}")).await.json();
        seen.extend(ids(&page));
        pages += 1;
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() || pages > 10 {
            break;
        }
    }
    assert_eq!(seen.len(), 3);
    assert_eq!(BTreeSet::from_iter(seen), BTreeSet::from_iter(all));
}

#[tokio::test]
async fn filters_are_read_and_what_cannot_be_read_is_named() {
    let site = Site::open().await;
    let all = three_claims(&site).await;
    let key = site.key(Authority::Reviewer).await;
    let tenant = uuid::Uuid::from_u128(0x0011_5700);
    for (query, found) in [
        ("name_prefix=TEAMS".to_owned(), 2),
        (format!("tenant={tenant}"), 1),
        ("status=associated".to_owned(), 0),
        ("sort=oldest&partner=1234567&source=testkit".to_owned(), 3),
        ("email=MERT.KAYA@anadoluelektrik.com.tr".to_owned(), 3),
        ("email=mert@anadoluelektrik.com.tr".to_owned(), 0),
        ("item=workload:teams".to_owned(), 3),
        ("source=testkit&idempotency_key=list-1".to_owned(), 1),
        ("source=crm&idempotency_key=list-1".to_owned(), 0),
        (
            "closing_after=2026-01-01T00:00:00%2B03:00&closing_before=2030-01-01T00:00:00Z"
                .to_owned(),
            1,
        ),
    ] {
        let page = site.http.get_as(&key, &format!("/v1/claims?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text());
        assert_eq!(ids(&page.json()).len(), found, "{query}: {}", page.text());
    }
    for (query, named) in [
        ("status=gone", "status"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("sort=size", "sort"),
        ("cursor=AAAA", "cursor"),
        ("closing_after=tomorrow", "closing_after"),
        ("tenant=1", "tenant"),
        ("item=teams", "item"),
        ("email=mert", "email"),
        ("idempotency_key=list-1", "source"),
        ("source=testkit&idempotency_key=", "idempotency_key"),
    ] {
        let answer = site.http.get_as(&key, &format!("/v1/claims?{query}")).await;
        let problem = assert_problem(&answer, 422, "findings_reported");
        assert_eq!(codes(&problem)[0].0, named, "{query}");
    }
    let unknown = site.http.get_as(&key, "/v1/claims?colour=red").await;
    let problem = assert_problem(&unknown, 400, "request_malformed");
    assert!(problem["detail"].as_str().unwrap().contains("colour"), "{problem}");
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn who_does_not_see_addresses_does_not_search_by_one() {
    let site = Site::open().await;
    three_claims(&site).await;
    let path = "/v1/claims?email=mert.kaya@anadoluelektrik.com.tr";
    for role in [Authority::Operator, Authority::Observer] {
        let answer = site.http.get_as(&site.key(role).await, path).await;
        let problem = assert_problem(&answer, 403, "role_not_allowed");
        assert!(!problem.to_string().contains("mert"), "{problem}");
    }
    let partner = |mpn_id| Authority::IncentivesAdmin(MpnId::parse(mpn_id).unwrap());
    for (mpn_id, found) in [("1234567", 3), ("7654321", 0)] {
        let page = site.http.get_as(&site.key(partner(mpn_id)).await, path).await;
        assert_eq!(ids(&page.json()).len(), found, "{mpn_id}");
    }
}

#[tokio::test]
async fn a_spreadsheet_gets_rows_and_no_formula() {
    let site = Site::open().await;
    let all = three_claims(&site).await;
    let key = site.key(Authority::Reviewer).await;
    let bearer = format!("Bearer {key}");
    let headers = [("accept", "text/csv"), ("authorization", bearer.as_str())];
    let get = async |path| site.http.request(Method::GET, path, &headers, "").await;
    let first = get("/v1/claims?limit=2").await;
    assert_eq!(first.text().lines().count(), 3);
    assert!(!first.header("next-cursor").is_empty());
    let answer = get("/v1/claims").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("next-cursor"), "");
    let text = answer.text();
    assert!(text.starts_with("id,status,name,"), "{text}");
    assert!(all.iter().all(|id| text.contains(id)), "{text}");
    assert!(text.contains(",'=Sum,") && !text.contains(",=Sum,"), "{text}");
}
