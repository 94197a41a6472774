//! The parser, the canonical JSON and the type that upstream systems write say the same.

use cpor_jobs::SubmitClaim;
use serde_json::{Value, json};

use super::*;

const BASES: [&str; 3] = [MICROSOFT_365, BUSINESS_APPLICATIONS, REVENUE_ASSOCIATION];

#[test]
fn sound_submissions_have_no_findings() {
    for base in BASES {
        assert_eq!(codes(parse(base.as_bytes())), []);
    }
}

#[test]
fn the_design_line_is_canonical() {
    let submission = parse(MICROSOFT_365.as_bytes()).unwrap();
    assert_eq!(submission.canonical_json(), MICROSOFT_365.trim_end());
    let sha256_of_the_line = "65ab46ec486d6f43a23265353b6ecd3602723727b2ea28c7231a481aa5bb0445";
    assert_eq!(submission.digest(), sha256_of_the_line);
}

#[test]
fn what_is_written_is_read_as_the_same_value() {
    for base in BASES {
        let submission = parse(base.as_bytes()).unwrap();
        let canonical = submission.canonical_json();
        assert_eq!(parse(canonical.as_bytes()).as_ref(), Ok(&submission));
        assert_eq!(serde_json::from_str::<Submission>(&canonical).unwrap(), submission);
        assert_eq!(parse(canonical.as_bytes()).unwrap().canonical_json(), canonical);
    }
}

#[test]
fn what_upstream_systems_write_is_accepted_and_the_same() {
    for base in BASES {
        let written: SubmitClaim = serde_json::from_str(base).unwrap();
        let submission = parse(written.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!(submission.canonical_json(), written.to_json().unwrap());
        let read: SubmitClaim = serde_json::from_str(&submission.canonical_json()).unwrap();
        assert_eq!(read, written);
    }
}

#[test]
fn the_digest_does_not_depend_on_how_it_was_written() {
    let check = |raw: &[u8], same: bool| {
        let digest = parse(MICROSOFT_365.as_bytes()).unwrap().digest();
        assert_eq!(parse(raw).unwrap().digest() == digest, same);
    };
    let json: Value = serde_json::from_str(MICROSOFT_365).unwrap();
    check(serde_json::to_string_pretty(&json).unwrap().as_bytes(), true);
    let Value::Object(fields) = json else { panic!("it is an object") };
    let reversed: Vec<_> = fields.iter().rev().map(|(k, v)| format!("\"{k}\":{v}")).collect();
    check(format!("{{{}}}", reversed.join(",")).as_bytes(), true);
    let change = |pointer, value| changed(MICROSOFT_365, &[(pointer, value)]);
    check(&change("/customer/tenant_id", json!("{8F0B3D1C-5A77-4C4E-9D43-0E1F2A3B4C5D}")), true);
    check(&change("/customer/domain", json!("AnadoluElektrik.com.tr")), true);
    check(&change("/customer/subdivision", Value::Null), true);
    check(&change("/customer/contact/title", json!("BT Mu\u{308}du\u{308}ru\u{308}")), true);
    check(&change("/name", json!("Teams rollout 2")), false);
    check(&change("/items/0/workload", json!("exchange")), false);
    check(&change("/idempotency_key", json!("2026-000124")), false);
}

#[test]
fn a_submission_knows_its_programs() {
    let check = |raw: &str, expected: &[Program]| {
        assert_eq!(parse(raw.as_bytes()).unwrap().programs().collect::<Vec<_>>(), expected);
    };
    check(MICROSOFT_365, &[Program::OsuMicrosoft365]);
    check(BUSINESS_APPLICATIONS, &[Program::OsuBusinessApplications, Program::OsaSell]);
    check(REVENUE_ASSOCIATION, &[Program::RecognitionOnly]);
}

#[test]
fn personal_data_does_not_print() {
    for base in BASES {
        let printed = format!("{:?}", parse(base.as_bytes()).unwrap());
        for personal in ["Ece", "ece.", "Mert", "mert", "Doe", "jo@", "Roe", "al@", "Pilot"] {
            let from_the_sale = personal == "Ece" && base == REVENUE_ASSOCIATION;
            assert!(from_the_sale || !printed.contains(personal), "{personal} in {printed}");
        }
    }
}
