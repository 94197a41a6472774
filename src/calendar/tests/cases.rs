//! The recorded cases: 2,000 deadlines and 60 calendar changes while a window is open.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::claim::tests::realigned::realigned;

const CASES: &str = include_str!("../../../tests/calendar/cases.jsonl");
const RELOAD_CASES: &str = include_str!("../../../tests/calendar/reload_cases.jsonl");

#[derive(Deserialize)]
struct ReloadCase {
    id: String,
    calendar: String,
    zone: String,
    notified_at: String,
    business_days: u32,
    calendar_version_before: String,
    calendar_version_after: String,
    change: Vec<Change>,
    activated_at: String,
    deadline_before: String,
    deadline_recomputed: String,
    deadline_after: String,
    moved: bool,
}

#[derive(Deserialize)]
struct Change {
    date: NaiveDate,
    kind: Option<String>,
    name: Option<String>,
}

#[test]
fn every_recorded_question_gets_its_recorded_answer() {
    let mut rows = 0;
    for line in CASES.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let question: WindowQuestion = serde_json::from_value(row.clone()).unwrap();
        let answer = serde_json::to_value(answer(&CALENDARS, &question).unwrap()).unwrap();
        let fields = [
            "id",
            "last_day",
            "deadline_utc",
            "deadline_local",
            "skipped",
            "calendar_version",
            "tzdb",
        ];
        let expected: Value =
            fields.iter().map(|field| (field.to_string(), row[*field].clone())).collect();
        assert_eq!(answer, expected, "{line}");
        rows += 1;
    }
    assert_eq!(rows, 2_000);
}

#[test]
fn the_stored_deadline_has_the_recorded_explanations_and_survives_storing() {
    for line in CASES.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let question: WindowQuestion = serde_json::from_value(row.clone()).unwrap();
        let deadline = WindowTerms {
            half_days: question.half_days,
            notified_at: question.notified_at,
            ..terms(
                built_in(&question.calendar),
                &question.zone,
                "2026-01-01T00:00:00Z",
                question.business_days,
            )
        }
        .deadline()
        .unwrap();
        assert_eq!(json!(deadline.notified_local_date), row["notified_local_date"], "{line}");
        let half_days = row.get("half_days_in_window").cloned().unwrap_or(json!([]));
        assert_eq!(json!(deadline.half_days_in_window()), half_days, "{line}");
        let counted = deadline.days().iter().filter(|day| day.counted).count();
        assert_eq!(u32::try_from(counted).unwrap(), question.business_days, "{line}");
        let stored = serde_json::to_string(&deadline).unwrap();
        assert_eq!(serde_json::from_str::<Deadline>(&stored).unwrap(), deadline, "{line}");
    }
}

#[test]
fn a_calendar_change_extends_an_open_window_and_does_nothing_else() {
    let mut rows = 0;
    for line in RELOAD_CASES.lines() {
        let case: ReloadCase = serde_json::from_str(line).unwrap();
        check_reload(&case);
        rows += 1;
    }
    assert_eq!(rows, 60);
}

fn check_reload(case: &ReloadCase) {
    let calendar = built_in(&case.calendar);
    assert_eq!(calendar.version(), case.calendar_version_before, "{}", case.id);
    let changed = Arc::new(calendar.with_overrides("own.toml", &overrides(&case.change)).unwrap());
    assert_eq!(changed.version(), case.calendar_version_after, "{}", case.id);
    let before = terms(calendar, &case.zone, &case.notified_at, case.business_days);
    let announced = before.deadline().unwrap();
    assert_eq!(announced.closes_at, at(&case.deadline_before), "{}", case.id);
    let recomputed = WindowTerms { calendar: changed, ..before }.deadline().unwrap();
    assert_eq!(recomputed.closes_at, at(&case.deadline_recomputed), "{}", case.id);
    let extended = realigned(&announced, recomputed, at(&case.activated_at));
    assert_eq!(extended.is_some(), case.moved, "{}", case.id);
    let after = extended.unwrap_or(announced);
    assert_eq!(after.closes_at, at(&case.deadline_after), "{}", case.id);
}

/// The changes as an operator would write them.
fn overrides(changes: &[Change]) -> String {
    let mut text = String::new();
    for Change { date, kind, name } in changes {
        let kind = kind.as_deref().unwrap_or("none");
        text.push_str(&format!("[[days]]\ndate = \"{date}\"\nkind = \"{kind}\"\n"));
        if let Some(name) = name {
            text.push_str(&format!("name = {name:?}\n"));
        }
    }
    text
}
