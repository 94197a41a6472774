//! `cpor window explain`: answers without Redis.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::{Value, json};

use super::deployment::{Deployment, Ran};

const CASES: &str = include_str!("../../calendar/cases.jsonl");
const CALENDARS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/calendars");
/// Nobody listens there: whoever asked Redis would fail.
const NO_REDIS: &str = "[redis]\nurl = \"redis://127.0.0.1:1\"";

/// The fields of an answer, which the recorded cases have as well.
const FIELDS: [&str; 7] =
    ["id", "last_day", "deadline_utc", "deadline_local", "skipped", "calendar_version", "tzdb"];

fn batch(input: &[u8]) -> Ran {
    let deployment = Deployment::private(NO_REDIS);
    deployment.run_with_input(&["window", "explain", "--batch", "--calendars", CALENDARS], input)
}

#[test]
fn every_recorded_case_comes_out_as_it_says() {
    let ran = batch(CASES.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let answers = ran.objects();
    let cases: Vec<Value> = CASES.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((answers.len(), cases.len()), (2_000, 2_000));
    for (answer, case) in answers.iter().zip(&cases) {
        let fields: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(fields.len(), FIELDS.len(), "{answer}");
        for field in FIELDS {
            assert_eq!(answer[field], case[field], "{field} of {case}");
        }
    }
}

#[test]
fn the_whole_explanations_of_the_recorded_cases_say_the_same() {
    let deployment = Deployment::private(NO_REDIS);
    let args = ["window", "explain", "--batch", "--full", "--calendars", CALENDARS];
    let ran = deployment.run_with_input(&args, CASES.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let answers = ran.objects();
    assert_eq!(answers.len(), 2_000);
    for (answer, line) in answers.iter().zip(CASES.lines()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let more = ["calendar", "business_days", "half_days", "notified_local_date"];
        for field in FIELDS.iter().chain(&more) {
            assert_eq!(answer[field], case[field], "{field} of {case}");
        }
        assert_eq!(answer["time_zone"], case["zone"]);
        assert_eq!(answer["closes_at"], case["deadline_utc"]);
    }
}

#[test]
fn a_bad_line_is_answered_with_an_error_and_stops_nothing() {
    let good = json!({ "id": "good", "calendar": "TR", "zone": "Europe/Istanbul",
        "notified_at": "2026-11-20T15:00:00Z" });
    let mut input = format!("{good}\nnope\n\n");
    for (field, value) in [("zone", "Mars/Olympus"), ("calendar", "../TR"), ("notified_at", "x")] {
        let mut bad = good.clone();
        bad["id"] = json!(field);
        bad[field] = json!(value);
        input += &bad.to_string();
        input.push('\n');
    }
    let too_long = "x".repeat(100_000);
    input = format!("{input}\"{too_long}\"\n{good}");
    let ran = batch(input.as_bytes());
    assert_eq!(ran.code, 1, "{ran:?}");
    let answers = ran.objects();
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    let null = Value::Null;
    assert_eq!(
        ids,
        ["good", "", "zone", "calendar", "notified_at", "", "good"]
            .map(|id| { if id.is_empty() { null.clone() } else { json!(id) } })
            .iter()
            .collect::<Vec<_>>()
    );
    assert!(answers[1..6].iter().all(|answer| answer["error"].is_string()), "{ran:?}");
    assert_eq!(answers[0]["deadline_utc"], "2026-11-27T21:00:00Z");
    assert_eq!(answers[0], answers[6]);
}

#[test]
fn one_question_is_answered_in_sentences_or_as_an_object() {
    let deployment = Deployment::private(NO_REDIS);
    let args = [
        "window",
        "explain",
        "--calendar",
        "TR",
        "--zone",
        "Europe/Istanbul",
        "--at",
        "2026-11-20T18:00:00+03:00",
    ];
    let ask = |more: &[&str]| deployment.run(&[&args, more].concat());
    let english = ask(&[]);
    assert!(english.stdout.contains("before Saturday 28 November 2026, 00:00"), "{english:?}");
    let turkish = ask(&["--language", "tr"]);
    assert!(turkish.stdout.contains("28 Kasım 2026 Cumartesi"), "{turkish:?}");
    let object = ask(&["--json", "--business-days", "1"]).object();
    assert_eq!(object["deadline_utc"], "2026-11-23T21:00:00Z");
    assert_eq!(object["deadline_local"], "2026-11-24T00:00:00+03:00");
    assert_eq!(object["explanation"], object["sentences"]);
    assert!(FIELDS.iter().all(|field| !object[field].is_null()), "{object}");
    assert_eq!(ask(&["--business-days", "0"]).code, 1);
    assert_eq!(ask(&["--batch"]).code, 2);
    assert_eq!(deployment.run(&["window", "explain", "--calendar", "TR"]).code, 2);
}

#[test]
fn a_reader_that_has_had_enough_is_no_reason_to_panic() {
    let deployment = Deployment::private(NO_REDIS);
    let file = deployment.file("cases.jsonl", CASES.as_bytes());
    let mut command = deployment.command(&["window", "explain", "--batch"]);
    let mut child = command.stdin(Stdio::from(std::fs::File::open(file).unwrap())).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ran = Ran::of(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
}
