//! Uploaded documents, over a real server and a real folder: what is kept, how it is served, to
//! whom, and for how long.

mod acknowledge;
mod added;
pub mod files;
mod help;
mod hostile;
mod lasting;
mod scanner;

use std::path::{Path, PathBuf};

use axum::http::Method;
use chrono::TimeDelta;
use cpor::access::{Authority, Role};
use cpor::claim::Status;
use cpor::testkit::a_claim;
use cpor::testkit::http::Answer;
use cpor_jobs::{ProofOfExecution, SubmitClaim};
use hyper::body::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Site, assert_problem, codes, partner, somebody};

/// Another partner.
const OTHER: &str = "7654321";

impl Site {
    async fn upload(&self, key: &str, name: &str, declared: &str, body: Vec<u8>) -> Answer {
        let bearer = format!("Bearer {key}");
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend((!declared.is_empty()).then_some(("content-type", declared)));
        let query = cpor::testkit::http::urlencoded(&[("name", name)]);
        self.http.request(Method::POST, &format!("/v1/documents?{query}"), &headers, body).await
    }

    /// The id of a document that was uploaded now.
    async fn uploaded(&self, key: &str) -> String {
        let answer = self.upload(key, "sow.pdf", "application/pdf", files::pdf("")).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn delete(&self, key: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {key}");
        self.http.request(Method::DELETE, path, &[("authorization", &bearer)], "").await
    }

    /// Every file in the folder of documents.
    fn kept(&self) -> Vec<PathBuf> {
        files_below(&self.world.settings().data.directory.join("documents"))
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let each = entries.map(|entry| entry.unwrap().path());
    each.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// A claim that the document proves.
fn proved_by(id: &str) -> SubmitClaim {
    let id: Uuid = id.parse().unwrap();
    let mut claim = a_claim();
    claim.proof_of_execution = vec![ProofOfExecution::uploaded(id)];
    claim
}

#[tokio::test]
async fn each_kind_is_kept_and_served_as_an_attachment_byte_for_byte() {
    let site = Site::open().await;
    let key = site.partner().await;
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let check = async |name: &str, declared: &str, body: Vec<u8>, kind: &str, served: &str| {
        let answer = site.upload(&key, name, declared, body.clone()).await;
        let text = answer.text();
        assert_eq!(answer.status, 201, "{name}: {text}");
        let document = answer.json();
        assert_eq!(document["kind"], kind, "{text}");
        assert_eq!(document["name"], name, "{text}");
        assert_eq!(document["size"], body.len(), "{text}");
        assert_eq!(document["sha256"], hex::encode(Sha256::digest(&body)), "{text}");
        assert_eq!(document["scan"]["state"], "not_scanned", "{text}");
        let content = format!("{}/content", answer.header("location"));
        let found = site.http.get_as(&key, &content).await;
        assert_eq!(found.body, Bytes::from(body), "{name}");
        assert_eq!(found.header("content-type"), served);
        assert!(found.header("content-disposition").starts_with("attachment; "), "{name}");
        assert_eq!(found.header("x-content-type-options"), "nosniff");
        assert_eq!(found.header("cache-control"), "no-store");
        assert!(found.header("content-security-policy").starts_with("sandbox;"));
    };
    check("sow.pdf", "application/pdf", files::pdf(""), "pdf", "application/pdf").await;
    // Larger than what is written to the object store at once.
    let large = files::pdf(&"% and so on\n".repeat(600_000));
    check("large.pdf", "application/octet-stream", large, "pdf", "application/pdf").await;
    check("sow.docx", docx, files::docx(&[]), "docx", docx).await;
    check("page.png", "image/png", files::png(), "png", "image/png").await;
    check("page.JPG", "image/jpeg", files::jpeg(), "jpeg", "image/jpeg").await;
    let msg = files::msg(&["sow.pdf"]);
    check("yes.msg", "application/vnd.ms-outlook", msg, "msg", "application/vnd.ms-outlook").await;
    check("yes.eml", "", files::eml("sow.pdf"), "eml", "message/rfc822").await;
    assert_eq!(site.kept().len(), 7);
}

#[tokio::test]
async fn the_name_is_told_to_every_program_and_is_in_no_path() {
    let site = Site::open().await;
    let key = site.partner().await;
    let name = "İş \"bildirimi\" (imzalı).pdf";
    let answer = site.upload(&key, name, "application/pdf", files::pdf("")).await;
    assert_eq!(answer.json()["name"], "İş _bildirimi_ (imzalı).pdf");
    let content = format!("{}/content", answer.header("location"));
    let found = site.http.get_as(&key, &content).await;
    assert_eq!(
        found.header("content-disposition"),
        "attachment; filename=\"__ _bildirimi_ (imzal_).pdf\"; \
         filename*=UTF-8''%C4%B0%C5%9F%20_bildirimi_%20%28imzal%C4%B1%29.pdf"
    );
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let kept = site.kept();
    assert!(kept.len() == 1 && kept[0].ends_with(&id), "{kept:?}");
}

#[tokio::test]
async fn documents_are_there_for_their_partner_and_reviewers_alone() {
    let site = Site::open().await;
    let key = site.partner().await;
    let id = site.uploaded(&key).await;
    let (one, content) = (format!("/v1/documents/{id}"), format!("/v1/documents/{id}/content"));
    let check = async |authority: Authority, shown: u16, served: u16| {
        let role = authority.role();
        let key = site.key(authority).await;
        assert_eq!(site.http.get_as(&key, &one).await.status, shown, "{role}");
        assert_eq!(site.http.get_as(&key, &content).await.status, served, "{role}");
    };
    check(partner(OTHER), 404, 404).await;
    check(Authority::Reviewer, 200, 200).await;
    check(Authority::Observer, 200, 403).await;
    check(Authority::Operator, 403, 403).await;
    check(somebody(Role::UpstreamSource), 403, 403).await;

    let observer = site.key(Authority::Observer).await;
    let seen = site.http.get_as(&observer, &one).await.json();
    assert_eq!((seen.get("name"), seen.get("uploaded_by")), (None, None), "{seen}");
    let listed = site.http.get_as(&observer, "/v1/documents?partner=1234567").await.json();
    assert_eq!(listed["documents"][0]["id"], *id, "{listed}");
    let other = site.key(partner(OTHER)).await;
    let listed = site.http.get_as(&other, "/v1/documents").await.json();
    assert_eq!(listed["documents"], Value::Array(Vec::new()), "{listed}");
    assert_eq!(site.delete(&other, &one).await.status, 404);
    assert_eq!(site.delete(&key, &one).await.status, 204);
    assert_eq!(site.http.get_as(&key, &one).await.status, 404);
    assert!(site.kept().is_empty());
}

#[tokio::test]
async fn a_list_goes_page_by_page_newest_first() {
    let site = Site::open().await;
    let key = site.partner().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, site.uploaded(&key).await);
        site.world.travel_for(TimeDelta::seconds(1)).await;
    }
    let first = site.http.get_as(&key, "/v1/documents?limit=2").await.json();
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let path = format!("/v1/documents?limit=2&cursor={cursor}");
    let second = site.http.get_as(&key, &path).await.json();
    assert!(second.get("next_cursor").is_none(), "{second}");
    let all = [first["documents"].as_array().unwrap(), second["documents"].as_array().unwrap()];
    let found: Vec<_> = all.into_iter().flatten().map(|d| d["id"].as_str().unwrap()).collect();
    assert_eq!(found, ids);
}

#[tokio::test]
async fn a_partner_uploads_so_many_a_day() {
    let site = Site::configured(&[("documents.per_day_max", "2")]).await;
    let key = site.partner().await;
    let (_, _) = (site.uploaded(&key).await, site.uploaded(&key).await);
    let refused = site.upload(&key, "sow.pdf", "", files::pdf("")).await;
    let problem = assert_problem(&refused, 429, "too_many_requests");
    assert_eq!(problem["code"], "documents_of_the_day");
    assert_eq!(refused.header("retry-after"), "32401", "the day ends at midnight UTC");
    site.world.travel_to("2026-11-21T00:00:00Z").await;
    let _ = site.uploaded(&key).await;
}

#[tokio::test]
async fn a_claim_is_proved_by_its_partners_own_documents() {
    let site = Site::open().await;
    let (key, other) = (site.partner().await, site.key(partner(OTHER)).await);
    let (own, foreign) = (site.uploaded(&key).await, site.uploaded(&other).await);
    let missing = "01993c2a-7e00-7000-8000-00000000002a";
    let reviewer = site.key(Authority::Reviewer).await;
    let check = async |document: &str, expected: &[&str]| {
        let id = site.world.submit(proved_by(document)).await;
        let claim = site.http.get_as(&reviewer, &format!("/v1/claims/{id}")).await.json();
        let found: Vec<_> = codes(&claim).into_iter().map(|(_, code)| code.to_owned()).collect();
        assert_eq!(found, expected, "{claim}");
        id
    };
    check(&foreign, &["document_missing"]).await;
    check(missing, &["document_missing"]).await;
    let id = check(&own, &[]).await;
    assert_eq!(site.world.status(id).await, Status::Notified);
    let one = format!("/v1/documents/{own}");
    assert_eq!(site.http.get_as(&key, &one).await.json()["claims"][0], id.to_string());
    let refused = site.delete(&key, &one).await;
    assert_eq!(assert_problem(&refused, 409, "claim_conflict")["code"], "document_in_use");
    assert_eq!(site.delete(&other, &format!("/v1/documents/{foreign}")).await.status, 204);
}
