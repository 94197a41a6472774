//! Files of calendars: what is read, and what is refused.

use super::*;
use crate::calendar::Calendars;

const PLAIN: &str = r#"id = "XX"
version = "XX@hand+1"
source = "hand"
valid_from = "2026-01-01"
valid_to = "2026-12-31"
weekend = [
  { from = "2026-01-01", days = ["sat", "sun"] },
  { from = "2026-06-01", days = ["fri", "sat"] },
]
days = [
  { date = "2026-04-23", kind = "holiday", name = "Spring Day" },
  { date = "2026-04-22", kind = "half", name = "Its Eve" },
]
"#;

fn parse(text: &str) -> Result<BusinessCalendar, CalendarError> {
    BusinessCalendar::parse(&CalendarId::parse("XX").unwrap(), "dir/XX.toml", text)
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The error with its causes, as it is shown to an operator.
fn told(error: &CalendarError) -> String {
    use std::error::Error;
    let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}

#[test]
fn a_calendar_tells_what_kind_of_day_a_date_is() {
    let calendar = parse(PLAIN).unwrap();
    let check = |day: &str, expected| assert_eq!(calendar.day(date(day)), expected, "{day}");
    check("2026-04-21", Some(DayKind::Business));
    check("2026-04-22", Some(DayKind::Half));
    check("2026-04-23", Some(DayKind::Holiday));
    check("2026-05-31", Some(DayKind::Weekend)); // A Sunday, the last of its kind.
    check("2026-06-05", Some(DayKind::Weekend)); // A Friday under the new mask.
    check("2026-06-07", Some(DayKind::Business)); // A Sunday under the new mask.
    check("2026-01-01", Some(DayKind::Business));
    check("2026-12-31", Some(DayKind::Business));
    check("2025-12-31", None);
    check("2027-01-01", None);
    assert_eq!(calendar.day(NaiveDate::MIN), None);
    assert_eq!(calendar.day(NaiveDate::MAX), None);
    assert_eq!(calendar.name(date("2026-04-23")), Some("Spring Day"));
}

#[test]
fn a_wrong_calendar_is_refused_with_file_entry_and_what_to_do() {
    let check = |from: &str, to: &str, expected: [&str; 2]| {
        assert!(PLAIN.contains(from), "{from:?} is not in the calendar");
        let Err(error) = parse(&PLAIN.replace(from, to)) else { panic!("accepted {to:?}") };
        let error = told(&error);
        assert!(error.contains("dir/XX.toml"), "{error}");
        assert!(expected.iter().all(|part| error.contains(part)), "{from:?} to {to:?}: {error}");
    };
    check("\"XX\"\n", "\"YY\"\n", ["id: is \"YY\"", "rename the file"]);
    check("2026-04-22", "2026-04-23", ["days[1] (2026-04-23)", "keep one of them"]);
    check("2026-06-01", "2026-01-01", ["weekend[1] (from 2026-01-01)", "order"]);
    check("2026-06-01", "2025-06-01", ["weekend[1] (from 2025-06-01)", "order"]);
    check("2026-06-01", "2027-06-01", ["weekend[1]", "begins after valid_to"]);
    check("{ from = \"2026-01-01\"", "{ from = \"2026-01-02\"", ["weekend[0]", "add one from"]);
    check("\"sat\", \"sun\"", "\"sat\", \"sat\"", ["weekend[0]", "names Sat twice"]);
    check("\"sun\"", "\"sunday\"", ["line 7", "sunday"]);
    check("2026-04-23", "2027-04-23", ["days[0] (2027-04-23)", "is outside 2026-01-01"]);
    check("2026-04-23", "2026-4-23", ["line 11", "write \"2026-04-23\""]);
    check("2026-04-23", "2026-02-30", ["line 11", "is not a date"]);
    check("\"2026-04-23\"", "2026-04-23", ["line 11", "expected a string"]);
    check("Spring Day", " ", ["days[0]", "needs a name"]);
    check("\"half\"", "\"none\"", ["line 12", "none"]);
    check("source =", "sauce =", ["line 3", "sauce"]);
    check("hand+1", "hand 1", ["version", "visible"]);
    check("name = \"Its Eve\"", "name = \"Its Eve\", note = 1", ["line 12", "note"]);
    check("2026-12-31", "2025-12-31", ["valid_to", "is before valid_from"]);
    check("2026-12-31", "2999-12-31", ["valid_from, valid_to", "shorten"]);
    check("weekend = [", "weekend = 1 [", ["line 6", ""]);
}

#[test]
fn the_version_of_every_shipped_calendar_follows_from_its_content() {
    let calendars = Calendars::built_in().unwrap();
    for calendar in calendars.iter() {
        assert_eq!(calendar.version(), calendar.version_of_content());
    }
}

#[test]
fn the_operators_entries_are_laid_over_the_calendar() {
    let own = r#"
days = [
  { date = "2026-04-22", kind = "none" },
  { date = "2026-04-23", kind = "work", name = "Worked after all" },
  { date = "2026-04-24", kind = "holiday", name = "Instead" },
  { date = "2026-04-25", kind = "work", name = "Make-up day" },
]
weekend = [
  { from = "2026-03-01", days = ["sun"] },
  { from = "2026-06-01", days = ["sat", "sun"] },
]
"#;
    let base = parse(PLAIN).unwrap();
    let calendar = base.with_overrides("own/XX.toml", own).unwrap();
    let check = |day: &str, expected| assert_eq!(calendar.day(date(day)), Some(expected), "{day}");
    check("2026-04-22", DayKind::Business);
    check("2026-04-23", DayKind::Business);
    check("2026-04-24", DayKind::Holiday);
    check("2026-02-28", DayKind::Weekend);
    check("2026-03-07", DayKind::Business);
    check("2026-04-25", DayKind::Business); // A Saturday, no longer the weekend.
    check("2026-06-06", DayKind::Weekend);
    assert!(calendar.version().starts_with("XX@hand+"), "{}", calendar.version());
    assert_eq!(calendar.version(), calendar.version_of_content());
    assert_ne!(calendar.version(), base.version_of_content());
}

#[test]
fn overrides_that_change_nothing_leave_the_version_alone() {
    let base = parse(PLAIN).unwrap();
    let same = "days = [{ date = \"2026-04-23\", kind = \"holiday\", name = \"Spring Day\" }]";
    for own in ["", "id = \"XX\"", same] {
        assert_eq!(base.with_overrides("own/XX.toml", own).unwrap().version(), "XX@hand+1");
    }
}

#[test]
fn wrong_overrides_are_refused_with_file_entry_and_what_to_do() {
    let base = parse(PLAIN).unwrap();
    let check = |own: &str, expected: [&str; 2]| {
        let error = told(&base.with_overrides("own/XX.toml", own).unwrap_err());
        assert!(error.contains("own/XX.toml"), "{error}");
        assert!(expected.iter().all(|part| error.contains(part)), "{own}: {error}");
    };
    let day = |date: &str, rest: &str| format!("[[days]]\ndate = \"{date}\"\nkind = {rest}\n");
    let twice = day("2026-05-04", "\"work\"\nname = \"A\"").repeat(2);
    check(&twice, ["days[1] (2026-05-04)", "given twice"]);
    check(&day("2026-05-04", "\"none\""), ["days[0] (2026-05-04)", "does not have"]);
    check(&day("2026-05-04", "\"holiday\""), ["days[0] (2026-05-04)", "needs a name"]);
    check(&day("2027-05-04", "\"work\"\nname = \"A\""), ["days[0]", "is outside"]);
    check(&day("2026-05-04", "\"feast\"\nname = \"A\""), ["line 3", "feast"]);
    check("id = \"YY\"", ["id", "differs from the file's name XX"]);
    check("version = \"1\"", ["line 1", "version"]);
    let unordered = "weekend = [{ from = \"2026-05-01\", days = [] }, \
                     { from = \"2026-04-01\", days = [] }]";
    check(unordered, ["weekend[1] (from 2026-04-01)", "order"]);
    check("weekend = [{ from = \"2028-05-01\", days = [] }]", ["begins after", "remove it"]);
}
