//! What a sandbox is to those who have it, and to all others.

use axum::http::Method;
use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::Line;
use futures_util::future::join_all;
use serde_json::json;

use super::{Host, JSON};

#[tokio::test]
async fn two_sandboxes_see_nothing_of_each_other() {
    let host = Host::start().await;
    let (one, two) = (host.make().await, host.make().await);
    let id = one.a_claim().await;
    assert_eq!(one.status(&id).await, "notified");
    assert_eq!(two.get("/v1/claims").await.json()["claims"], json!([]));
    assert_eq!(two.get(&format!("/v1/claims/{id}")).await.status, 404);
    let (one_key, two_key) = (one.key("upstream_source"), two.key("upstream_source"));
    assert_eq!(host.http.get_as(one_key, &two.path("/v1/claims")).await.status, 401);
    assert_eq!(host.http.get_as(two_key, &one.path("/v1/claims")).await.status, 401);
    one.travel(json!({ "before_end_of": id })).await;
    assert_eq!(two.get("/v1/clock").await.json()["now"], super::FRIDAY);
    let kinds: Vec<_> = one.mails().await.into_iter().map(|mail| mail["kind"].clone()).collect();
    assert!(kinds.contains(&json!("notice")) && kinds.contains(&json!("reminder")), "{kinds:?}");
    assert!(two.mails().await.is_empty());
    host.finish().await;
}

#[tokio::test]
async fn twenty_at_once_live_a_whole_life_each() {
    let host = Host::start().await;
    let live = async || {
        let tester = host.make().await;
        let id = tester.a_claim().await;
        let end = tester.travel(json!({ "before_end_of": id })).await["now"].clone();
        assert_eq!(
            (end, tester.status(&id).await),
            (json!("2026-11-27T20:59:59.999Z"), "notified".to_owned())
        );
        tester.travel(json!({ "to_next": true })).await;
        assert_eq!(tester.status(&id).await, "associated");
        assert_eq!(tester.get("/v1/claims").await.json()["claims"].as_array().unwrap().len(), 1);
        assert!(tester.mails().await.iter().any(|mail| mail["kind"] == "partner_result"));
    };
    join_all((0..20).map(|_| live())).await;
    host.finish().await;
}

#[tokio::test]
async fn the_link_in_a_mail_leads_to_the_customers_page_of_the_sandbox() {
    let host = Host::start().await;
    let tester = host.make().await;
    let id = tester.a_claim().await;
    let notice = tester.mails().await[0].clone();
    let links = notice["links"].as_array().unwrap().iter().filter_map(|link| link.as_str());
    let link = links.into_iter().find(|link| link.contains("/r/")).unwrap().to_owned();
    let base = tester.made["base_url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{base}/r/")), "{link} is not below {base}");
    assert!(base.ends_with(&tester.path("")), "{base}");
    let page = host.http.get(&tester.path(&link[base.len()..])).await;
    assert!(page.status == 200 && page.text().contains("partner.example"), "{}", page.text());
    let clock = host.http.get(&tester.path("/clock")).await;
    assert!(clock.status == 200 && clock.text().contains("reminded"), "{}", clock.text());
    let description = tester.get("/v1/openapi.json").await.json();
    assert_eq!(description["servers"][0]["url"], tester.path("/"));
    assert_eq!(tester.status(&id).await, "notified");
    host.finish().await;
}

#[tokio::test]
async fn a_server_of_sandboxes_serves_nothing_else() {
    let host = Host::start().await;
    for path in ["/v1/claims", "/v1/clock", "/v1/mails", "/clock", "/r/AAAA"] {
        assert_eq!(host.http.get(path).await.status, 404, "{path}");
    }
    let description = host.http.get("/v1/openapi.json").await.json();
    let paths: Vec<_> = description["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/healthz",
            "/metrics",
            "/readyz",
            "/v1/openapi.json",
            "/v1/sandboxes",
            "/v1/sandboxes/{sandbox_id}"
        ]
    );
    let ordinary = host.world.serve().await;
    for (method, path) in [(Method::POST, "/v1/sandboxes"), (Method::GET, "/v1/mails")] {
        let answer = ordinary.request(method, path, &[JSON], "{}").await;
        assert_eq!(answer.status, 404, "{path} of an ordinary deployment");
    }
    host.finish().await;
}

#[tokio::test]
async fn where_others_reach_the_server_a_key_of_it_is_needed() {
    let public = [("http.listen", "0.0.0.0:0"), ("http.public_url", "https://cpor.example")];
    let host = Host::configured(&public).await;
    let refused = host.ask(&json!({})).await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    let label = Line::parse("a tester").unwrap();
    let new = NewApiKey { authority: Authority::Operator, label, expires_at: None };
    let keys = ApiKeys::new(host.world.ledger().store().clone());
    let issued = keys.create(&new, host.sandboxes.real()).await.unwrap();
    let made = host.http.post_json("/v1/sandboxes", &issued.key.reveal(), "{}").await;
    assert_eq!(made.status, 201, "{}", made.text());
    let base = made.json()["base_url"].as_str().unwrap().to_owned();
    assert!(base.starts_with("https://cpor.example/sandboxes/sandbox-"), "{base}");
    host.finish().await;
}

#[tokio::test]
async fn wishes_that_cannot_be_fulfilled_are_named() {
    let host = Host::start().await;
    for (body, field) in [
        (json!({ "lifetime_minutes": 0 }), "lifetime_minutes"),
        (json!({ "source": "" }), "source"),
        (json!({ "source": "mpn-1" }), "source"),
        (json!({ "mpn_id": "x" }), "mpn_id"),
    ] {
        let refused = host.ask(&body).await;
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.json()["findings"][0]["field"], field, "{}", refused.text());
    }
    assert_eq!(host.ask(&json!({ "name": "mine" })).await.status, 400);
    host.finish().await;
}
