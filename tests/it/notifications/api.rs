//! The same through the API, by who may.

use axum::http::Method;
use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::{Line, MpnId};
use cpor::testkit::http::{Answer, HttpServer};
use cpor::testkit::{World, a_claim};
use serde_json::json;

use super::*;

const SUBSCRIPTIONS: &str = "/v1/notifications/subscriptions";

async fn key(world: &World, mpn_id: &str) -> String {
    let authority = Authority::IncentivesAdmin(MpnId::parse(mpn_id).unwrap());
    let new = NewApiKey { authority, label: Line::parse("a test").unwrap(), expires_at: None };
    let keys = ApiKeys::new(world.ledger().store().clone());
    keys.create(&new, world.ledger().clock().real()).await.unwrap().key.reveal().clone()
}

async fn ask(http: &HttpServer, key: &str, method: Method, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    http.request(method, path, &headers, body.to_owned()).await
}

#[tokio::test]
async fn a_partner_s_administrator_keeps_its_own_subscriptions() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let (own, other) = (key(&world, "1234567").await, key(&world, "7654321").await);
    let body = json!({ "email": GROUP, "kinds": ["decided"], "language": "tr" }).to_string();
    let made = ask(&http, &own, Method::POST, SUBSCRIPTIONS, &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!((&made["standing"], &made["partner"]), (&json!("unconfirmed"), &json!("1234567")));
    world.settle().await;

    let one = format!("{SUBSCRIPTIONS}/{}", made["id"].as_str().unwrap());
    let wish = json!({
        "email": GROUP, "delivery": "daily", "hour": 7, "time_zone": "Europe/Istanbul",
    });
    let changed = ask(&http, &own, Method::PUT, &one, &wish.to_string()).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let changed = changed.json();
    assert_eq!((&changed["hour"], &changed["kinds"].as_array().unwrap().len()), (&json!(7), &6));

    // It is not there for anybody else.
    for method in [Method::PUT, Method::DELETE] {
        assert_eq!(ask(&http, &other, method, &one, &wish.to_string()).await.status, 404);
    }
    let listed = ask(&http, &other, Method::GET, SUBSCRIPTIONS, "").await.json();
    assert_eq!(listed["subscriptions"], json!([]));
    let listed = ask(&http, &own, Method::GET, SUBSCRIPTIONS, "").await.json();
    assert_eq!(listed["subscriptions"], json!([changed]));

    let bad = json!({ "email": "nobody", "kinds": ["all"], "delivery": "daily", "hour": 99 });
    let refused = ask(&http, &own, Method::POST, SUBSCRIPTIONS, &bad.to_string()).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let findings = refused.json()["findings"].as_array().unwrap().clone();
    let fields: Vec<&str> = findings.iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["email", "kinds", "hour"]);

    assert_eq!(ask(&http, &own, Method::DELETE, &one, "").await.status, 204);
    assert_eq!(ask(&http, &own, Method::DELETE, &one, "").await.status, 404);
    world.finish().await;
}

#[tokio::test]
async fn the_inbox_is_read_page_by_page_and_from_where_one_was() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let own = key(&world, "1234567").await;
    let id = world.submit(a_claim()).await;
    world.withdraw(id).await.unwrap();
    let get = async |query: &str| {
        ask(&http, &own, Method::GET, &format!("/v1/notifications{query}"), "").await
    };
    let first = get("?limit=1&language=tr").await.json();
    assert_eq!(first["notifications"][0]["text"], "Talep geri çekildi.");
    let next = first["next"].as_str().unwrap();
    let second = get(&format!("?limit=1&before={next}")).await.json();
    assert_eq!(second["notifications"][0]["event"], "customer_notified");
    assert_eq!(second["next"], Value::Null);
    let cursor = second["notifications"][0]["cursor"].as_str().unwrap();
    let new = get(&format!("?since={cursor}")).await.json();
    assert_eq!(new["notifications"].as_array().unwrap().len(), 1);
    for query in ["?since=yesterday", "?limit=0", "?limit=201", "?language=de"] {
        assert_eq!(get(query).await.status, 422, "{query}");
    }
    world.finish().await;
}
