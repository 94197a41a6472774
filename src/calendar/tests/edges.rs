//! The rule at the edges of zones, weeks and calendars, one table each.

use super::*;
use crate::claim::tests::realigned::realigned;

fn check(window: WindowTerms, last_day: &str, closes_at: &str) {
    let deadline = window.deadline().unwrap();
    let told = (deadline.last_day.to_string(), deadline.closes_at);
    assert_eq!(told, (last_day.to_owned(), at(closes_at)), "{window:?}");
}

fn refused(window: WindowTerms, date: &str) {
    match window.deadline() {
        Err(CalendarError::OutsideValidity { date: outside, .. }) => {
            assert_eq!(outside.to_string(), date, "{window:?}");
        }
        other => panic!("expected a date outside the calendar, got {other:?} for {window:?}"),
    }
}

#[test]
fn the_day_of_the_notice_is_never_counted_whatever_the_hour_or_the_day() {
    let istanbul = |notified_at| terms(built_in("TR"), "Europe/Istanbul", notified_at, 5);
    // A Friday, from its first to its last moment.
    check(istanbul("2026-11-19T21:00:00Z"), "2026-11-27", "2026-11-27T21:00:00Z");
    check(istanbul("2026-11-20T15:00:00Z"), "2026-11-27", "2026-11-27T21:00:00Z");
    check(istanbul("2026-11-20T20:59:59.999Z"), "2026-11-27", "2026-11-27T21:00:00Z");
    // Saturday and Sunday are the same, Monday is not.
    check(istanbul("2026-11-20T21:00:00Z"), "2026-11-27", "2026-11-27T21:00:00Z");
    check(istanbul("2026-11-22T20:59:59Z"), "2026-11-27", "2026-11-27T21:00:00Z");
    check(istanbul("2026-11-22T21:00:00Z"), "2026-11-30", "2026-11-30T21:00:00Z");
}

#[test]
fn the_end_follows_the_clocks_of_the_last_day() {
    let no_weekend = || plain_calendar("", "");
    let one_day = |zone, notified_at| terms(no_weekend(), zone, notified_at, 1);
    // Clocks go forward, and back, within the last day.
    check(
        one_day("America/New_York", "2026-03-07T17:00:00Z"),
        "2026-03-08",
        "2026-03-09T04:00:00Z",
    );
    check(
        one_day("America/New_York", "2026-10-31T16:00:00Z"),
        "2026-11-01",
        "2026-11-02T05:00:00Z",
    );
    // The midnight at the end of the last day does not exist: the jump is the end.
    check(one_day("Africa/Cairo", "2031-04-23T12:00:00Z"), "2031-04-24", "2031-04-24T22:00:00Z");
    // The last hour of the last day happens twice: its second end counts.
    check(one_day("Africa/Cairo", "2032-10-27T12:00:00Z"), "2032-10-28", "2032-10-28T22:00:00Z");
    // Midnight passes, and a minute later it is 23:01 of the last day again.
    check(
        one_day("America/St_Johns", "2006-10-27T12:00:00Z"),
        "2006-10-28",
        "2006-10-29T03:30:00Z",
    );
    // A shift of half an hour.
    check(
        one_day("Australia/Lord_Howe", "2026-04-04T00:00:00Z"),
        "2026-04-05",
        "2026-04-05T13:30:00Z",
    );
    check(one_day("UTC", "2026-11-20T15:00:00Z"), "2026-11-21", "2026-11-22T00:00:00Z");
    check(one_day("Etc/GMT+12", "2026-11-20T11:59:59Z"), "2026-11-20", "2026-11-21T12:00:00Z");
    check(
        one_day("Pacific/Kiritimati", "2026-11-20T10:00:00Z"),
        "2026-11-22",
        "2026-11-22T10:00:00Z",
    );
}

#[test]
fn a_date_that_a_zone_skipped_is_not_a_business_day() {
    let working_week = || plain_calendar("\"sat\", \"sun\"", "");
    let every_day = || plain_calendar("", "");
    // Samoa went from Thursday 29 to Saturday 31 December 2011.
    let apia = |days| terms(working_week(), "Pacific/Apia", "2011-12-28T20:00:00Z", days);
    check(apia(1), "2011-12-29", "2011-12-30T10:00:00Z");
    check(apia(2), "2012-01-02", "2012-01-02T10:00:00Z");
    check(apia(5), "2012-01-05", "2012-01-05T10:00:00Z");
    // Its neighbors had that Friday.
    let pago = terms(working_week(), "Pacific/Pago_Pago", "2011-12-28T20:00:00Z", 2);
    check(pago, "2011-12-30", "2011-12-31T11:00:00Z");
    // Kwajalein skipped Saturday 21 August 1993, Kiritimati the last day of 1994.
    let kwajalein = terms(every_day(), "Pacific/Kwajalein", "1993-08-20T00:00:00Z", 2);
    check(kwajalein, "1993-08-22", "1993-08-22T12:00:00Z");
    let kiritimati = terms(every_day(), "Pacific/Kiritimati", "1994-12-30T10:00:00Z", 2);
    check(kiritimati, "1995-01-02", "1995-01-02T10:00:00Z");
}

#[test]
fn a_skipped_date_is_listed_as_such_even_where_it_was_a_holiday() {
    let days = "{ date = \"2011-12-30\", kind = \"holiday\", name = \"Never Was\" }";
    let calendar = plain_calendar("\"sat\", \"sun\"", days);
    let deadline = terms(calendar, "Pacific/Apia", "2011-12-28T20:00:00Z", 2).deadline().unwrap();
    assert_eq!(deadline.skipped, []);
    let reasons: Vec<DayReason> = deadline.days().iter().map(|day| day.reason).collect();
    use DayReason::{BusinessDay, MissingDate, Weekend};
    assert_eq!(reasons, [BusinessDay, MissingDate, Weekend, Weekend, BusinessDay]);
}

#[test]
fn half_days_count_or_not_and_make_up_days_always_count() {
    let days = "{ date = \"2026-11-24\", kind = \"half\", name = \"Eve\" }, \
                { date = \"2026-11-28\", kind = \"work\", name = \"Make-up day\" }, \
                { date = \"2026-11-29\", kind = \"half\", name = \"Half a Sunday\" }, \
                { date = \"2026-11-22\", kind = \"holiday\", name = \"Holiday on a Sunday\" }, \
                { date = \"2026-11-25\", kind = \"work\", name = \"Ordinary\" }";
    let calendar = plain_calendar("\"sat\", \"sun\"", days);
    let window = |days| terms(calendar.clone(), "UTC", "2026-11-20T15:00:00Z", days);
    let skipping = |days| WindowTerms { half_days: HalfDays::Skip, ..window(days) };
    check(window(2), "2026-11-24", "2026-11-25T00:00:00Z");
    check(skipping(2), "2026-11-25", "2026-11-26T00:00:00Z");
    check(window(6), "2026-11-28", "2026-11-29T00:00:00Z");
    check(window(7), "2026-11-30", "2026-12-01T00:00:00Z");
    check(skipping(6), "2026-11-30", "2026-12-01T00:00:00Z");
    let deadline = skipping(6).deadline().unwrap();
    let half = SkippedDay { date: "2026-11-24".parse().unwrap(), name: "Eve".into(), half: true };
    assert_eq!(deadline.skipped, [half]);
    let made_up = SpecialDay { date: "2026-11-28".parse().unwrap(), name: "Make-up day".into() };
    assert_eq!(deadline.special, [made_up]);
    assert_eq!(serde_json::to_value(&deadline).unwrap()["days"], "wwbsbbbmwb");
}

#[test]
fn a_date_outside_the_calendar_is_an_error_and_never_a_guess() {
    let calendar = || plain_calendar("\"sat\", \"sun\"", "");
    let window = |notified_at, days| terms(calendar(), "UTC", notified_at, days);
    // The calendar ends with Monday 31 December 2040.
    check(window("2040-12-28T12:00:00Z", 1), "2040-12-31", "2041-01-01T00:00:00Z");
    refused(window("2040-12-28T12:00:00Z", 2), "2041-01-01");
    refused(window("2040-12-28T12:00:00Z", 260), "2041-01-01");
    refused(window("2040-12-31T12:00:00Z", 1), "2041-01-01");
    refused(window("2055-06-01T12:00:00Z", 1), "2055-06-02");
    // It begins with 1 January 1980; the day of the notice is not judged.
    check(window("1979-12-31T12:00:00Z", 1), "1980-01-01", "1980-01-02T00:00:00Z");
    refused(window("1979-12-30T12:00:00Z", 1), "1979-12-31");
    // Nothing but weekends: counting comes to an end all the same.
    let never = plain_calendar("\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"", "");
    refused(terms(never, "UTC", "2026-11-20T15:00:00Z", 1), "2041-01-01");
}

#[test]
fn the_most_distant_instants_are_errors_too() {
    for notified_at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        for zone in ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"] {
            let now = terms(built_in("TR"), zone, "2026-11-20T15:00:00Z", 5);
            let window = WindowTerms { notified_at, ..now };
            assert!(window.deadline().is_err(), "{notified_at} in {zone}");
        }
    }
}

#[test]
fn a_deadline_is_never_shortened_and_never_reopened() {
    let calendar = plain_calendar("\"sat\", \"sun\"", "");
    let deadline = |days| terms(calendar.clone(), "UTC", "2026-11-20T15:00:00Z", days).deadline();
    let announced = deadline(5).unwrap();
    let check = |recomputed: u32, now: &str, extended: bool| {
        let recomputed = deadline(recomputed).unwrap();
        let expected = extended.then(|| recomputed.clone());
        assert_eq!(realigned(&announced, recomputed, at(now)), expected, "{now}");
    };
    check(6, "2026-11-27T23:59:59.999Z", true);
    check(6, "2026-11-28T00:00:00Z", false);
    check(6, "2026-11-29T00:00:00Z", false);
    check(5, "2026-11-25T00:00:00Z", false);
    check(4, "2026-11-25T00:00:00Z", false);
}

#[test]
fn a_question_may_leave_out_what_has_a_default_and_names_what_is_wrong() {
    let ask = |text: &str| {
        let question: WindowQuestion = serde_json::from_str(text).unwrap();
        answer(&CALENDARS, &question).map_err(|error| error.to_string())
    };
    let complete = r#"{"id":"a","calendar":"TR","zone":"Europe/Istanbul",
        "notified_at":"2026-11-20T18:00:00+03:00"}"#;
    assert_eq!(ask(complete).unwrap().deadline_local, "2026-11-28T00:00:00+03:00");
    let refused = |from: &str, to: &str, expected: &str| {
        let error = ask(&complete.replace(from, to)).unwrap_err();
        assert!(error.contains(expected), "{error}");
    };
    refused("\"TR\"", "\"XX\"", "no calendar XX; known are: AX, ");
    refused("\"TR\"", "\"../TR\"", "\"../TR\" is not a calendar id");
    refused("Europe/Istanbul", "Europe/Stamboul", "\"Europe/Stamboul\" is not a time zone");
    refused("}", ",\"business_days\":0}", "window of 0 business days");
    refused("2026-11-20", "2051-11-20", "says nothing about 2051-11-21");
}
