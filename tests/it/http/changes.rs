//! What partners and reviewers ask of a claim.

use cpor::access::Authority;
use cpor::claim::Status;
use cpor::testkit::a_claim;

use super::{Site, assert_problem, codes};

#[tokio::test]
async fn a_partner_takes_its_claim_back_once() {
    let site = Site::open().await;
    let key = site.partner().await;
    let claim = site.world.submit(a_claim()).await;
    let path = format!("/v1/claims/{claim}/withdraw");
    let first = site.http.post_json(&path, &key, r#"{"reason":"Sent by mistake."}"#).await.json();
    let second = site.http.post_json(&path, &key, "{}").await.json();
    assert_eq!(
        (&first["outcome"], &second["outcome"]),
        (&"withdrawn".into(), &"already_decided".into())
    );
    assert_eq!(site.world.status(claim).await, Status::Withdrawn);
    site.world.settle().await;
}

#[tokio::test]
async fn an_official_claim_is_ended_with_a_reason_and_not_withdrawn() {
    let site = Site::open().await;
    let key = site.partner().await;
    let claim = site.world.submit(a_claim()).await;
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    let withdraw = format!("/v1/claims/{claim}/withdraw");
    let refused = site.http.post_json(&withdraw, &key, "{}").await;
    let problem = assert_problem(&refused, 409, "claim_conflict");
    assert_eq!(
        (&problem["code"], &problem["claim_id"]),
        (&"official".into(), &claim.to_string().into())
    );

    let end = format!("/v1/claims/{claim}/end");
    for (body, status, kind) in [
        (r#"{"reason":"partner_withdrew"}"#, 400, "request_malformed"),
        (r#"{"reason":"partner_withdrew","detail":" "}"#, 422, "findings_reported"),
        (r#"{"reason":"customer_withdrew","detail":"They said so."}"#, 422, "findings_reported"),
        (r#"{"reason":"boredom","detail":"Enough."}"#, 400, "request_malformed"),
    ] {
        assert_problem(&site.http.post_json(&end, &key, body).await, status, kind);
    }
    let body = r#"{"reason":"partner_withdrew","detail":"The project is over."}"#;
    assert_eq!(site.http.post_json(&end, &key, body).await.json()["outcome"], "ended");
    assert_eq!(site.world.status(claim).await, Status::Ended);
    site.world.settle().await;
}

#[tokio::test]
async fn a_reviewer_ends_an_association_for_reasons_that_people_have() {
    let site = Site::open().await;
    let key = site.key(Authority::Reviewer).await;
    let claim = site.world.submit(a_claim()).await;
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    let end = format!("/v1/claims/{claim}/end");
    for reason in ["superseded", "rejected_in_time"] {
        let body = format!(r#"{{"reason":"{reason}","detail":"By phone, case 12."}}"#);
        let refused = site.http.post_json(&end, &key, body).await;
        let problem = assert_problem(&refused, 422, "findings_reported");
        assert_eq!(codes(&problem), [("reason", "reason_not_yours")]);
    }
    let body = r#"{"reason":"customer_withdrew","detail":"By phone, case 12."}"#;
    let answer = site.http.post_json(&end, &key, body).await;
    assert_eq!(answer.json()["status"], "ended", "{}", answer.text());
    site.world.settle().await;
}

#[tokio::test]
async fn an_action_required_is_answered_with_a_corrected_submission() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let right = a_claim();
    let mut wrong = right.clone();
    wrong.customer.domain = "elsewhere.example".to_owned();
    let id = site.submit(&key, &wrong).await.json()["id"].as_str().unwrap().to_owned();
    let claim = site.http.get_as(&key, &format!("/v1/claims/{id}")).await.json();
    assert_eq!(claim["status"], "action_required", "{claim}");
    assert!(!codes(&claim).is_empty() && claim["answer_by"].is_string(), "{claim}");

    let path = format!("/v1/claims/{id}/amend");
    let mut other = right.clone();
    other.partner.mpn_id = "7654321".to_owned();
    let refused = site.http.post_json(&path, &key, other.to_json().unwrap()).await;
    assert_eq!(assert_problem(&refused, 409, "claim_conflict")["code"], "other_claim");
    let amended = site.http.post_json(&path, &key, right.to_json().unwrap()).await;
    assert_eq!(amended.json()["outcome"], "amended", "{}", amended.text());
    site.world.settle().await;
    assert_eq!(site.world.statuses().await, [Status::Notified]);
}

#[tokio::test]
async fn a_partner_agrees_to_the_contact_that_the_customer_has_named() {
    let site = Site::open().await;
    let key = site.partner().await;
    let claim = site.world.submit(a_claim()).await;
    let path = format!("/v1/claims/{claim}/confirm-contact");
    let early = site.http.post_json(&path, &key, "").await;
    assert_eq!(assert_problem(&early, 409, "claim_conflict")["code"], "wrong_status");

    let domain = a_claim().customer.domain;
    site.world.propose_contact(claim, "deniz").await.unwrap();
    let view = site.http.get_as(&key, &format!("/v1/claims/{claim}")).await.json();
    assert_eq!(view["findings"][0]["code"], "contact_proposed", "{view}");
    assert_eq!(view["proposed_contact"]["email"], format!("deniz@{domain}"), "{view}");
    let operator = site.key(Authority::Operator).await;
    let blank = site.http.get_as(&operator, &format!("/v1/claims/{claim}")).await;
    assert!(!blank.text().contains("deniz"), "{}", blank.text());

    let confirmed = site.http.post_json(&path, &key, "").await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    site.world.settle().await;
    assert_eq!(site.world.status(claim).await, Status::Notified);
}

#[tokio::test]
async fn an_operator_reads_claims_without_anybodys_words() {
    let site = Site::open().await;
    let claim = site.world.submit(a_claim()).await;
    let reason = Some("We never met Ece Yıldız.".to_owned());
    let received_at = site.world.now().await;
    let reject = cpor::claim::Command::Reject { received_at, reason };
    site.world.apply(claim, reject).await.unwrap();
    let operator = site.key(Authority::Operator).await;
    let reviewer = site.key(Authority::Reviewer).await;
    for path in [format!("/v1/claims/{claim}"), "/v1/claims".to_owned()] {
        let said = site.http.get_as(&operator, &path).await.text();
        assert!(said.contains("rejected") && !said.contains("Ece"), "{said}");
        assert!(site.http.get_as(&reviewer, &path).await.text().contains("Ece"));
    }
    let history = format!("/v1/claims/{claim}/history");
    assert_problem(&site.http.get_as(&operator, &history).await, 403, "role_not_allowed");
}
