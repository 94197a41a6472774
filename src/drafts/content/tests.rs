//! What drafts say, and what they are as submissions.

use super::*;

const WHOLE: &str = include_str!("../../../jobs/tests/wire/submit_claim.v1.json");

fn whole() -> DraftContent {
    let mut json: Map<String, Value> = serde_json::from_str(WHOLE).unwrap();
    json.retain(|name, _| !["v", "source", "idempotency_key"].contains(&name.as_str()));
    serde_json::from_value(json.into()).unwrap()
}

fn partner() -> MpnId {
    MpnId::parse("1234567").unwrap()
}

#[test]
fn a_draft_has_every_field_of_a_submission_and_gives_the_same_one() {
    let id = DraftId::parse("01993c2a-7e00-7003-8000-00000000002a").unwrap();
    let mut expected: Value = serde_json::from_str(WHOLE).unwrap();
    expected["source"] = "mpn-1234567".into();
    expected["idempotency_key"] = id.to_string().into();
    assert_eq!(whole().submission(id, &partner()), expected);
}

#[test]
fn leaves_make_the_draft_they_were_taken_from() {
    let content = whole();
    let leaves = content.leaves();
    assert_eq!(leaves["customer.contact.language"], "tr");
    assert_eq!(leaves["items"], json!([{"workload": "teams"}]));
    assert_eq!(DraftContent::of_leaves(&leaves), content);
    assert_eq!(DraftContent::default().leaves(), Leaves::new());
}

#[test]
fn white_space_alone_is_nothing() {
    let mut content = whole();
    content.name = Some(" \t".to_owned());
    content.customer.domain = Some(String::new());
    let checked = content.checked(&partner()).unwrap();
    assert_eq!((checked.name, checked.customer.domain), (None, None));
}

#[test]
fn a_draft_is_its_partners_and_not_too_long() {
    let check = |content: DraftContent, expected: &str| {
        let findings = content.checked(&partner()).unwrap_err();
        assert_eq!(findings.iter().map(|f| &*f.code).collect::<Vec<_>>(), [expected]);
    };
    let mut other = whole();
    other.partner.mpn_id = Some("7654321".to_owned());
    check(other, "partner_not_yours");
    let mut long = whole();
    long.comment = Some("x".repeat(64 * 1024));
    check(long, "too_large");
}

#[test]
fn what_is_missing_is_missing_field_by_field() {
    let id = DraftId::parse("01993c2a-7e00-7003-8000-00000000002a").unwrap();
    let activities = vec!["revenue_association".to_owned()];
    let content = DraftContent { activities, ..DraftContent::default() };
    let submission = content.submission(id, &partner());
    for place in ["/partner/contact", "/customer/contact", "/revenue"] {
        assert_eq!(submission.pointer(place), Some(&json!({})), "{place}");
    }
}
