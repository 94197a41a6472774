//! Usage figures, brought in as the service that holds them does.

use axum::http::Method;
use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::Line;
use cpor::testkit::{CUSTOMER_TENANT, HttpServer, World};
use serde_json::json;

/// Brings in figures of four months of an item of the customer.
pub async fn bring_in(world: &World, http: &HttpServer, item: &str) {
    let keys = ApiKeys::new(world.ledger().store().clone());
    let label = Line::parse("a test").unwrap();
    let authority = Authority::UsageDataService;
    let new = NewApiKey { authority, label, expires_at: None };
    let key = keys.create(&new, world.ledger().clock().real()).await.unwrap().key;
    let bearer = format!("Bearer {}", key.reveal());
    let months = [("2026-11", 410), ("2026-12", 655), ("2027-01", 790), ("2027-02", 1_204)];
    let rows = months.map(|(month, users)| {
        json!({
            "tenant_id": CUSTOMER_TENANT, "item": item, "month": month,
            "monthly_active_users": users, "paid_units": 1_500, "assigned_units": users + 90,
        })
    });
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = json!(rows).to_string();
    let taken = http.request(Method::PUT, "/v1/usage", &headers, body).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
}
