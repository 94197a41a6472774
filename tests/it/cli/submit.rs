//! `cpor submit`: every line is answered, in order, and nothing is doubled.

use cpor::testkit::a_claim;
use serde_json::{Value, json};

use super::deployment::{Deployment, Ran};

/// A good claim as JSON that can be broken.
fn good() -> Value {
    serde_json::from_str(&a_claim().to_json().unwrap()).unwrap()
}

fn broken(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut claim = good();
    change(&mut claim);
    claim.to_string().into_bytes()
}

/// Lines that are no claims, and the code that each is refused with.
fn broken_lines() -> Vec<(&'static str, Vec<u8>)> {
    let mut not_utf8 = good().to_string().into_bytes();
    let end = not_utf8.len() - 2;
    not_utf8[end] = 0xff;
    vec![
        ("malformed_json", b"{\"v\":1,".to_vec()),
        ("wrong_type", b"[1,2,3]".to_vec()),
        ("not_utf8", not_utf8),
        ("too_large", broken(|claim| claim["comment"] = json!("x".repeat(200_000)))),
        ("version_unknown", broken(|claim| claim["v"] = json!(2))),
        ("unknown_field", broken(|claim| claim["colour"] = json!("red"))),
        ("missing", broken(|claim| drop(claim.as_object_mut().unwrap().remove("partner")))),
        ("mpn_id_malformed", broken(|claim| claim["partner"]["mpn_id"] = json!("12 34"))),
        ("workload_unknown", broken(|claim| claim["items"] = json!([{ "workload": "tems" }]))),
        ("program_not_claimable", broken(|claim| claim["solution_area"] = json!("csp"))),
    ]
}

/// Twenty good lines and ten broken ones, with a blank line here and there.
fn lines() -> (Vec<u8>, Vec<Option<&'static str>>) {
    let (mut bytes, mut expected) = (Vec::new(), Vec::new());
    let mut push = |line: &[u8], code: Option<&'static str>| {
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\n");
        expected.push(code);
    };
    for (code, line) in broken_lines() {
        push(good().to_string().as_bytes(), None);
        push(&line, Some(code));
        push(good().to_string().as_bytes(), None);
    }
    (bytes, expected)
}

fn check(ran: &Ran, expected: &[Option<&str>], good: &str) {
    assert_eq!(ran.code, 1, "{ran:?}");
    let objects = ran.objects();
    assert_eq!(objects.len(), expected.len());
    for (number, (object, code)) in (1..).zip(objects.iter().zip(expected)) {
        assert_eq!(object["line"], number);
        let Some(code) = code else {
            assert_eq!(object["outcome"], good, "{object}");
            assert!(object["claim_id"].is_string() && object["findings"] == json!([]), "{object}");
            continue;
        };
        assert_eq!((&object["outcome"], &object["claim_id"]), (&json!("refused"), &Value::Null));
        let findings = object["findings"].as_array().unwrap();
        assert!(findings.iter().any(|finding| finding["code"] == *code), "{code}: {object}");
        let told = ran.stderr.lines().filter(|line| {
            line.starts_with(&format!("line {number} refused: ")) && line.contains(code)
        });
        assert_eq!(told.count(), 1, "{code}: {}", ran.stderr);
    }
}

#[tokio::test]
async fn broken_lines_are_refused_with_reasons_and_a_second_run_doubles_nothing() {
    let deployment = Deployment::new().await;
    let (bytes, expected) = lines();
    let file = deployment.file("claims.jsonl", &bytes);
    check(&deployment.run(&["submit", &file, "--json"]), &expected, "accepted");
    check(&deployment.run(&["submit", &file, "--json"]), &expected, "repeated");
    assert_eq!(deployment.run(&["claims", "--json"]).objects().len(), 20);
    let people = deployment.run_with_input(&["submit", "-"], &bytes);
    assert_eq!((people.code, people.stdout.as_str()), (1, SUMMARY), "{people:?}");
    assert!(people.stderr.contains("start one with `cpor work`"), "{people:?}");
}

const SUMMARY: &str = "30 lines: 0 accepted, 20 repeated, 10 refused\n";

#[tokio::test]
async fn one_key_with_two_bodies_is_refused_and_names_both() {
    let deployment = Deployment::new().await;
    let mut claim = good();
    let first = deployment.run_with_input(&["submit", "-", "--json"], claim.to_string().as_bytes());
    claim["name"] = json!("Another name");
    let ran = deployment.run_with_input(&["submit", "-", "--json"], claim.to_string().as_bytes());
    let finding = &ran.object()["findings"][0];
    assert_eq!((ran.code, &finding["code"]), (1, &json!("key_reused")), "{ran:?}");
    let id = first.object()["claim_id"].as_str().unwrap().to_owned();
    assert!(finding["message"].as_str().unwrap().contains(&id), "{finding}");
}

#[tokio::test]
async fn nothing_to_submit_is_done_and_a_missing_file_is_wrong_usage() {
    let deployment = Deployment::new().await;
    let empty = deployment.run_with_input(&["submit", "-"], b"\n\n");
    assert_eq!(empty.code, 0, "{empty:?}");
    let missing = deployment.run(&["submit", "nowhere.jsonl"]);
    assert_eq!(missing.code, 2, "{missing:?}");
    assert!(missing.stderr.contains("could not open nowhere.jsonl: No such file"), "{missing:?}");
}
