//! The statement of work to download, and advice before submitting, on real files.

use std::io::{Cursor, Read as _};

use cpor::testkit::http::Answer;
use cpor::testkit::{a_claim, a_dynamics_claim};
use serde_json::{Value, json};

use super::super::{Site, assert_problem, codes};
use super::files;

/// The text of a PDF as another reader sees it.
fn text_of_pdf(bytes: &[u8]) -> String {
    let document = lopdf::Document::load_mem(bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The XML of a DOCX.
fn xml_of_docx(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    xml
}

async fn advice(site: &Site, key: &str, ids: &[String], claim: &Value) -> Answer {
    let request = json!({ "document_ids": ids, "submission": claim }).to_string();
    site.http.post_json("/v1/documents/advice", key, request).await
}

fn advised(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let all = answer["advice"].as_array().unwrap().iter();
    all.map(|advice| advice["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_statement_of_work_is_filled_in_from_the_claim_and_can_be_uploaded() {
    let site = Site::open().await;
    let key = site.partner().await;
    let id = site.world.submit(a_dynamics_claim()).await;
    let known = [
        "1234567",
        "Ece Yıldız",
        "anadoluelektrik.com.tr",
        "Mert Kaya, BT Müdürü",
        "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d",
        "2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a",
    ];
    for (language, title) in [("en", "Statement of work"), ("tr", "İş bildirimi")] {
        for format in ["pdf", "docx"] {
            let path =
                format!("/v1/claims/{id}/proof-template?format={format}&language={language}");
            let answer = site.http.get_as(&key, &path).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert!(answer.header("content-disposition").starts_with("attachment; "));
            let text =
                if format == "pdf" { text_of_pdf(&answer.body) } else { xml_of_docx(&answer.body) };
            for known in known.iter().chain([&title]) {
                assert!(text.contains(known), "{known} in {language}, {format}: {text}");
            }
            let name = format!("sow.{format}");
            let uploaded = site.upload(&key, &name, "", answer.body.to_vec()).await;
            assert_eq!(uploaded.status, 201, "{}", uploaded.text());
        }
    }
    let wrong = site.http.get_as(&key, &format!("/v1/claims/{id}/proof-template?format=doc")).await;
    let problem = assert_problem(&wrong, 422, "findings_reported");
    assert_eq!(codes(&problem), [("format", "malformed")]);
}

#[tokio::test]
async fn a_draft_in_which_anything_is_missing_or_wrong_has_a_statement_of_work_too() {
    let site = Site::open().await;
    let key = site.partner().await;
    let long = "Ağ ".repeat(4_000);
    let items: Vec<_> = (0..60).map(|n| json!({ "workload": format!("unknown_{n}") })).collect();
    for draft in [
        json!({}),
        json!({ "partner": 7, "customer": { "contact": [] }, "items": "teams", "activities": {} }),
        json!({ "partner": { "mpn_id": long }, "customer": { "domain": "日本.example\u{0}<&>" } }),
        json!({ "items": items, "activities": ["usage", "unknown"] }),
    ] {
        for format in ["pdf", "docx"] {
            let path = format!("/v1/documents/template?format={format}&language=tr");
            let answer = site.http.post_json(&path, &key, draft.to_string()).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let name = format!("sow.{format}");
            let uploaded = site.upload(&key, &name, "", answer.body.to_vec()).await;
            assert_eq!(uploaded.status, 201, "{}", uploaded.text());
        }
    }
}

#[tokio::test]
async fn advice_says_what_seems_to_be_missing() {
    let site = Site::open().await;
    let key = site.partner().await;
    let mut claim = serde_json::to_value(a_claim()).unwrap();
    let upload = async |name: &str, body: Vec<u8>| {
        let answer = site.upload(&key, name, "", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    // The template has all but dates.
    let template = async |format: &str, claim: &Value| {
        let path = format!("/v1/documents/template?format={format}&language=tr");
        let answer = site.http.post_json(&path, &key, claim.to_string()).await;
        upload(&format!("sow.{format}"), answer.body.to_vec()).await
    };
    let (pdf, docx) = (template("pdf", &claim).await, template("docx", &claim).await);
    for id in [&pdf, &docx] {
        let found = advised(&advice(&site, &key, std::slice::from_ref(id), &claim).await);
        assert_eq!(found, ["dates_missing"], "{id}");
    }
    // A mail says when.
    let dated = upload("yes.eml", files::eml("sow.pdf")).await;
    assert!(advised(&advice(&site, &key, &[pdf.clone(), dated], &claim).await).is_empty());
    // A bare page says nothing of it.
    let bare = upload("sow.pdf", files::pdf("")).await;
    let picture = upload("page.png", files::png()).await;
    let all = ["text_not_readable"];
    assert_eq!(advised(&advice(&site, &key, &[picture], &claim).await), all);
    claim["items"] = json!([{ "workload": "exchange" }]);
    let found = advised(&advice(&site, &key, &[pdf], &claim).await);
    assert_eq!(found, ["dates_missing", "item_not_named"]);
    let found = advised(&advice(&site, &key, &[bare], &claim).await);
    assert!(found.contains(&"text_not_readable".to_owned()), "{found:?}");
    let missing = ["01993c2a-7e00-7000-8000-00000000002a".to_owned()];
    assert_eq!(advised(&advice(&site, &key, &missing, &claim).await), ["document_missing"]);
    let malformed = advice(&site, &key, &["x".to_owned()], &claim).await;
    let problem = assert_problem(&malformed, 422, "findings_reported");
    assert_eq!(codes(&problem), [("document_ids[0]", "document_id_malformed")]);
}
