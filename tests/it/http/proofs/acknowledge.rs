//! A statement of work that the customer acknowledges by a link instead of signing paper.

use chrono::TimeDelta;
use cpor::access::Authority;
use cpor::claim::Status;
use cpor::testkit::http::Answer;
use cpor::testkit::{a_claim, a_claim_on};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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
    let shown = site.http.get_as(&key, &format!("/v1/documents/{id}")).await.json();
    let asked = &shown["acknowledgement"];
    assert_eq!(asked["asked_email"], CONTACT, "{shown}");
    assert_eq!(asked["open_until"], "2026-12-04T15:00:00Z", "{shown}");
    let statement = asked["statement"].as_str().unwrap();
    let digest = |text: &str| hex::encode(Sha256::digest(text));
    assert_eq!(asked["statement_sha256"], digest(statement), "{shown}");
    // A reviewer reads the same evidence, and what it is hangs together.
    let reviewer = site.key(Authority::Reviewer).await;
    let evidence = site.http.get_as(&reviewer, &content).await;
    assert_eq!(shown["sha256"], digest(&evidence.text()), "{shown}");
    assert_eq!(shown["size"], evidence.body.len(), "{shown}");
    for words in [
        &format!("Acknowledged by: Mert Kaya <{CONTACT}>"),
        "Acknowledged at: 2026-11-20T15:00:00+00:00",
        "when the customer's mail server accepted <o1.",
        "an HMAC-SHA256 of this document's id with key ",
        &format!("SHA-256 of the statement: {}", digest(statement)),
        "Teams <b>kurulumu</b> ve eğitim.",
        statement,
    ] {
        assert!(evidence.text().contains(words), "{words}: {}", evidence.text());
    }
    assert!(evidence.header("content-disposition").starts_with("attachment; "));
    let observer = site.key(Authority::Observer).await;
    let seen = site.http.get_as(&observer, &format!("/v1/documents/{id}")).await.json();
    let hidden = ["statement", "asked_name", "asked_email"].map(|name| seen.get(name));
    assert_eq!((hidden, &seen["acknowledgement"]["state"]), ([None; 3], &"acknowledged".into()));
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
    // What was answered once is not answered again, nor with the form of before.
    assert_eq!(site.http.post_form(&link, &no).await.status, 303);
    let yes = [("answer", "acknowledge"), ("step", step.as_str()), ("confirm", "yes")];
    assert_eq!(site.http.post_form(&link, &yes).await.status, 303);
    assert_eq!(state(&site, &key, &id).await, "declined");
}

#[tokio::test]
async fn a_link_is_good_for_so_many_days_and_no_longer() {
    let site = Site::configured(&[("documents.acknowledgement_days", "2")]).await;
    let key = site.partner().await;
    let (id, link) = asked(&site, &key).await;
    let mail = site.world.latest_mail_to(CONTACT);
    assert!(mail.contains("22 Kasım 2026 Pazar, 18:00"), "{mail}");
    site.world.travel_to("2026-11-22T14:30:00Z").await;
    let step = hidden(&site.http.post_form(&link, &[("answer", "acknowledge")]).await, "step");
    site.world.travel_to("2026-11-22T15:00:00Z").await;
    let whole = [("answer", "acknowledge"), ("step", step.as_str()), ("confirm", "yes")];
    assert_eq!(site.http.post_form(&link, &whole).await.status, 303);
    assert_eq!(state(&site, &key, &id).await, "expired");
    assert!(site.http.get(&link).await.text().contains("artık geç"));
    // The partner may ask again, and a new link leads to a new question.
    let (again, fresh) = asked(&site, &key).await;
    assert!(again != id && fresh != link);
    assert_eq!(state(&site, &key, &again).await, "asked");
}

#[tokio::test]
async fn one_address_and_one_draft_are_asked_so_often_and_no_more() {
    let site = Site::configured(&[("documents.questions_max", "2")]).await;
    let key = site.partner().await;
    let (first, _) = asked(&site, &key).await;
    let path = format!("/v1/documents/{first}");
    assert_eq!(site.delete(&key, &path).await.status, 204, "what was deleted was asked as well");
    let (_, _) = asked(&site, &key).await;
    let refused = ask(&site, &key, &question()).await;
    let problem = assert_problem(&refused, 429, "too_many_requests");
    assert_eq!(problem["code"], "questions_asked");
    assert_eq!(refused.header("retry-after"), "1209601", "the first is two weeks old then");
    let other = site.key(super::partner(super::OTHER)).await;
    assert_eq!(ask(&site, &other, &question()).await.status, 201, "another partner has not asked");
    let mut colleague = question();
    colleague["submission"]["customer"]["contact"]["email"] = "a@anadoluelektrik.com.tr".into();
    assert_eq!(ask(&site, &key, &colleague).await.status, 201);
    let all = join_all((0..6).map(|number| {
        let mut one = colleague.clone();
        one["submission"]["customer"]["contact"]["email"] = "b@anadoluelektrik.com.tr".into();
        one["description"] = format!("Work {number}.").into();
        let (http, key) = (&site.http, &key);
        async move { http.post_json("/v1/acknowledgements", key, one.to_string()).await.status }
    }))
    .await;
    assert_eq!(all.iter().filter(|status| **status == 201).count(), 2, "{all:?}");
    site.world.settle().await;
}

#[tokio::test]
async fn a_draft_names_the_acknowledgement_that_was_asked_from_it() {
    let site = Site::configured(&[("documents.questions_max", "1")]).await;
    let key = site.partner().await;
    let mut content = crate::drafts::content_of(&a_claim());
    content["proof_of_execution"] = json!([]);
    let draft = site.http.post_json("/v1/drafts", &key, content.to_string()).await;
    assert_eq!(draft.status, 201, "{}", draft.text());
    let draft = draft.json()["id"].as_str().unwrap().to_owned();
    let mut request = question();
    request.as_object_mut().unwrap().remove("submission");
    request["draft_id"] = draft.clone().into();
    let answer = ask(&site, &key, &request).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let found = site.http.get_as(&key, &format!("/v1/drafts/{draft}")).await.json();
    let proof = &found["content"]["proof_of_execution"][0]["document_id"];
    assert_eq!(*proof, answer.json()["id"], "{found}");
    assert_problem(&ask(&site, &key, &request).await, 429, "too_many_requests");
    let other = site.key(super::partner(super::OTHER)).await;
    assert_eq!(ask(&site, &other, &request).await.status, 404);
    request["submission"] = question()["submission"].clone();
    let problem = assert_problem(&ask(&site, &key, &request).await, 422, "findings_reported");
    assert_eq!(codes(&problem), [("submission", "submission_or_draft")]);
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
