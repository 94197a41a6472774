//! Documents that are added to a claim after its submission.

use chrono::TimeDelta;
use cpor::claim::Status;
use cpor::testkit::a_claim;

use super::super::{Site, assert_problem, codes, partner};
use super::OTHER;

#[tokio::test]
async fn what_is_added_to_an_association_is_kept_as_long_as_that_is() {
    let site = Site::configured(&[("documents.unused_days", "3")]).await;
    let (key, other) = (site.partner().await, site.key(partner(OTHER)).await);
    let (added, foreign) = (site.uploaded(&key).await, site.uploaded(&other).await);
    let claim = site.world.submit(a_claim()).await;
    site.world.confirm(claim).await.unwrap();
    let path = format!("/v1/claims/{claim}/proof");
    let add = |id: &str| format!(r#"{{"proof_of_execution":[{{"document_id":"{id}"}}]}}"#);
    let revision = site.world.claim(claim).await.revision;
    for wrong in [&foreign, "01993c2a-7e00-7000-8000-00000000002b"] {
        let refused = site.http.post_json(&path, &key, add(wrong)).await;
        let problem = assert_problem(&refused, 422, "findings_reported");
        assert_eq!(codes(&problem), [("proof_of_execution[0].document_id", "document_missing")]);
    }
    assert_eq!(site.world.claim(claim).await.revision, revision);
    let done = site.http.post_json(&path, &key, add(&added)).await;
    assert_eq!(done.status, 200, "{}", done.text());
    site.world.travel_for(TimeDelta::days(4)).await;
    let app = site.world.app();
    app.documents(app.depot().unwrap()).sweep("the test").await.unwrap().unwrap();
    let status = async |id: &str, key| site.http.get_as(key, &format!("/v1/documents/{id}")).await;
    assert_eq!(status(&added, &key).await.json()["claims"][0], claim.to_string());
    assert_eq!(status(&foreign, &other).await.status, 404, "nothing names it");
    assert_eq!(site.world.status(claim).await, Status::Associated);
    assert_eq!(site.world.broken_invariants().await, []);
}
