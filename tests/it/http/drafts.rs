//! Drafts by HTTP: several people at one draft, checking, submitting once, and who sees them.

use axum::http::Method;
use cpor::access::Role;
use cpor::claim::Status;
use cpor::testkit::http::Answer;
use cpor::testkit::{a_claim, a_claim_of, a_claim_on};
use serde_json::{Value, json};

use super::{Site, assert_problem, codes, partner, somebody};
use crate::drafts::{content_of, own};

const DRAFTS: &str = "/v1/drafts";

impl Site {
    async fn begin(&self, key: &str, content: &Value) -> Answer {
        let answer = self.http.post_json(DRAFTS, key, content.to_string()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer
    }

    async fn send(&self, method: Method, key: &str, path: &str, seen: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {key}");
        let mut headers = vec![("content-type", "application/json"), ("authorization", &bearer)];
        headers.extend((!seen.is_empty()).then_some(("if-match", seen)));
        self.http.request(method, path, &headers, body.to_owned()).await
    }

    async fn save(&self, key: &str, path: &str, seen: &str, content: &Value) -> Answer {
        self.send(Method::PUT, key, path, seen, &content.to_string()).await
    }

    async fn post(&self, key: &str, path: &str) -> Answer {
        self.send(Method::POST, key, path, "", "").await
    }
}

#[tokio::test]
async fn a_draft_is_begun_saved_checked_and_becomes_one_claim() {
    let site = Site::open().await;
    let key = site.partner().await;
    let begun = site.begin(&key, &json!({"name": "Teams rollout"})).await;
    let path = begun.header("location").to_owned();
    assert_eq!((begun.header("etag"), &begun.json()["state"]), ("\"1\"", &json!("open")));
    let checked = site.post(&key, &format!("{path}/check")).await.json();
    assert_eq!((&checked["ready"], &checked["findings"]), (&json!(false), &json!([])));
    let missing = checked["missing"].as_array().unwrap().len();
    assert!(missing > 10, "{checked}");
    assert_eq!(checked["steps"][0], json!({"step": "location", "state": "complete"}));
    assert_eq!(checked["steps"][1], json!({"step": "customer", "state": "empty"}));

    let whole = content_of(&a_claim());
    let saved = site.save(&key, &path, "\"1\"", &whole).await;
    assert_eq!((saved.status.as_u16(), saved.header("etag")), (200, "\"2\""), "{}", saved.text());
    let checked = site.post(&key, &format!("{path}/check")).await.json();
    assert_eq!(checked["ready"], true, "{checked}");

    let submitted = site.post(&key, &format!("{path}/submit")).await;
    assert_eq!(submitted.status, 201, "{}", submitted.text());
    site.world.settle().await;
    let claim = submitted.json();
    assert_eq!(claim["source"], format!("mpn-{}", own()));
    assert_eq!(claim["idempotency_key"], begun.json()["id"]);
    let again = site.post(&key, &format!("{path}/submit")).await;
    assert_eq!((again.status.as_u16(), &again.json()["id"]), (200, &claim["id"]));
    assert_eq!(site.world.statuses().await, [Status::Notified]);

    let locked = site.http.get_as(&key, &path).await.json();
    assert_eq!((&locked["state"], &locked["claim_id"]), (&json!("submitted"), &claim["id"]));
    assert_eq!(locked["content"], json!({}), "what it said is the claim's now");
    let tag = format!("\"{}\"", locked["revision"]);
    for answer in [
        site.save(&key, &path, &tag, &whole).await,
        site.send(Method::DELETE, &key, &path, &tag, "").await,
        site.post(&key, &format!("{path}/check")).await,
    ] {
        let problem = assert_problem(&answer, 409, "claim_conflict");
        assert_eq!(
            (&problem["code"], &problem["claim_id"]),
            (&json!("draft_submitted"), &claim["id"])
        );
    }
}

#[tokio::test]
async fn two_people_who_save_at_once_see_both_versions_and_who_changed_what() {
    let site = Site::open().await;
    let (ada, ben) = (site.partner().await, site.partner().await);
    let begun = json!({"name": "Rollout", "comment": "First.", "customer": {"country": "TR"}});
    let path = site.begin(&ada, &begun).await.header("location").to_owned();
    let bens = json!({"name": "Rollout", "comment": "Ben's.", "customer": {"country": "DE"}});
    assert_eq!(site.save(&ben, &path, "\"1\"", &bens).await.status, 200);
    let adas = json!({"name": "Teams", "comment": "Ada's.", "customer": {"country": "TR"}});
    let problem = site.save(&ada, &path, "\"1\"", &adas).await;
    let problem = assert_problem(&problem, 412, "draft_changed");
    let conflict = &problem["conflict"];
    let changed_by = site.http.get_as(&ben, &path).await.json()["changed_by"].clone();
    assert_eq!((&conflict["revision"], &conflict["changed_by"]), (&json!(2), &changed_by));
    assert_eq!(conflict["changed_at"], "2026-11-20T15:00:00Z");
    let fields: Vec<Value> = conflict["fields"].as_array().unwrap().clone();
    let said = |at: usize, names: [&str; 5]| names.map(|name| fields[at][name].clone());
    let names = ["field", "changed_by", "yours", "theirs", "by"];
    assert_eq!(
        said(0, names),
        [json!("comment"), json!("both"), json!("Ada's."), json!("Ben's."), changed_by.clone()]
    );
    assert_eq!(
        said(1, names),
        [json!("customer.country"), json!("they"), json!("TR"), json!("DE"), changed_by]
    );
    assert_eq!(
        said(2, names),
        [json!("name"), json!("you"), json!("Teams"), json!("Rollout"), Value::Null]
    );
    // Nothing was changed; what both agree on is no conflict, whoever saw what.
    assert_eq!(site.http.get_as(&ada, &path).await.json()["content"], bens);
    assert_eq!(site.save(&ada, &path, "\"1\"", &bens).await.header("etag"), "\"2\"");
    assert_eq!(site.save(&ada, &path, "\"2\"", &adas).await.header("etag"), "\"3\"");
    for (method, path) in [(Method::POST, format!("{path}/submit")), (Method::DELETE, path)] {
        let stale = site.send(method, &ben, &path, "\"2\"", "").await;
        let problem = assert_problem(&stale, 412, "draft_changed");
        assert_eq!(problem["conflict"]["fields"][0]["changed_by"], "they", "{problem}");
    }
}

#[tokio::test]
async fn everything_wrong_is_found_and_items_of_others_are_said_to_be_taken() {
    let site = Site::open().await;
    site.world.submit(a_claim_of("7654321")).await;
    site.world.submit(a_claim_on("exchange")).await;
    site.world.settle().await;
    let key = site.partner().await;
    let mut whole = content_of(&a_claim());
    whole["customer"]["domain"] = "no domain".into();
    whole["customer"]["contact"]["title"] = " ".into();
    whole["items"] = json!([{"workload": "exchange"}, {"workload": "teams"}, {"workload": "?"}]);
    let path = site.begin(&key, &whole).await.header("location").to_owned();
    let checked = site.post(&key, &format!("{path}/check")).await.json();
    let found = |name: &str| {
        let found = checked[name].as_array().unwrap().iter();
        found.map(|finding| finding["field"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(found("findings"), ["customer.domain", "items[2].workload"]);
    assert_eq!(found("missing"), ["customer.contact.title"]);
    assert_eq!(checked["taken"], json!(["items[1]"]), "one's own are not taken");
    assert!(!checked.to_string().contains("7654321"), "{checked}");
    let refused = site.post(&key, &format!("{path}/submit")).await;
    let problem = assert_problem(&refused, 422, "findings_reported");
    assert_eq!(codes(&problem).len(), 3);
    assert_eq!(site.http.get_as(&key, &path).await.json()["state"], "open");
}

#[tokio::test]
async fn drafts_are_their_partners_alone() {
    let site = Site::open().await;
    let (key, rival) = (site.partner().await, site.key(partner("7654321")).await);
    let path = site.begin(&key, &content_of(&a_claim())).await.header("location").to_owned();
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::PUT, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/check")),
        (Method::POST, format!("{path}/submit")),
    ] {
        let answer = site.send(method, &rival, &path, "\"1\"", "{}").await;
        assert_problem(&answer, 404, "not_found");
    }
    assert_eq!(site.http.get_as(&rival, DRAFTS).await.json()["drafts"], json!([]));
    for role in [Role::Reviewer, Role::Operator, Role::Observer] {
        let key = site.key(somebody(role)).await;
        assert_problem(&site.http.get_as(&key, &path).await, 403, "role_not_allowed");
    }
    let foreign = json!({"partner": {"mpn_id": "7654321"}});
    let answer = site.http.post_json(DRAFTS, &key, foreign.to_string()).await;
    let problem = assert_problem(&answer, 422, "findings_reported");
    assert_eq!(codes(&problem), [("partner.mpn_id", "partner_not_yours")]);
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused_with_the_reason() {
    let site = Site::configured(&[("drafts.per_partner_max", "1")]).await;
    let key = site.partner().await;
    let path = site.begin(&key, &json!({})).await.header("location").to_owned();
    let answer = site.http.post_json(DRAFTS, &key, "{}").await;
    assert_eq!(codes(&assert_problem(&answer, 422, "findings_reported")), [("$", "too_many")]);
    for (seen, body, said) in [
        ("", "{}", "If-Match"),
        ("*", "{}", "ETag"),
        ("\"1\"", "{\"nmae\": \"x\"}", "`nmae`"),
        ("\"1\"", "{\"v\": 1}", "`v`"),
        ("\"1\"", "{\"name\": 1}", "string"),
        ("\"1\"", "{\"name\": \"a\", \"name\": \"b\"}", "duplicate field"),
    ] {
        let answer = site.send(Method::PUT, &key, &path, seen, body).await;
        let problem = assert_problem(&answer, 400, "request_malformed");
        assert!(problem["detail"].as_str().unwrap().contains(said), "{problem}");
    }
    assert_eq!(site.send(Method::DELETE, &key, &path, "\"1\"", "").await.status, 204);
    assert_problem(&site.http.get_as(&key, &path).await, 404, "not_found");
    site.begin(&key, &json!({})).await;
}

#[tokio::test]
async fn lists_are_paged_from_the_newest_draft() {
    let site = Site::open().await;
    let key = site.partner().await;
    for number in 0..5 {
        site.begin(&key, &json!({"name": number.to_string()})).await;
        site.world.travel_for(chrono::TimeDelta::seconds(1)).await;
    }
    let (mut found, mut pages, mut next) = (Vec::new(), 0, String::new());
    loop {
        let page = site.http.get_as(&key, &format!("{DRAFTS}?limit=2{next}")).await.json();
        let drafts = page["drafts"].as_array().unwrap();
        found.extend(drafts.iter().map(|draft| draft["name"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(before) = page["next"].as_str() else { break };
        next = format!("&before={before}");
    }
    assert_eq!((found.concat().as_str(), pages), ("43210", 3));
    let answer = site.http.get_as(&key, &format!("{DRAFTS}?limit=0")).await;
    assert_problem(&answer, 422, "findings_reported");
}

#[tokio::test]
async fn a_renewal_is_a_draft_of_what_still_holds() {
    let site = Site::open().await;
    let key = site.partner().await;
    let claim = site.world.submit(cpor::testkit::a_dynamics_claim()).await;
    let path = format!("/v1/claims/{claim}/renewal");
    let problem = assert_problem(&site.post(&key, &path).await, 409, "claim_conflict");
    assert_eq!(problem["code"], "wrong_status");
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    let begun = site.post(&key, &path).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let draft = site.http.get_as(&key, begun.header("location")).await.json();
    let content = &draft["content"];
    assert_eq!(draft["renews"], claim.to_string());
    assert_eq!(content["items"], json!([{ "product": "sales" }]), "{draft}");
    assert_eq!(content["customer"]["contact"]["title"], "BT Müdürü");
    assert_eq!(content["proof_of_execution"], Value::Null);
    let stranger = site.key(partner("7654321")).await;
    assert_problem(&site.post(&stranger, &path).await, 404, "not_found");
}
