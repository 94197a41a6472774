//! Who may be told in the customer's name, where Microsoft Entra is asked.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use cpor::claim::Status;
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim};

use super::FRIDAY;

/// What Entra says of domains: two belong to the customer, one to somebody else.
async fn configuration(Path((domain, _)): Path<(String, String)>) -> (StatusCode, String) {
    let tenant = match domain.as_str() {
        "anadoluelektrik.com.tr" | "anadolu.example" => CUSTOMER_TENANT.to_string(),
        "elsewhere.example" => "11111111-2222-4333-8444-555555555555".to_owned(),
        _ => {
            let body = r#"{"error":"invalid_tenant","error_codes":[90002]}"#;
            return (StatusCode::BAD_REQUEST, body.to_owned());
        }
    };
    let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
    (StatusCode::OK, format!(r#"{{"issuer":"{issuer}"}}"#))
}

#[tokio::test]
async fn a_contact_outside_the_tenant_is_not_told_anything() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/{domain}/{*rest}", get(configuration));
    let entra = tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = [("directory.provider", "entra"), ("directory.entra.base_url", &base_url)];
    let world = World::configured(FRIDAY, &settings).await;
    for (email, status) in [
        ("mert.kaya@anadoluelektrik.com.tr", Status::Notified),
        ("mert.kaya@anadolu.example", Status::Notified),
        ("accomplice@elsewhere.example", Status::ActionRequired),
        ("accomplice@nobody.example", Status::ActionRequired),
    ] {
        let mut claim = a_claim();
        email.clone_into(&mut claim.customer.contact.email);
        let id = world.submit(claim).await;
        assert_eq!(world.status(id).await, status, "{email}");
        if status == Status::Notified {
            world.withdraw(id).await.unwrap();
            continue;
        }
        let found = world.claim(id).await;
        let findings = format!("{:?}", found.state);
        assert!(findings.contains("contact_outside_tenant"), "{email}: {findings}");
        assert!(world.mails().iter().all(|mail| mail.to != email), "{email}");
    }
    entra.abort();
}
