//! What a submission's country and zone mean for its window.

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::{BusinessDays, HalfDays};
use crate::claim::submission::Submission;
use crate::claim::tests::samples::{at, parsed, policy, wire};
use crate::claim::window_policy::WindowPolicy;

fn in_country(country: &str, subdivision: Option<&str>, time_zone: Option<&str>) -> Submission {
    let mut wire = wire("key-1");
    wire.customer.country = country.to_owned();
    wire.customer.subdivision = subdivision.map(str::to_owned);
    wire.customer.time_zone = time_zone.map(str::to_owned);
    parsed(&wire)
}

/// Five days after a notice of Friday afternoon.
fn closes_at(policy: &WindowPolicy, submission: &Submission) -> DateTime<Utc> {
    policy.open(submission, at("2026-11-20T15:00:00Z")).unwrap().closes_at()
}

#[test]
fn what_cannot_be_computed_is_refused_at_the_door_with_field_and_code() {
    let check = |now: &str, country: &str, subdivision, zone, expected: &[(&str, &str)]| {
        let submission = in_country(country, subdivision, zone);
        let findings = policy().check(&submission, at(now)).err().unwrap_or_default();
        let found: Vec<_> = findings.iter().map(|f| (f.field.as_str(), f.code.as_ref())).collect();
        assert_eq!(found, expected, "{country} {subdivision:?} {zone:?} at {now}");
    };
    let now = "2026-11-20T15:00:00Z";
    let no_calendar = ("customer.country", "calendar_unknown");
    let no_zone = ("customer.time_zone", "zone_unknown");
    check(now, "TR", None, None, &[]);
    check(now, "TR", None, Some("Europe/Istanbul"), &[]);
    check(now, "GB", Some("GB-SCT"), None, &[]);
    check(now, "DE", Some("DE-BY"), None, &[]);
    // A subdivision without a calendar of its own follows its country.
    check(now, "NO", Some("NO-03"), None, &[]);
    check(now, "TR", Some("TR-34"), None, &[]);
    check(now, "ZZ", None, Some("Europe/Oslo"), &[no_calendar]);
    check(now, "GB", None, None, &[no_calendar]);
    let no_part = ("customer.subdivision", "calendar_unknown");
    check(now, "GB", Some("GB-LND"), None, &[no_part]);
    check(now, "DE", Some("DE-BAY"), None, &[no_part]);
    check(now, "TR", None, Some("Europe/Constantinople"), &[no_zone]);
    check(now, "ZZ", None, Some("Europe/Constantinople"), &[no_calendar, no_zone]);
    let exhausted = ("customer.country", "calendar_exhausted");
    check("2049-11-20T15:00:00Z", "TR", None, None, &[exhausted]);
}

#[test]
fn a_finding_names_what_can_be_given_instead() {
    let findings = policy().check(&in_country("GB", None, None), at("2026-11-20T15:00:00Z"));
    let message = &findings.unwrap_err()[0].message;
    assert!(message.contains("GB-ENG") && message.contains("GB-SCT"), "{message}");
    let findings =
        policy().check(&in_country("DE", Some("DE-BAY"), None), at("2026-11-20T15:00:00Z"));
    let message = &findings.unwrap_err()[0].message;
    assert!(message.contains("\"BAY\" is not a subdivision of DE; known are: BY"), "{message}");
}

#[test]
fn the_reminder_is_due_when_the_last_business_days_begin() {
    let check = |business_days, reminder_business_days, expected: Option<&str>| {
        let policy = WindowPolicy {
            business_days: BusinessDays::new(business_days).unwrap(),
            reminder_business_days,
            ..policy()
        };
        let window = policy.open(&in_country("TR", None, None), at("2026-11-20T15:00:00Z"));
        let found = window.unwrap().remind_at;
        assert_eq!(found, expected.map(at), "{reminder_business_days} before {business_days}");
    };
    check(5, 2, Some("2026-11-25T21:00:00Z"));
    check(5, 4, Some("2026-11-23T21:00:00Z"));
    check(3, 2, Some("2026-11-23T21:00:00Z"));
    // A reminder on the day of the notice, or before it, would only annoy.
    check(2, 2, None);
    check(1, 2, None);
    check(5, 5, None);
    check(5, 0, None);
}

#[test]
fn the_claim_is_finalized_a_grace_after_the_end() {
    let submission = in_country("TR", None, None);
    for seconds in [0, 30, 3_600] {
        let policy = WindowPolicy { finalize_grace: TimeDelta::seconds(seconds), ..policy() };
        let window = policy.open(&submission, at("2026-11-20T15:00:00Z")).unwrap();
        assert_eq!(window.closes_at(), at("2026-11-27T21:00:00Z"));
        assert_eq!((window.finalize_at - window.closes_at()).num_seconds(), seconds);
    }
}

#[test]
fn the_partner_answers_by_the_business_days_of_the_customer() {
    let check = |answer_days, country: &str, now: &str, expected: &str| {
        let answer_business_days = BusinessDays::new(answer_days).unwrap();
        let policy = WindowPolicy { answer_business_days, ..policy() };
        let found = policy.answer_by(&in_country(country, None, None), at(now)).unwrap();
        assert_eq!(found.closes_at, at(expected), "{answer_days} days in {country} from {now}");
    };
    check(5, "TR", "2026-11-20T15:00:00Z", "2026-11-27T21:00:00Z");
    // A Saturday counts no more than the Friday before it.
    check(5, "TR", "2026-11-21T15:00:00Z", "2026-11-27T21:00:00Z");
    check(1, "TR", "2026-11-20T15:00:00Z", "2026-11-23T21:00:00Z");
    // Thanksgiving is skipped, and days end in Honolulu.
    check(5, "US", "2026-11-20T15:00:00Z", "2026-12-01T10:00:00Z");
}

#[test]
fn without_a_zone_the_days_end_where_the_country_s_day_ends_last() {
    let check = |country: &str, zone, expected: &str| {
        let submission = in_country(country, None, zone);
        assert_eq!(closes_at(&policy(), &submission), at(expected), "{country} {zone:?}");
    };
    check("US", None, "2026-12-01T10:00:00Z");
    check("US", Some("America/New_York"), "2026-12-01T05:00:00Z");
    check("DE", None, "2026-11-27T23:00:00Z");
    check("TR", None, "2026-11-27T21:00:00Z");
}

#[test]
fn half_days_count_unless_the_deployment_skips_them() {
    let submission = in_country("TR", None, None);
    let window = |half_days| {
        let policy = WindowPolicy { half_days, ..policy() };
        policy.open(&submission, at("2026-10-23T09:00:00Z")).unwrap().closes_at()
    };
    // Wednesday the 28th is a half day, Thursday the 29th is Republic Day.
    assert_eq!(window(HalfDays::Count), at("2026-11-02T21:00:00Z"));
    assert_eq!(window(HalfDays::Skip), at("2026-11-03T21:00:00Z"));
}
