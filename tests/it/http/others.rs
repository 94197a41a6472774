//! What is another partner's is not there, in any route.

use axum::http::Method;
use cpor::http::routes;
use cpor::testkit::{World, a_claim};
use cpor::webhook::{EventFilter, WebhookOwner};

use super::{FRIDAY, Site, partner, source};

/// Everything that belongs to the partner of the testkit, asked for by others.
#[tokio::test]
async fn anothers_claims_associations_and_webhooks_are_not_there() {
    let site = Site::of(World::starting(FRIDAY).await).await;
    let claim = site.world.submit(a_claim()).await;
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    let owner = WebhookOwner::of(&partner(&a_claim().partner.mpn_id)).unwrap();
    let hook = site.world.webhooks();
    let hook = hook.create(owner, "https://hooks.example/a", EventFilter::ALL).await.unwrap().id;
    let secrets = [claim.to_string(), hook.to_string(), a_claim().customer.tenant_id.to_string()];
    let queries = [
        String::new(),
        format!("?tenant={}", a_claim().customer.tenant_id),
        format!("?partner={}", a_claim().partner.mpn_id),
        format!("?source={}", a_claim().source),
        "?status=associated".to_owned(),
        "?last_event_id=none".to_owned(),
        format!(
            "?partner={}&tenant={}&item=workload:teams",
            a_claim().partner.mpn_id,
            a_claim().customer.tenant_id
        ),
    ];
    for authority in [partner("7654321"), source("erp-apac")] {
        let key = site.key(authority.clone()).await;
        let bearer = format!("Bearer {key}");
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        for route in routes().into_iter().filter(|route| !route.path.contains("{token}")) {
            let path = route.path.replace("{claim_id}", &secrets[0]);
            let path = path.replace("{webhook_id}", &secrets[1]);
            let names_it = path != route.path;
            for query in &queries {
                if route.streams && route.method == Method::GET && !query.contains("none") {
                    continue; // It has no end; its own test listens to it.
                }
                let (method, path) = (route.method.clone(), format!("{path}{query}"));
                let body = bodies(route.id);
                let answer = site.http.request(method, &path, &headers, body).await;
                let said = answer.text();
                let told = secrets.iter().filter(|secret| !path.contains(*secret));
                for secret in told {
                    assert!(!said.contains(secret.as_str()), "{authority:?} {path}: {said}");
                }
                // A page sends away who is not signed in.
                let admitted = ![303, 403].contains(&answer.status.as_u16());
                if names_it && admitted && query.is_empty() {
                    assert_eq!(answer.status, 404, "{authority:?} {} {path}: {said}", route.method);
                }
            }
        }
    }
    assert_eq!(site.world.status(claim).await, cpor::claim::Status::Associated);
}

/// A body that is right, so that only the ownership can be what is wrong.
fn bodies(id: &str) -> String {
    match id {
        "amend_claim" => a_claim().to_json().unwrap(),
        "end_association" => r#"{"reason":"partner_withdrew","detail":"Over."}"#.to_owned(),
        "comment_on_claim" => r#"{"text":"Please look."}"#.to_owned(),
        "add_proof" => {
            let document = "0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11";
            format!(r#"{{"proof_of_execution":[{{"document_id":"{document}"}}]}}"#)
        }
        "answer_contest" => r#"{"contest":1,"keeps":true}"#.to_owned(),
        "dispute_refusal" => r#"{"justification":"It was signed."}"#.to_owned(),
        "reactivate_claim" => r#"{"reason":"The contact was ill."}"#.to_owned(),
        "pause_webhook" => r#"{"reason":"Maintenance."}"#.to_owned(),
        "replay_webhook" => r#"{"since":"2026-11-20T00:00:00Z"}"#.to_owned(),
        _ => "{}".to_owned(),
    }
}

#[tokio::test]
async fn who_else_wants_an_item_is_not_told() {
    let site = Site::open().await;
    let held = site.world.submit(a_claim()).await;
    let mut rival = a_claim();
    "7654321".clone_into(&mut rival.partner.mpn_id);
    let contested = site.world.submit(rival).await;
    let key = site.key(partner("7654321")).await;
    let reviewer = site.key(cpor::access::Authority::Reviewer).await;
    let claim = format!("/v1/claims/{contested}");
    for path in [claim.clone(), format!("{claim}/history"), "/v1/claims".to_owned()] {
        let said = site.http.get_as(&key, &path).await.text();
        assert!(said.contains("contested"), "{path}: {said}");
        for secret in [held.to_string(), a_claim().partner.mpn_id] {
            assert!(!said.contains(&secret), "{path}: {said}");
        }
        let said = site.http.get_as(&reviewer, &path).await.text();
        assert!(said.contains(&held.to_string()), "{path}: {said}");
    }
}
