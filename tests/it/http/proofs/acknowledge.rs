//! A statement of work that the customer acknowledges by a link instead of signing paper.

use chrono::TimeDelta;
use cpor::claim::Status;
use cpor::testkit::http::Answer;
use cpor::testkit::{a_claim, a_claim_on};
use serde_json::{Value, json};

use super::super::{Site, assert_problem, codes};
use super::proved_by;

const CONTACT: &str = "mert.kaya@anadoluelektrik.com.tr";

fn question() -> Value {
    json!({
        "submission": serde_json::to_value(a_claim()).unwrap(),
        "description": "Teams <b>kurulumu</b> ve eğitim.",
        "from": "2026-03-01",
        "to": "2026-10-31",
    })
}

async fn ask(site: &Site, key: &str, question: &Value) -> Answer {
    let answer = site.http.post_json("/v1/acknowledgements", key, question.to_string()).await;
    site.world.settle().await;
    answer
}

/// A question that was asked: its document, and the path of the link in the mail.
async fn asked(site: &Site, key: &str) -> (String, String) {
    let answer = ask(site, key, &question()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let links = site.world.links_in_latest_mail_to(CONTACT);
    let path = links.iter().find_map(|link| Some(link[link.find("/a/")?..].to_owned())).unwrap();
    (answer.json()["id"].as_str().unwrap().to_owned(), path)
}

/// The value of a hidden field of a page.
fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    let (_, after) = text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    after.split('"').next().unwrap().to_owned()
}

async fn state(site: &Site, key: &str, id: &str) -> Value {
    let document = site.http.get_as(key, &format!("/v1/documents/{id}")).await.json();
    document["acknowledgement"]["state"].clone()
}

#[tokio::test]
async fn what_a_customer_acknowledges_proves_the_claim() {
    let site = Site::open().await;
    let key = site.partner().await;
    let (id, link) = asked(&site, &key).await;
    assert_eq!(state(&site, &key, &id).await, "asked");
    let content = format!("/v1/documents/{id}/content");
    let early = site.http.get_as(&key, &content).await;
    assert_eq!(assert_problem(&early, 409, "claim_conflict")["code"], "not_acknowledged");

    // Opening changes nothing, however often, and shows the words as they are.
    for _ in 0..3 {
        let page = site.http.get(&link).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("İş bildirimi"), "{}", page.text());
        assert!(page.text().contains("Teams &lt;b&gt;kurulumu"), "{}", page.text());
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
    }
    // Neither do a press without a choice, and the first step alone.
    assert_eq!(site.http.post_form(&link, &[]).await.status, 422);
    let first = site.http.post_form(&link, &[("answer", "acknowledge")]).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let step = hidden(&first, "step");
    let all = [("answer", "acknowledge"), ("step", step.as_str())];
    assert_eq!(site.http.post_form(&link, &all).await.status, 422);
    let other = [("answer", "decline"), ("step", step.as_str()), ("confirm", "yes")];
    assert_eq!(site.http.post_form(&link, &other).await.status, 422);
    assert_eq!(state(&site, &key, &id).await, "asked");

    let whole = [&all[..], &[("confirm", "yes")]].concat();
    assert_eq!(site.http.post_form(&link, &whole).await.status, 303);
    assert_eq!(state(&site, &key, &id).await, "acknowledged");
    assert!(site.http.get(&link).await.text().contains("onaylandı"));
    let evidence = site.http.get_as(&key, &content).await;
    assert!(evidence.text().contains(CONTACT), "{}", evidence.text());
    assert!(evidence.text().contains("Teams <b>kurulumu</b> ve eğitim."), "{}", evidence.text());
    assert!(evidence.header("content-disposition").starts_with("attachment; "));
    let claim = site.world.submit(proved_by(&id)).await;
    assert_eq!(site.world.status(claim).await, Status::Notified);
}

#[tokio::test]
async fn what_nobody_acknowledged_or_is_about_something_else_proves_nothing() {
    let site = Site::open().await;
    let key = site.partner().await;
    let (id, link) = asked(&site, &key).await;
    let findings = async |claim| {
        let claim = site.world.submit(claim).await;
        let claim = site.http.get_as(&key, &format!("/v1/claims/{claim}")).await.json();
        codes(&claim).into_iter().map(|(_, code)| code.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(findings(proved_by(&id)).await, ["document_not_acknowledged"]);
    let mut other = a_claim_on("exchange");
    other.proof_of_execution = proved_by(&id).proof_of_execution;
    let step = hidden(&site.http.post_form(&link, &[("answer", "acknowledge")]).await, "step");
    let whole = [("answer", "acknowledge"), ("step", step.as_str()), ("confirm", "yes")];
    assert_eq!(site.http.post_form(&link, &whole).await.status, 303);
    assert_eq!(findings(other).await, ["acknowledgement_differs"]);
}

#[tokio::test]
async fn a_customer_may_decline_and_that_stays() {
    let site = Site::open().await;
    let key = site.partner().await;
    let (id, link) = asked(&site, &key).await;
    let step = hidden(&site.http.post_form(&link, &[("answer", "decline")]).await, "step");
    let no = [("answer", "decline"), ("step", step.as_str()), ("confirm", "yes")];
    assert_eq!(site.http.post_form(&link, &no).await.status, 303);
    assert_eq!(state(&site, &key, &id).await, "declined");
    site.world.travel_for(TimeDelta::minutes(5)).await;
    assert_eq!(site.http.post_form(&link, &[("answer", "acknowledge")]).await.status, 303);
    assert_eq!(state(&site, &key, &id).await, "declined");
    assert!(site.kept().is_empty());
}

#[tokio::test]
async fn only_somebody_at_the_tenants_own_domain_is_asked() {
    let site = Site::open().await;
    let key = site.partner().await;
    let mut wrong = question();
    wrong["submission"]["customer"]["contact"]["email"] = "mert@gmail.example".into();
    wrong["description"] = " ".into();
    wrong["to"] = "2024-10-31".into();
    let problem = assert_problem(&ask(&site, &key, &wrong).await, 422, "findings_reported");
    let found = codes(&problem);
    for code in ["contact_outside_domain", "description_length", "dates_old", "dates_reversed"] {
        assert!(found.iter().any(|(_, found)| *found == code), "{code}: {found:?}");
    }
    // A domain that the directory gives to somebody else gets no mail.
    let mut foreign = question();
    foreign["submission"]["customer"]["domain"] = "unknown.example".into();
    foreign["submission"]["customer"]["contact"]["email"] = "a@unknown.example".into();
    let answer = ask(&site, &key, &foreign).await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(state(&site, &key, &id).await, "undeliverable");
    assert!(site.world.mails().is_empty());
    assert_eq!(site.http.get("/a/AQEDnone").await.status, 404);
}
