//! Who sees which usage data, and tokens that say so.

use cpor::access::{Authority, verify};
use cpor::claim::state::EndReason;
use cpor::claim::{Command, ItemKey};
use cpor::testkit::a_claim;
use serde_json::{Value, json};

use super::{Site, assert_problem, codes};

async fn access(site: &Site, key: &str, item: &str) -> Value {
    let claim = a_claim();
    let (partner, tenant) = (claim.partner.mpn_id, claim.customer.tenant_id);
    let query = format!("/v1/access?partner={partner}&tenant={tenant}&item={item}");
    let answer = site.http.get_as(key, &query).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn request(items: &[&str]) -> String {
    let claim = a_claim();
    let (partner, tenant) = (claim.partner.mpn_id, claim.customer.tenant_id);
    json!({ "partner": partner, "tenant_id": tenant, "items": items }).to_string()
}

#[tokio::test]
async fn access_opens_with_the_association_and_ends_with_it_at_once() {
    let site = Site::open().await;
    let key = site.key(Authority::UsageDataService).await;
    assert_eq!(access(&site, &key, "workload:teams").await["code"], "not_claimed");
    let claim = site.world.submit(a_claim()).await;
    let waits = access(&site, &key, "workload:teams").await;
    assert_eq!((&waits["code"], &waits["granted"]), (&"claim_waits".into(), &false.into()));
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    let granted = access(&site, &key, "workload:teams").await;
    assert_eq!(granted["granted"], true, "{granted}");
    assert_eq!(granted["claim_id"], claim.to_string());
    assert_eq!(granted["since"], "2026-11-27T21:00:00Z");
    assert_eq!(access(&site, &key, "workload:exchange").await["granted"], false);

    let end = Command::End { reason: EndReason::CustomerWithdrew, detail: None };
    site.world.apply(claim, end).await.unwrap();
    let ended = access(&site, &key, "workload:teams").await;
    assert_eq!((&ended["granted"], &ended["code"]), (&false.into(), &"ended".into()));
    assert!(ended["reason"].as_str().unwrap().contains("customer"), "{ended}");
}

#[tokio::test]
async fn a_token_lets_a_service_decide_without_asking_and_is_seen_by_the_customer() {
    let site = Site::open().await;
    let key = site.partner().await;
    let claim = site.world.submit(a_claim()).await;
    let early = site.http.post_json("/v1/access-tokens", &key, request(&["workload:teams"])).await;
    let problem = assert_problem(&early, 422, "findings_reported");
    assert_eq!(codes(&problem), [("items[0]", "claim_waits")]);
    site.world.travel_to("2026-12-01T00:00:00Z").await;

    let body = request(&["workload:teams", "workload:exchange"]);
    let partly = site.http.post_json("/v1/access-tokens", &key, body).await;
    assert_eq!(
        codes(&assert_problem(&partly, 422, "findings_reported")),
        [("items[1]", "not_claimed")]
    );
    let tenant = site.world.claim(claim).await.submission.customer.tenant_id;
    let store = site.world.ledger().store();
    assert!(store.looks(&tenant).await.unwrap().is_empty());

    let issued = site.http.post_json("/v1/access-tokens", &key, request(&["workload:teams"])).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    let issued = issued.json();
    assert!(issued["expires_in_seconds"].as_i64().unwrap() <= 300);
    let keys =
        serde_json::from_value(site.http.get("/.well-known/jwks.json").await.json()).unwrap();
    let (token, now) = (issued["token"].as_str().unwrap(), site.world.ledger().clock().real());
    let our_url = site.world.settings().public_url();
    let said = verify(token, &keys, &our_url, now).unwrap();
    assert_eq!((said.partner.as_str(), said.tenant), (a_claim().partner.mpn_id.as_str(), tenant));
    assert_eq!(said.items, [ItemKey::parse("workload:teams").unwrap()]);
    assert!(verify(token, &keys, &our_url, now + chrono::TimeDelta::seconds(301)).is_err());
    let looks = store.looks(&tenant).await.unwrap();
    assert_eq!(looks.len(), 1);
    assert_eq!(looks[0].at, site.world.now().await);
}

#[tokio::test]
async fn a_partner_gets_no_token_for_another_and_no_answer_about_it() {
    let site = Site::open().await;
    site.world.submit(a_claim()).await;
    let key = site.key(super::partner("7654321")).await;
    let answer = site.http.post_json("/v1/access-tokens", &key, request(&["workload:teams"])).await;
    assert_problem(&answer, 404, "not_found");
    let claim = a_claim();
    let (partner, tenant) = (claim.partner.mpn_id, claim.customer.tenant_id);
    let query = format!("/v1/access?partner={partner}&tenant={tenant}&item=workload:teams");
    assert_problem(&site.http.get_as(&key, &query).await, 404, "not_found");
}

#[tokio::test]
async fn associations_are_listed_by_partner_and_by_tenant() {
    let site = Site::open().await;
    let key = site.key(Authority::UsageDataService).await;
    let claim = site.world.submit(a_claim()).await;
    let (partner, tenant) = (a_claim().partner.mpn_id, a_claim().customer.tenant_id);
    let queries = [format!("partner={partner}"), format!("tenant={tenant}")];
    for query in &queries {
        let page = site.http.get_as(&key, &format!("/v1/associations?{query}")).await.json();
        assert_eq!(page, json!({ "associations": [], "next": null }));
    }
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    for query in &queries {
        let page = site.http.get_as(&key, &format!("/v1/associations?{query}")).await.json();
        let association = &page["associations"][0];
        assert_eq!(association["claim_id"], claim.to_string(), "{page}");
        assert_eq!(association["grants"][0]["item"], "workload:teams", "{page}");
    }
    for query in ["", "?partner=1&tenant=2", "?tenant=x", "?partner=1234567&limit=501"] {
        let answer = site.http.get_as(&key, &format!("/v1/associations{query}")).await;
        assert_problem(&answer, 422, "findings_reported");
    }
}
