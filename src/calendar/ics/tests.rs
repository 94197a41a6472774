//! iCalendar in and out: files as other programs write them, and rubbish.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::super::business_calendar::BusinessCalendar;
use super::super::calendars::Calendars;
use super::super::content::EntryKind;
use super::super::id::CalendarId;
use super::*;

/// Weekend is Saturday and Sunday; one holiday, one estimate.
fn calendar() -> BusinessCalendar {
    let text = "id = \"AA\"\nversion = \"1\"\nsource = \"test\"\nvalid_from = \"2024-01-01\"\n\
        valid_to = \"2028-12-31\"\n\
        weekend = [{ from = \"2024-01-01\", days = [\"sat\", \"sun\"] }]\n\
        days = [{ date = \"2026-01-01\", kind = \"holiday\", name = \"New Year's Day\" },\n\
        { date = \"2026-03-20\", kind = \"holiday\", name = \"Eid al-Fitr (estimated)\" }]\n";
    BusinessCalendar::parse(&CalendarId::parse("AA").unwrap(), "AA.toml", text).unwrap()
}

fn imported(bytes: &[u8]) -> Imported {
    let (calendar, own) = (calendar(), BTreeSet::from([date("2026-02-02")]));
    let kind = EntryKind::Holiday;
    import(
        bytes,
        &ImportTerms { calendar: &calendar, own: &own, kind, from: None, to: None, rename: false },
    )
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn file(events: &[&str]) -> String {
    let event = |lines: &&str| format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n");
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.replace('|', "\r\n"))
}

/// Entries as `date kind name`, findings as their messages.
fn told(imported: &Imported) -> (Vec<String>, Vec<String>) {
    let entries = imported.entries.iter();
    let entries = entries.map(|(date, entry)| format!("{date} {} {}", entry.kind, entry.name));
    let findings = imported.findings.iter().map(|finding| finding.message.clone());
    (entries.collect(), findings.collect())
}

#[track_caller]
fn becomes(events: &[&str], expected: &[&str], found: &[&str], has_problems: bool) {
    let imported = imported(file(events).as_bytes());
    let (entries, findings) = told(&imported);
    assert_eq!(entries, expected, "{findings:?}");
    assert_eq!(findings.len(), found.len(), "{findings:?}");
    for (finding, part) in findings.iter().zip(found) {
        assert!(finding.contains(part), "{finding:?} does not say {part:?}");
    }
    assert_eq!(imported.has_problems(), has_problems, "{findings:?}");
}

/// One event that becomes these entries.
#[track_caller]
fn gives(event: &str, expected: &[&str]) {
    becomes(&[event], expected, &[], false);
}

/// One event that cannot become an entry.
#[track_caller]
fn refused(event: &str, problem: &str) {
    becomes(&[event], &[], &[problem], true);
}

#[test]
fn an_all_day_event_becomes_an_entry_for_each_of_its_days() {
    gives("DTSTART;VALUE=DATE:20260501|SUMMARY:May\\, Day", &["2026-05-01 holiday May, Day"]);
    gives("DTSTART:20260501|DTEND:20260501|SUMMARY:A", &["2026-05-01 holiday A"]);
    let two = ["2026-05-01 holiday A", "2026-05-02 holiday A"];
    gives("SUMMARY:A|DTSTART;VALUE=DATE:20260501|DTEND;VALUE=DATE:20260503", &two);
    gives("SUMMARY:A|DTSTART;VALUE=DATE:20260501|DURATION:P2D", &two);
    gives("SUMMARY:A|DTSTART:20260501|X-CPOR-KIND:half", &["2026-05-01 half day A"]);
    let estimate = ["2026-05-01 holiday A (estimated)"];
    gives("SUMMARY:A|DTSTART:20260501|STATUS:TENTATIVE", &estimate);
    let outlook = "SUMMARY:A|DTSTART;TZID=X:20260501T000000|DTEND;TZID=X:20260503T000000|\
                   X-MICROSOFT-CDO-ALLDAYEVENT:TRUE";
    gives(outlook, &two);
    let alarm = "SUMMARY:A|BEGIN:VALARM|SUMMARY:B|DTSTART:20260601|END:VALARM|DTSTART:20260501";
    gives(alarm, &["2026-05-01 holiday A"]);
}

#[test]
fn what_cannot_become_an_entry_is_refused_with_a_reason() {
    refused("SUMMARY:A|DTSTART:20260501T090000Z", "time of day");
    refused("SUMMARY:A|DTSTART:20260501T000000", "time of day");
    refused("SUMMARY:A|DTSTART:20260501|DTEND:20260502T120000Z", "time of day");
    refused("SUMMARY:A", "no DTSTART");
    refused("SUMMARY:A|DTSTART:20260230", "no date");
    refused("DTSTART:20260501", "no SUMMARY");
    refused("SUMMARY:A|DTSTART:20260501|DTEND:20260430", "ends before");
    refused("SUMMARY:A|DTSTART:20260501|DTEND:20290430", "no holiday");
    refused("SUMMARY:A|DTSTART:20260501|DURATION:PT8H", "whole days");
    refused("SUMMARY:A|DTSTART:20260501|RRULE:FREQ=HOURLY", "FREQ=HOURLY");
    refused("SUMMARY:A|DTSTART:20260501|RRULE:FREQ=YEARLY;BYWEEKNO=1", "BYWEEKNO");
    refused("SUMMARY:A|DTSTART:20260501|RRULE:FREQ=YEARLY|RRULE:FREQ=DAILY", "more than one");
    refused("SUMMARY:A|DTSTART:20260501|X-CPOR-KIND:party", "X-CPOR-KIND");
    refused("SUMMARY:A|DTSTART:20260501|RDATE;VALUE=PERIOD:20260501T1/PT1H", "RDATE");
    refused("SUMMARY:A|UID:1|RECURRENCE-ID;RANGE=THISANDFUTURE:20260501|DTSTART:20260501", "all");
    let long = format!("DTSTART:20260501|SUMMARY:{}", "x".repeat(201));
    refused(&long, "more than 200");
}

#[test]
fn rules_give_the_dates_they_mean() {
    let check = |start: &str, rule: &str, expected: &[&str]| {
        let event = format!("SUMMARY:A|DTSTART;VALUE=DATE:{start}|RRULE:{rule}");
        let expected: Vec<_> = expected.iter().map(|date| format!("{date} holiday A")).collect();
        gives(&event, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    };
    let may = ["2024-05-01", "2025-05-01", "2026-05-01", "2027-05-01", "2028-05-01"];
    check("19240501", "FREQ=YEARLY", &may);
    check("20240501", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", &may);
    check("20240501", "FREQ=YEARLY;INTERVAL=2", &[may[0], may[2], may[4]]);
    check("20240501", "FREQ=YEARLY;COUNT=2", &may[..2]);
    check("20220501", "FREQ=YEARLY;COUNT=4", &may[..2]);
    check("20240501", "FREQ=YEARLY;UNTIL=20260501", &may[..3]);
    check("20240501", "FREQ=YEARLY;UNTIL=20260430T235959Z", &may[..2]);
    check("20251127", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", &["2025-11-27", "2026-11-26"]);
    check("20250526", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2", &["2025-05-26", "2026-05-25"]);
    let set = "FREQ=YEARLY;BYMONTH=5;BYDAY=MO;BYSETPOS=-1;COUNT=2";
    check("20250526", set, &["2025-05-26", "2026-05-25"]);
    check("20250106", "FREQ=YEARLY;BYDAY=1MO;COUNT=2", &["2025-01-06", "2026-01-05"]);
    check("20250131", "FREQ=MONTHLY;COUNT=3", &["2025-01-31", "2025-03-31", "2025-05-31"]);
    let last = ["2025-01-31", "2025-02-28", "2025-03-31"];
    check("20250131", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", &last);
    let weekly = ["2025-01-03", "2025-01-06", "2025-01-17"];
    check(
        "20250103",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,MO;WKST=SU;COUNT=3",
        &weekly[..1].iter().copied().chain(["2025-01-13", "2025-01-17"]).collect::<Vec<_>>(),
    );
    check("20250103", "FREQ=DAILY;INTERVAL=3;COUNT=2", &["2025-01-03", "2025-01-06"]);
    check("20240229", "FREQ=YEARLY", &["2024-02-29", "2028-02-29"]);
}

#[test]
fn instances_are_left_out_added_and_moved() {
    let yearly = "UID:1|SUMMARY:A|DTSTART:20240501|RRULE:FREQ=YEARLY;COUNT=3";
    let with = |more: &str| format!("{yearly}|{more}");
    let a = |year| format!("{year}-05-01 holiday A");
    gives(&with("EXDATE;VALUE=DATE:20250501,20260501"), &[&a(2024)]);
    gives(
        &with("EXDATE:20250501|RDATE;VALUE=DATE:20270701"),
        &[&a(2024), &a(2026), "2027-07-01 holiday A"],
    );
    let moved = "UID:1|RECURRENCE-ID;VALUE=DATE:20250501|SUMMARY:B|DTSTART:20250502";
    let expected = [&a(2024), "2025-05-02 holiday B", &a(2026)];
    becomes(&[moved, yearly], &expected, &[], false);
    let cancelled = format!("{moved}|STATUS:CANCELLED");
    becomes(&[yearly, &cancelled], &[&a(2024), &a(2026)], &["is cancelled"], false);
}

#[test]
fn what_needs_no_entry_is_left_out_with_a_note() {
    let note = |event: &str, note: &str| becomes(&[event], &[], &[note], false);
    note("SUMMARY:New Year's Day|DTSTART:20260101", "says so already");
    note("SUMMARY:Yılbaşı|DTSTART:20260101", "the calendar has it as \"New Year's Day\"");
    note("SUMMARY:A|DTSTART:20260202", "your own file decides");
    note("SUMMARY:A|DTSTART:20300101", "outside the calendar's span");
    note("SUMMARY:A|DTSTART:20260501|STATUS:CANCELLED", "cancelled");
    gives("SUMMARY:Eid al-Fitr|DTSTART:20260320", &["2026-03-20 holiday Eid al-Fitr"]);
    let (a, b) = ("SUMMARY:A|DTSTART:20260501", "SUMMARY:B|DTSTART:20260501");
    becomes(&[a, a], &["2026-05-01 holiday A"], &["twice"], false);
    becomes(&[a, b], &["2026-05-01 holiday A; B"], &["both names"], false);
    let work = format!("{b}|X-CPOR-KIND:WORK");
    becomes(&[a, &work], &["2026-05-01 holiday A"], &["remove one"], true);
}

#[test]
fn a_file_that_is_none_says_so() {
    let check = |text: &str, line: usize, problem: &str| {
        let imported = imported(text.as_bytes());
        let last = imported.findings.last().unwrap();
        assert!(imported.has_problems() && imported.entries.is_empty(), "{text:?}");
        assert!(last.message.contains(problem), "{last:?}");
        assert_eq!(last.line, line, "{last:?}");
    };
    check("", 0, "no iCalendar file");
    check("The quick brown fox", 1, "no colon");
    check("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A\nDTSTART:20260501\n", 4, "was cut");
    check("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", 3, "not the open one");
    check(&"BEGIN:A\n".repeat(400_000), 400_000, "no iCalendar file");
    let endless = "SUMMARY:A|DTSTART:00010101|RRULE:FREQ=DAILY";
    let endless = format!("{endless};COUNT=4000000000");
    let found = imported(file(&[endless.as_str(); 20]).as_bytes()).findings;
    assert!(found.iter().any(|finding| finding.message.contains("take too long")));
}

#[test]
fn what_is_exported_says_the_same_when_it_is_imported() {
    for base in Calendars::built_in().unwrap().iter() {
        let whole = (base.valid_from(), base.valid_to());
        let Some(text) = export(base, whole.0, whole.1) else {
            assert_eq!(base.entries().count(), 0, "{}", base.id());
            continue;
        };
        assert_eq!(Some(&text), export(base, whole.0, whole.1).as_ref());
        let physical = text.strip_suffix("\r\n").unwrap().split("\r\n");
        assert!(physical.clone().all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
        let own = BTreeSet::new();
        let kind = EntryKind::Holiday;
        let terms =
            ImportTerms { calendar: base, own: &own, kind, from: None, to: None, rename: true };
        let same = import(text.as_bytes(), &terms);
        assert!(same.entries.is_empty() && !same.has_problems(), "{}: {same:?}", base.id());
        assert_eq!(same.events, base.entries().count());
        let bare = bare(base);
        let all = import(text.as_bytes(), &ImportTerms { calendar: &bare, ..terms });
        assert!(all.findings.is_empty(), "{:?}", all.findings);
        let entries: Vec<_> = all.entries.iter().map(|(date, entry)| (*date, entry)).collect();
        assert_eq!(entries, base.entries().collect::<Vec<_>>());
    }
}

/// The calendar without its entries.
fn bare(base: &BusinessCalendar) -> BusinessCalendar {
    let rows = base.entries().map(|(date, _)| format!("{{ date = \"{date}\", kind = \"none\" }}"));
    let own = format!("days = [{}]", rows.collect::<Vec<_>>().join(", "));
    base.with_overrides("own.toml", &own).unwrap()
}

/// Random changes to a file, each of which must end in an answer.
#[test]
fn rubbish_is_answered_and_never_panics() {
    let seed = std::env::var("CPOR_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| rand::rng().random());
    println!("CPOR_SEED={seed} replays this");
    let mut random = StdRng::seed_from_u64(seed);
    let events = [
        "UID:1|SUMMARY:Caf\u{e9}|DTSTART:20240501|RRULE:FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5;COUNT=3",
        "UID:1|RECURRENCE-ID:20250501|SUMMARY:B|DTSTART;VALUE=DATE:20250502|DURATION:P2W",
        "SUMMARY:C|DTSTART:20240103|RRULE:FREQ=WEEKLY;BYDAY=FR;WKST=SU;INTERVAL=2;UNTIL=20250101",
        "SUMMARY:D|DTSTART:20240131|RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;BYSETPOS=1|EXDATE:20240229",
    ];
    let good = file(&events).into_bytes();
    let bytes = b"0123456789-;:,=\"\\\r\n TZ\xff\xc3\x00A";
    for _ in 0..3_000 {
        let mut text = good.clone();
        for _ in 0..random.random_range(1..8) {
            let at = random.random_range(0..text.len());
            match random.random_range(0..4) {
                0 => text[at] = bytes[random.random_range(0..bytes.len())],
                1 => text.insert(at, bytes[random.random_range(0..bytes.len())]),
                2 => drop(text.drain(at..(at + random.random_range(0..40)).min(text.len()))),
                _ => text.truncate(at.max(1)),
            }
            if text.is_empty() {
                break;
            }
        }
        let imported = imported(&text);
        for entry in imported.entries.values() {
            assert!(!entry.name.is_empty() && !entry.name.chars().any(char::is_control));
        }
    }
}
