//! Every alarm and every note, with what causes it and what just does not.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{AlarmCode, Coverage, InUse, Judgement, OpenDays, Touched, WindowsInUse};
use crate::calendar::{CalendarId, Calendars};
use AlarmCode::{
    CalendarEndsSoon, CalendarExhausted, CalendarMissing, EstimatesInWindows, TzdbOld,
    TzdbOlderThanWindows,
};

const TODAY: &str = "2026-11-23";
const FEAST: &str = "{ date = \"2026-11-26\", kind = \"holiday\", name = \"Feast (estimated)\" },";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A set with the calendars TR and GB, both of version 1, which end on that date.
fn calendars(valid_to: &str, days: &str) -> Calendars {
    let folder = tempfile::TempDir::new().unwrap();
    for id in ["TR", "GB"] {
        let text = format!(
            "id = \"{id}\"\nversion = \"{id}@1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
             valid_to = \"{valid_to}\"\n\
             weekend = [{{ from = \"2026-01-01\", days = [\"sat\", \"sun\"] }}]\ndays = [{days}]\n"
        );
        std::fs::write(folder.path().join(format!("{id}.toml")), text).unwrap();
    }
    Calendars::load(Some(folder.path()), None).unwrap()
}

fn in_use(terms: &[(&str, u64)]) -> WindowsInUse {
    terms.iter().map(|(terms, windows)| (InUse::parse(terms).unwrap(), *windows)).collect()
}

/// Seven windows of TR, of this version and this release.
const AS_NOW: &[(&str, u64)] = &[("TR TR@1 2026f", 7)];

fn judged(valid_to: &str, days: &str, tzdb: &str, terms: &[(&str, u64)]) -> Judgement {
    let calendars = calendars(valid_to, days);
    let days = OpenDays::Until(Some(date("2026-11-30")));
    let in_use = in_use(terms);
    Coverage { today: date(TODAY), calendars: &calendars, tzdb, in_use: &in_use, days }.judge()
}

#[track_caller]
fn check(judgement: &Judgement, expected: &[AlarmCode]) {
    let codes: Vec<AlarmCode> = judgement.alarms.iter().map(|alarm| alarm.code).collect();
    assert_eq!(codes, expected, "{judgement:#?}");
    for alarm in &judgement.alarms {
        assert!(alarm.says.len() > 40 && alarm.remedy.len() > 20, "{alarm:?}");
    }
}

#[test]
fn a_calendar_in_use_that_ends_soon_is_an_alarm() {
    for (valid_to, days, expected) in [
        ("2030-12-31", 1_499, &[][..]),
        ("2027-12-29", 401, &[]),
        ("2027-12-28", 400, &[CalendarEndsSoon]),
        ("2026-12-24", 31, &[CalendarEndsSoon]),
        ("2026-12-23", 30, &[CalendarExhausted]),
        ("2026-11-23", 0, &[CalendarExhausted]),
        ("2026-11-01", -22, &[CalendarExhausted]),
    ] {
        let judgement = judged(valid_to, "", "2026f", AS_NOW);
        check(&judgement, expected);
        let horizons: Vec<(&str, i64)> =
            judgement.horizons.iter().map(|(id, days)| (id.as_str(), *days)).collect();
        assert_eq!(horizons, [("TR", days)], "{valid_to}");
    }
    check(&judged("2026-12-01", "", "2026f", &[]), &[]);
}

#[test]
fn a_calendar_in_use_that_is_not_in_force_is_an_alarm() {
    let judgement = judged("2040-12-31", "", "2026f", &[("FR FR@9 2026f", 3)]);
    check(&judgement, &[CalendarMissing]);
    assert_eq!(judgement.alarms[0].calendar, Some(CalendarId::parse("FR").unwrap()));
    assert!(judgement.alarms[0].says.starts_with("3 open windows were"), "{judgement:?}");
    assert!(judgement.horizons.is_empty());
}

#[test]
fn old_time_zone_data_is_an_alarm() {
    // 2026f was published on 2026-10-28; of any other release only the year is known.
    let at = |today: &str, tzdb: &str| {
        let (calendars, in_use) = (calendars("2040-12-31", ""), WindowsInUse::new());
        let days = OpenDays::Until(None);
        Coverage { today: date(today), calendars: &calendars, tzdb, in_use: &in_use, days }.judge()
    };
    check(&at("2027-10-28", "2026f"), &[]);
    check(&at("2027-10-29", "2026f"), &[TzdbOld]);
    check(&at("2026-11-23", "2025b"), &[]);
    check(&at("2026-12-31", "2025b"), &[]);
    check(&at("2027-01-01", "2025b"), &[TzdbOld]);
    check(&at("2040-01-01", "unknown"), &[]);
}

#[test]
fn time_zone_data_older_than_that_of_a_window_is_an_alarm_and_newer_is_a_note() {
    let with = |tzdb: &str, used: &str| {
        let used = format!("TR TR@1 {used}");
        judged("2040-12-31", "", tzdb, &[(&used, 1)])
    };
    check(&with("2026e", "2026f"), &[TzdbOlderThanWindows]);
    check(&with("2026z", "2026za"), &[TzdbOlderThanWindows]);
    for (tzdb, used, notes) in [("2026f", "2026f", 0), ("2026f", "2026e", 1), ("2026f", "own", 1)] {
        let judgement = with(tzdb, used);
        check(&judgement, &[]);
        assert_eq!(judgement.notes.len(), notes, "{tzdb} {used}: {judgement:?}");
    }
}

#[test]
fn windows_of_another_version_of_the_calendar_are_a_note() {
    let terms = &[("TR TR@0 2026f", 2), ("TR TR@1 2026f", 5)];
    let judgement = judged("2040-12-31", "", "2026f", terms);
    check(&judgement, &[]);
    assert_eq!(judgement.notes.len(), 1, "{judgement:?}");
    assert!(judgement.notes[0].says.starts_with("2 open windows were"), "{judgement:?}");
    assert!(judgement.notes[0].says.contains("cpor calendar preview"), "{judgement:?}");
}

#[test]
fn estimates_up_to_the_last_end_of_a_window_are_an_alarm() {
    let day = |day: &str, name: &str| {
        format!("{{ date = \"{day}\", kind = \"holiday\", name = \"{name}\" }},")
    };
    for (days, expected) in [
        (FEAST.to_owned(), &[EstimatesInWindows][..]),
        (day("2026-11-23", "Today (estimated)"), &[EstimatesInWindows]),
        (day("2026-11-30", "On the last day (estimated)"), &[EstimatesInWindows]),
        (day("2026-11-22", "Yesterday (estimated)"), &[]),
        (day("2026-12-01", "After the last day (estimated)"), &[]),
        (day("2026-11-26", "Feast"), &[]),
        (day("2026-11-26", "Feast (estimated by nobody)"), &[]),
    ] {
        check(&judged("2040-12-31", &days, "2026f", AS_NOW), expected);
    }
    let judgement = judged("2040-12-31", FEAST, "2026f", AS_NOW);
    let says = &judgement.alarms[0].says;
    assert!(says.contains("in at most 7 open windows"), "{says}");
    assert!(says.contains("2026-11-26 Feast (estimated)"), "{says}");
    // An estimate in a calendar that nobody uses.
    check(&judged("2040-12-31", FEAST, "2026f", &[]), &[]);
}

#[test]
fn estimates_that_were_counted_name_how_many_windows_they_lie_in() {
    let calendars = calendars("2040-12-31", FEAST);
    let used = in_use(AS_NOW);
    let judge = |counted: &BTreeMap<CalendarId, Touched>| {
        let days = OpenDays::Counted(counted);
        Coverage { today: date(TODAY), calendars: &calendars, tzdb: "2026f", in_use: &used, days }
            .judge()
    };
    check(&judge(&BTreeMap::new()), &[]);
    let entries = BTreeMap::from([(date("2026-11-26"), 4)]);
    let touched = Touched { windows: 4, entries };
    let judgement = judge(&BTreeMap::from([(CalendarId::parse("TR").unwrap(), touched)]));
    check(&judgement, &[EstimatesInWindows]);
    let says = &judgement.alarms[0].says;
    assert!(says.contains("in 4 open windows: 2026-11-26 Feast (estimated) (in 4)"), "{says}");
}

#[test]
fn of_many_estimates_some_are_named_and_the_rest_is_counted() {
    let day = |day: u32| {
        format!("{{ date = \"2026-12-{day:02}\", kind = \"half\", name = \"Day (estimated)\" }},")
    };
    let days: String = (1..=12).map(day).collect();
    let calendars = calendars("2040-12-31", &days);
    let until = OpenDays::Until(Some(date("2026-12-31")));
    let (today, in_use) = (date(TODAY), in_use(AS_NOW));
    let coverage =
        Coverage { today, calendars: &calendars, tzdb: "2026f", in_use: &in_use, days: until };
    let judgement = coverage.judge();
    let says = &judgement.alarms[0].says;
    assert!(says.contains("2026-12-10") && says.ends_with("and 2 more"), "{says}");
    assert!(!says.contains("2026-12-11"), "{says}");
}

#[test]
fn several_things_at_once_come_in_the_order_of_their_weight() {
    let terms = &[("FR FR@1 2027a", 1), ("GB GB@1 2026f", 1), ("TR TR@0 2025a", 1)];
    let judgement = judged("2026-12-24", FEAST, "2025b", terms);
    let expected = [
        CalendarMissing,
        CalendarEndsSoon,
        CalendarEndsSoon,
        TzdbOlderThanWindows,
        EstimatesInWindows,
        EstimatesInWindows,
    ];
    check(&judgement, &expected);
    assert_eq!(judgement.count(CalendarEndsSoon), 2);
    let codes: Vec<String> = AlarmCode::ALL.iter().map(|code| code.to_string()).collect();
    let json: Vec<String> =
        AlarmCode::ALL.iter().map(|code| serde_json::to_value(code).unwrap().to_string()).collect();
    assert_eq!(codes.iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>(), json);
}

#[test]
fn what_is_counted_can_be_read_again_and_rubbish_is_nothing() {
    let used = InUse::parse("GB-SCT GB-SCT@holidays-0.109+1284afb9fafa 2026f").unwrap();
    assert_eq!(InUse::parse(&used.to_string()), Some(used));
    for rubbish in ["", "TR", "TR TR@1", "TR TR@1 2026f more", "1R TR@1 2026f"] {
        assert_eq!(InUse::parse(rubbish), None, "{rubbish:?}");
    }
}
