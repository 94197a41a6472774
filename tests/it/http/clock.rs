//! Travelling in time over HTTP.

use chrono::{DateTime, Utc};
use cpor::access::{Authority, Role};
use cpor::claim::{ClaimId, Status};
use cpor::testkit::a_claim;
use serde_json::{Value, json};

use super::{FRIDAY, Site, assert_problem, codes, partner, somebody, source};

const CLOCK: &str = "/v1/clock";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl Site {
    async fn travel(&self, key: &str, body: &Value) -> cpor::testkit::Answer {
        self.http.post_json(CLOCK, key, body.to_string()).await
    }

    async fn a_notified_claim(&self, key: &str) -> String {
        let created = self.submit(key, &a_claim()).await;
        assert_eq!(created.status, 201, "{}", created.text());
        created.json()["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn every_way_leads_where_it_says() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let id = site.a_notified_claim(&key).await;
    let check = async |body: Value, now: &str| {
        let answer = site.travel(&key, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["now"]), (200, &json!(now)), "{body}");
        assert_eq!(site.world.now().await, at(now), "{body}");
    };
    check(json!({ "to": "2026-11-20T18:30:00+03:00" }), "2026-11-20T15:30:00Z").await;
    check(json!({ "advance_by_seconds": 5400 }), "2026-11-20T17:00:00Z").await;
    // The third of five business days ends on Wednesday; the reminder is due when the last two
    // begin, at midnight in Istanbul.
    check(json!({ "to_next": true }), "2026-11-25T21:00:00Z").await;
    check(json!({ "before_end_of": id }), "2026-11-27T20:59:59.999Z").await;
    check(json!({ "advance_by_seconds": 0 }), "2026-11-27T20:59:59.999Z").await;
    check(json!({ "business_days": 1, "claim_id": id }), "2026-11-30T21:00:00Z").await;
}

#[tokio::test]
async fn an_answer_tells_what_happened_and_what_comes_next() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let id = site.a_notified_claim(&key).await;
    let clock = site.http.get_as(&key, CLOCK).await.json();
    assert_eq!((&clock["now"], &clock["mode"]), (&json!(FRIDAY), &json!("virtual")));
    let upcoming = |answer: &Value| -> Vec<(String, Value)> {
        let all = answer["upcoming"].as_array().unwrap().iter();
        all.map(|u| (u["job"].as_str().unwrap().to_owned(), u["claim_id"].clone())).collect()
    };
    let planned = [("remind_customer", &id), ("finalize_association", &id)];
    let planned = planned.map(|(job, id)| (job.to_owned(), json!(id)));
    assert_eq!(upcoming(&clock), planned);
    let travelled = site.travel(&key, &json!({ "before_end_of": id })).await.json();
    assert_eq!(travelled["from"], FRIDAY);
    let events = |answer: &Value| -> Vec<String> {
        let all = answer["events"].as_array().unwrap().iter();
        all.map(|e| format!("{} {}", e["event"].as_str().unwrap(), e["at"])).collect()
    };
    let told = events(&travelled);
    assert_eq!(told, ["customer_reminded \"2026-11-25T21:00:00Z\""], "{travelled}");
    let travelled = site.travel(&key, &json!({ "advance_by_seconds": 1 })).await.json();
    assert!(events(&travelled)[0].starts_with("association_finalized"), "{travelled}");
    assert_eq!(upcoming(&travelled), [], "{travelled}");
    assert_eq!(travelled["events_cut"], false);
}

#[tokio::test]
async fn what_leads_nowhere_is_refused_with_what_to_do() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let check = async |body: Value, code: &str| {
        let answer = site.travel(&key, &body).await;
        let problem = assert_problem(&answer, 409, "clock_conflict");
        assert_eq!(problem["code"], code, "{body}");
    };
    check(json!({ "to": "2026-11-20T14:59:59.999Z" }), "backwards").await;
    check(json!({ "to_next": true }), "nothing_due").await;
    let id = site.a_notified_claim(&key).await;
    check(json!({ "to": "+10000-01-01T00:00:00Z" }), "too_far").await;
    site.travel(&key, &json!({ "business_days": 6, "claim_id": id })).await;
    check(json!({ "before_end_of": id }), "window_passed").await;
    let nobody = json!({ "before_end_of": "01993c2a-7e00-7000-8000-00000000002a" });
    assert_problem(&site.travel(&key, &nobody).await, 404, "not_found");
    for (body, field, code) in [
        (json!({}), "$", "number_of_ways"),
        (json!({ "to_next": false }), "$", "number_of_ways"),
        (json!({ "to_next": true, "advance_by_seconds": 1 }), "$", "number_of_ways"),
        (json!({ "business_days": 5 }), "claim_id", "claim_missing"),
        (json!({ "claim_id": id }), "claim_id", "claim_missing"),
        (json!({ "claim_id": id, "to_next": true }), "claim_id", "claim_missing"),
        (json!({ "business_days": 0, "claim_id": id }), "business_days", "out_of_range"),
        (json!({ "before_end_of": "x" }), "before_end_of", "claim_id_malformed"),
        (json!({ "advance_by_seconds": u32::MAX }), "advance_by_seconds", "out_of_range"),
    ] {
        let problem = assert_problem(&site.travel(&key, &body).await, 422, "findings_reported");
        let found = codes(&problem);
        assert!(found.iter().any(|(f, c)| *f == field && *c == code), "{body}: {found:?}");
    }
    assert_problem(&site.travel(&key, &json!({ "by": 1 })).await, 400, "request_malformed");
}

#[tokio::test]
async fn claims_of_others_are_neither_named_nor_travelled_by() {
    let site = Site::open().await;
    let id = site.a_notified_claim(&site.upstream().await).await;
    let stranger = site.key(source("crm-apac")).await;
    let answer = site.travel(&stranger, &json!({ "before_end_of": id })).await;
    assert_problem(&answer, 404, "not_found");
    let clock = site.http.get_as(&stranger, CLOCK).await.json();
    let named = clock["upcoming"].as_array().unwrap().iter();
    assert_eq!(named.map(|u| &u["claim_id"]).collect::<Vec<_>>(), [&Value::Null, &Value::Null]);
    let travelled = site.travel(&stranger, &json!({ "to_next": true })).await.json();
    assert_eq!(travelled["events"], json!([]));
    assert_eq!(site.http.get_as(&site.key(partner("1234567")).await, CLOCK).await.status, 200);
}

#[tokio::test]
async fn with_the_system_clock_there_is_nothing_to_travel_with() {
    let site = Site::configured(&[("clock.mode", "system")]).await;
    assert!(site.world.ledger().clock().traveller().is_none());
    let described = site.http.get("/v1/openapi.json").await.json();
    assert!(described["paths"].get(CLOCK).is_none(), "{}", described["paths"]);
    assert!(described["paths"].get("/v1/claims").is_some());
    for role in Role::ALL {
        let key = site.key(somebody(role)).await;
        assert_problem(&site.http.get_as(&key, CLOCK).await, 404, "not_found");
        let answer = site.travel(&key, &json!({ "advance_by_seconds": 1 })).await;
        assert_problem(&answer, 404, "not_found");
    }
}

/// All of them at once, with work at every due moment: nothing is stepped over.
#[tokio::test]
async fn journeys_at_once_become_one_that_steps_over_nothing() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let id = site.a_notified_claim(&key).await;
    let reviewer = site.key(Authority::Reviewer).await;
    let bodies = [
        json!({ "business_days": 2, "claim_id": id }),
        json!({ "to": "2026-12-24T00:00:00Z" }),
        json!({ "to_next": true }),
        json!({ "before_end_of": id }),
        json!({ "to": "2026-11-25T21:00:00Z" }),
        json!({ "advance_by_seconds": 604_800 }),
    ];
    let journeys = bodies.iter().map(|body| site.travel(&reviewer, body));
    for answer in futures_util::future::join_all(journeys).await {
        // Who comes late finds the clock beyond where it wanted to go, and is told so.
        let text = answer.text();
        assert!(answer.status == 200 || text.contains("backwards"), "{text}");
        assert!(answer.status != 200 || answer.json()["now"].as_str() > Some(FRIDAY), "{text}");
    }
    assert_eq!(site.world.now().await, at("2026-12-24T00:00:00Z"));
    let claim_id = ClaimId::parse(&id).unwrap();
    assert_eq!(site.world.status(claim_id).await, Status::Associated);
    let history = site.http.get_as(&key, &format!("/v1/claims/{id}/history")).await.json();
    let when = |name: &str| {
        let mut events = history["events"].as_array().unwrap().iter();
        events.find(|e| e["event"] == name).map(|e| e["at"].as_str().unwrap().to_owned())
    };
    assert_eq!(when("customer_reminded").as_deref(), Some("2026-11-25T21:00:00Z"), "{history}");
    assert_eq!(when("association_finalized").as_deref(), Some("2026-11-27T21:00:00Z"));
}

#[tokio::test]
async fn a_journey_of_a_client_that_is_gone_stops_at_a_due_moment() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let id = site.a_notified_claim(&key).await;
    let body = json!({ "to": "2026-12-24T00:00:00Z" });
    // The first step leads to the reminder; by then the client has hung up.
    let reminded = async {
        while site.world.now().await == at(FRIDAY) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = reminded => {}
        answer = site.travel(&key, &body) => panic!("it was there first: {}", answer.text()),
    }
    site.world.settle().await;
    let stands = site.world.now().await;
    let moments = ["2026-11-25T21:00:00Z", "2026-11-27T21:00:00Z", "2026-12-24T00:00:00Z"];
    assert!(moments.map(at).contains(&stands), "{stands}");
    // Whoever comes next goes on from there, and nothing was stepped over.
    let answer = site.travel(&key, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let history = site.http.get_as(&key, &format!("/v1/claims/{id}/history")).await.json();
    let finalized = history["events"].as_array().unwrap().iter();
    let finalized = finalized.filter(|e| e["event"] == "association_finalized");
    let when: Vec<_> = finalized.map(|e| e["at"].as_str().unwrap()).collect();
    assert_eq!(when, ["2026-11-27T21:00:00Z"]);
}
