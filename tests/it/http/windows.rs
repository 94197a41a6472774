//! Questions about windows, without claims.

use axum::http::Method;
use cpor::access::Role;
use serde_json::{Value, json};

use super::{Site, assert_problem, codes, somebody};

const CASES: &str = include_str!("../../calendar/cases.jsonl");
const NDJSON: &str = "application/x-ndjson";

async fn ask_many(site: &Site, key: &str, body: String) -> Vec<Value> {
    let bearer = format!("Bearer {key}");
    let headers = [("content-type", NDJSON), ("authorization", bearer.as_str())];
    let path = "/v1/windows/explain/batch";
    let answer = site.http.request(Method::POST, path, &headers, body).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, NDJSON));
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn question() -> Value {
    json!({ "calendar": "TR", "time_zone": "Europe/Istanbul",
        "notified_at": "2026-11-20T18:00:00+03:00" })
}

async fn ask(site: &Site, key: &str, question: &Value) -> cpor::testkit::http::Answer {
    site.http.post_json("/v1/windows/explain", key, question.to_string()).await
}

#[tokio::test]
async fn every_recorded_case_comes_out_as_it_says() {
    let site = Site::open().await;
    let key = site.key(somebody(Role::Operator)).await;
    let answers = ask_many(&site, &key, CASES.to_owned()).await;
    let cases: Vec<Value> = CASES.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((answers.len(), cases.len()), (2_000, 2_000));
    for (answer, case) in answers.iter().zip(&cases) {
        for field in [
            "id",
            "calendar",
            "business_days",
            "half_days",
            "notified_local_date",
            "last_day",
            "deadline_utc",
            "deadline_local",
            "skipped",
            "calendar_version",
            "tzdb",
        ] {
            assert_eq!(answer[field], case[field], "{field} of {case}");
        }
        assert_eq!(answer["outcome"], "explained");
        assert_eq!(answer["time_zone"], case["zone"]);
        assert_eq!(answer["closes_at"], case["deadline_utc"]);
        let half = ["half_day", "skipped_half_day"];
        let days = answer["days"].as_array().unwrap().iter();
        let halves = days.filter(|day| half.contains(&day["reason"].as_str().unwrap()));
        let halves: Value = halves.map(|day| day["date"].clone()).collect();
        let expected = case.get("half_days_in_window").cloned().unwrap_or(json!([]));
        assert_eq!(halves, expected, "{case}");
    }
}

#[tokio::test]
async fn a_question_is_answered_with_the_whole_explanation() {
    let site = Site::open().await;
    let key = site.key(somebody(Role::UsageDataService)).await;
    let answer = ask(&site, &key, &question()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    assert_eq!(told["closes_at"], "2026-11-27T21:00:00Z");
    assert_eq!(told["closes_at_local"], "2026-11-28T00:00:00+03:00");
    assert_eq!(told["notified_at_local"], "2026-11-20T18:00:00+03:00");
    assert_eq!((&told["business_days"], &told["language"]), (&json!(5), &json!("en")));
    assert_eq!(told["days"].as_array().unwrap().len(), 7);
    let mut other = question();
    other["language"] = json!("tr");
    other["adjustments"] = json!({ "outages":
        [{ "from": "2026-11-21T08:00:00Z", "to": "2026-11-21T09:00:00Z" }] });
    let told = ask(&site, &key, &other).await.json();
    assert_eq!(told["closes_at"], "2026-11-30T21:00:00Z");
    assert_eq!(told["adjustments"]["made_good"], json!(["2026-11-21"]));
    assert!(told["sentences"][0].as_str().unwrap().contains("20 Kasım 2026 Cuma"), "{told}");
}

#[tokio::test]
async fn country_and_subdivision_stand_for_calendar_and_zone() {
    let site = Site::open().await;
    let key = site.key(somebody(Role::Reviewer)).await;
    let mut place = json!({ "country": "GB", "subdivision": "SCT",
        "notified_at": "2026-11-20T15:00:00Z" });
    let told = ask(&site, &key, &place).await.json();
    assert_eq!(
        (&told["calendar"], &told["time_zone"]),
        (&json!("GB-SCT"), &json!("Europe/London"))
    );
    place["subdivision"] = Value::Null;
    let problem = assert_problem(&ask(&site, &key, &place).await, 422, "findings_reported");
    assert_eq!(codes(&problem), [("subdivision", "calendar_unknown")]);
}

#[tokio::test]
async fn a_question_that_cannot_be_answered_says_what_to_put_right() {
    let site = Site::open().await;
    let key = site.key(somebody(Role::IncentivesAdmin)).await;
    let spans = vec![json!({ "from": "2026-11-21T08:00:00Z", "to": "2026-11-21T09:00:00Z" }); 101];
    let cases = [
        ("calendar", json!("XX"), ("calendar", "calendar_unknown")),
        ("calendar", json!("../TR"), ("calendar", "calendar_unknown")),
        ("calendar", Value::Null, ("calendar", "missing")),
        ("time_zone", json!("Mars/Olympus"), ("time_zone", "zone_unknown")),
        ("time_zone", Value::Null, ("time_zone", "missing")),
        ("business_days", json!(0), ("business_days", "out_of_bounds")),
        ("notified_at", json!("2199-01-01T00:00:00Z"), ("notified_at", "calendar_exhausted")),
        ("adjustments", json!({ "pauses": spans }), ("adjustments", "out_of_bounds")),
    ];
    let mut lines = String::new();
    for (field, value, expected) in &cases {
        let mut question = question();
        question[field] = value.clone();
        let answer = ask(&site, &key, &question).await;
        let problem = assert_problem(&answer, 422, "findings_reported");
        assert_eq!(codes(&problem), [*expected], "{question}");
        lines += &format!("{question}\n");
    }
    let answers = ask_many(&site, &key, format!("{lines}\nnope\n{}", question())).await;
    assert_eq!(answers.len(), cases.len() + 2);
    for (answer, (field, _, (at, code))) in answers.iter().zip(&cases) {
        assert_eq!(answer["outcome"], "refused", "{field}");
        assert_eq!(answer["findings"][0]["field"], *at);
        assert_eq!(answer["findings"][0]["code"], *code);
    }
    assert_eq!(answers[cases.len()]["findings"][0]["code"], "malformed_question");
    let last = answers.last().unwrap();
    assert_eq!((&last["line"], &last["outcome"]), (&json!(11), &json!("explained")));
    for (field, value) in [("notified_at", json!("x")), ("half_day", json!("skip"))] {
        let mut question = question();
        question[field] = value;
        assert_problem(&ask(&site, &key, &question).await, 400, "request_malformed");
    }
}
