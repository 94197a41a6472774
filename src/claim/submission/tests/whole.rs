//! What cannot be read at all, many findings at once, and what the sentences say.

use serde_json::json;

use super::*;

fn only(raw: &[u8]) -> Finding {
    let mut findings = parse(raw).unwrap_err();
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

#[test]
fn what_cannot_be_read_has_one_finding() {
    let check = |raw: &[u8], code: &str, sentence: &str| {
        let finding = only(raw);
        assert_eq!((finding.field.as_str(), &*finding.code), ("$", code));
        assert!(finding.message.contains(sentence), "{}", finding.message);
    };
    check(b"", "malformed_json", "line 1 column 0");
    check(b"{\"v\":1,\n\"source\":}", "malformed_json", "line 2 column 10");
    check(b"{} {}", "malformed_json", "trailing characters");
    check(b"{\"v\":1,\"name\":\"\xff\"}", "not_utf8", "byte 15");
    check(" ".repeat(65_537).as_bytes(), "too_large", "65537 bytes and the limit is 65536");
    check("[".repeat(60_000).as_bytes(), "malformed_json", "recursion limit");
    check(b"[]", "wrong_type", "This is a list. Give an object");
    check(b"null", "wrong_type", "This is null.");
    check(b"\"claim\"", "wrong_type", "This is text.");
}

#[test]
fn of_an_unknown_version_nothing_else_is_said() {
    let finding = only(br#"{"v":2,"source":7,"colour":"red"}"#);
    assert_eq!((finding.field.as_str(), &*finding.code), ("v", "version_unknown"));
    assert!(finding.message.contains("Version 2"), "{}", finding.message);
}

#[test]
fn all_findings_are_reported_at_once() {
    let found = codes(parse(br#"{"colour":"red","partner":{},"items":[{},{"workload":"x"}]}"#));
    let expected = [
        ("colour", "unknown_field"),
        ("v", "version_unknown"),
        ("source", "missing"),
        ("idempotency_key", "missing"),
        ("name", "missing"),
        ("partner.mpn_id", "missing"),
        ("partner.contact", "missing"),
        ("solution_area", "missing"),
        ("customer", "missing"),
        ("activities", "missing"),
        ("items[0].workload", "missing"),
        ("items[1].workload", "workload_unknown"),
        ("proof_of_execution", "missing"),
    ];
    let found: Vec<_> = found.iter().map(|(f, c)| (f.as_str(), c.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn mistakes_in_every_part_are_reported_together() {
    let raw = changed(
        BUSINESS_APPLICATIONS,
        &[
            ("/name", json!("")),
            ("/partner/mpn_id", json!("x")),
            ("/customer/domain", json!("-")),
            ("/customer/technical_contact/email", json!("x")),
            ("/activities", json!(["usage", "revenue_association", "csp"])),
            ("/items/0/product", json!("power_bi")),
            ("/items/1/product", json!("finanse")),
            ("/comment", json!("\u{0}")),
        ],
    );
    let fields: Vec<_> = codes(parse(&raw)).into_iter().map(|(field, _)| field).collect();
    let expected = [
        "name",
        "partner.mpn_id",
        "customer.domain",
        "customer.technical_contact.email",
        "activities[2]",
        "activities",
        "items[0].product",
        "items[1].product",
        "comment",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn a_repeated_field_is_found_and_not_overruled() {
    let raw = MICROSOFT_365.replacen(r#""name":"Teams rollout""#, r#""name":"A","name":"B""#, 1);
    assert_eq!(codes(parse(raw.as_bytes())), [("name".into(), "duplicate_field".into())]);
}

#[test]
fn findings_are_bounded() {
    let fields: Vec<_> = (0..4_000).map(|n| format!("\"unknown{n}\":0")).collect();
    let findings = parse(format!("{{{}}}", fields.join(",")).as_bytes()).unwrap_err();
    assert_eq!(findings.len(), Submission::FINDINGS_MAX);
    assert_eq!(findings.last().unwrap().code, "too_many_findings");
}

#[test]
fn a_sentence_says_what_to_do() {
    let check = |pointer: &str, value: Value, expected: &str| {
        let finding = only(&changed(MICROSOFT_365, &[(pointer, value)]));
        assert!(finding.message.contains(expected), "{}", finding.message);
    };
    check("/coment", json!("x"), r#"Did you mean "comment"?"#);
    check("/items/0/workload", json!("teems"), r#"Did you mean "teams"?"#);
    check("/solution_area", json!("csp"), "co-op claims process");
    check("/solution_area", json!("microsoft365"), r#"Did you mean "microsoft_365"?"#);
    check("/partner/mpn_id", json!(7), "This is a number. Give text in quotation marks.");
    check("/name", json!("x".repeat(300)), "300 characters and the limit is 200");
    check("/name", json!("a\u{202e}"), "U+202E");
}

#[test]
fn what_can_be_claimed_depends_on_the_day() {
    let text = include_str!("../../../../config/catalog.toml");
    let ends = "name = \"Microsoft Teams\"\nclaimable_to = \"2026-11-20\"";
    let catalog = Catalog::parse(&text.replace("name = \"Microsoft Teams\"", ends)).unwrap();
    let check = |date: &str, expected: &[&str]| {
        let policy = SubmissionPolicy::default();
        let today = date.parse().unwrap();
        let found = Submission::parse(MICROSOFT_365.as_bytes(), &catalog, &policy, today);
        let messages: Vec<_> = found.err().unwrap_or_default();
        let messages: Vec<_> = messages.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, expected);
    };
    check("2026-11-19", &[]);
    check("2026-11-20", &["Microsoft Teams cannot be claimed since 2026-11-20. Leave it out."]);
    check(
        "2020-06-30",
        &[
            "The program OSU-Microsoft 365 cannot be claimed before 2020-07-01. Choose another \
         activity.",
            "Microsoft Teams cannot be claimed before 2020-07-01. Leave it out.",
        ],
    );
}

#[test]
fn a_deployment_may_ask_for_a_technical_contact() {
    let catalog = Catalog::built_in().unwrap();
    let policy = SubmissionPolicy { technical_contact_required: true };
    let check = |raw: &str, expected: &[(String, String)]| {
        let found = Submission::parse(raw.as_bytes(), &catalog, &policy, today());
        assert_eq!(codes(found), expected);
    };
    check(MICROSOFT_365, &[]);
    check(BUSINESS_APPLICATIONS, &[]);
    check(REVENUE_ASSOCIATION, &[("customer.technical_contact".into(), "missing".into())]);
}
