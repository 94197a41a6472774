//! How long documents stay: as long as something names them.

use chrono::TimeDelta;
use cpor::claim::erase::Erasure;
use cpor::claim::identity::Comment;
use cpor::testkit::a_claim;
use serde_json::{Value, json};

use super::super::{Site, assert_problem, codes, partner};
use super::{OTHER, proved_by};
use crate::drafts::content_of;

#[tokio::test]
async fn a_document_goes_with_its_claim_or_when_nobody_uses_it() {
    let site = Site::configured(&[("documents.unused_days", "3")]).await;
    let key = site.partner().await;
    let (used, unused) = (site.uploaded(&key).await, site.uploaded(&key).await);
    let id = site.world.submit(proved_by(&used)).await;
    let left = async || swept(&site, &key).await;
    let mut both = [unused, used.clone()];
    both.sort();
    assert_eq!(left().await, both);
    site.world.travel_for(TimeDelta::days(4)).await;
    assert_eq!(left().await, std::slice::from_ref(&used));
    site.world.withdraw(id).await.unwrap();
    assert_eq!(left().await, [used]);
    let erasure = Erasure {
        at: site.world.now().await,
        actor: "the test".to_owned(),
        reason: Comment::parse("Request 1.").unwrap(),
        former_tip: None,
    };
    site.world.ledger().erase(id, &erasure).await.unwrap();
    assert!(left().await.is_empty());
}

/// The documents that a sweep leaves.
async fn swept(site: &Site, key: &str) -> Vec<String> {
    let app = site.world.app();
    let documents = app.documents(app.depot().unwrap());
    documents.sweep("the test").await.unwrap().unwrap();
    let listed = site.http.get_as(key, "/v1/documents").await.json();
    let ids = listed["documents"].as_array().unwrap().iter();
    let mut ids: Vec<_> = ids.map(|d| d["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), site.kept().len());
    ids.sort();
    ids
}

#[tokio::test]
async fn a_document_stays_as_long_as_a_draft_names_it() {
    let site = Site::configured(&[("documents.unused_days", "3")]).await;
    let key = site.partner().await;
    let id = site.uploaded(&key).await;
    let mut content = content_of(&a_claim());
    content["proof_of_execution"] = json!([{ "document_id": id }]);
    let draft = site.http.post_json("/v1/drafts", &key, content.to_string()).await;
    assert_eq!(draft.status, 201, "{}", draft.text());
    let path = format!("/v1/drafts/{}", draft.json()["id"].as_str().unwrap());
    site.world.travel_for(TimeDelta::days(60)).await;
    assert_eq!(swept(&site, &key).await, std::slice::from_ref(&id));
    assert_eq!(site.delete(&key, &path).await.status, 204);
    assert!(swept(&site, &key).await.is_empty());
}

#[tokio::test]
async fn newer_proof_stays_as_long_as_the_claim_that_it_was_added_to() {
    let site = Site::configured(&[("documents.unused_days", "3")]).await;
    let (key, other) = (site.partner().await, site.key(partner(OTHER)).await);
    let (newer, foreign) = (site.uploaded(&key).await, site.uploaded(&other).await);
    let claim = site.world.submit(a_claim()).await;
    let path = format!("/v1/claims/{claim}/proof");
    let add = async |id: &str| {
        let proof = json!({ "proof_of_execution": [{ "document_id": id }] });
        site.http.post_json(&path, &key, proof.to_string()).await
    };
    for nobodys in [foreign.as_str(), "01993c2a-7e00-7000-8000-00000000002a"] {
        let problem = assert_problem(&add(nobodys).await, 422, "findings_reported");
        let expected = [("proof_of_execution[0].document_id", "document_missing")];
        assert_eq!(codes(&problem), expected);
    }
    assert_eq!(add(&newer).await.status, 200);
    let refused = site.delete(&key, &format!("/v1/documents/{newer}")).await;
    assert_eq!(assert_problem(&refused, 409, "claim_conflict")["code"], "document_in_use");
    site.world.travel_for(TimeDelta::days(4)).await;
    assert!(swept(&site, &key).await.contains(&newer));
    let shown: Value = site.http.get_as(&other, &format!("/v1/documents/{foreign}")).await.json();
    assert!(shown.get("id").is_none(), "what nobody names has gone: {shown}");
}
