//! Differences between calendars, in data and in words.

use super::*;

/// A calendar of 2026 with these entries, as its file has them.
fn calendar(weekend: &str, to: &str, days: &str) -> BusinessCalendar {
    let text = format!(
        "id = \"AA\"\nversion = \"AA@test+1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
         valid_to = \"{to}\"\nweekend = [{weekend}]\ndays = [{days}]\n"
    );
    BusinessCalendar::parse(&CalendarId::parse("AA").unwrap(), "AA.toml", &text).unwrap()
}

const WEEKEND: &str = "{ from = \"2026-01-01\", days = [\"sat\", \"sun\"] }";
const MAY_DAY: &str = "{ date = \"2026-05-01\", kind = \"holiday\", name = \"May Day\" }";

#[track_caller]
fn check(after: &BusinessCalendar, expected: &[&str]) {
    let before = calendar(WEEKEND, "2026-12-31", MAY_DAY);
    let diff = CalendarDiff::between(&before, after);
    let sentences = diff.as_ref().map(CalendarDiff::sentences).unwrap_or_default();
    assert_eq!(sentences, expected);
    let back = diff.as_ref().map(|diff| serde_json::to_string(diff).unwrap());
    let back = back.map(|text| serde_json::from_str::<CalendarDiff>(&text).unwrap());
    assert_eq!(back, diff, "it survives storing");
}

#[test]
fn a_difference_names_what_was_and_what_is() {
    check(&calendar(WEEKEND, "2026-12-31", MAY_DAY), &[]);
    check(&calendar(WEEKEND, "2026-12-31", ""), &["2026-05-01: holiday \"May Day\" removed"]);
    let changed = "{ date = \"2026-05-01\", kind = \"half\", name = \"Labor Day\" }, \
                   { date = \"2026-05-02\", kind = \"work\", name = \"Make-up day\" }";
    check(
        &calendar(WEEKEND, "2026-12-31", changed),
        &[
            "2026-05-01: holiday \"May Day\" -> half day \"Labor Day\"",
            "2026-05-02: working day \"Make-up day\" added",
        ],
    );
    let weekend = "{ from = \"2026-01-01\", days = [] }, \
                   { from = \"2026-07-01\", days = [\"fri\"] }";
    check(
        &calendar(weekend, "2027-12-31", MAY_DAY),
        &[
            "valid 2026-01-01 to 2026-12-31 -> 2026-01-01 to 2027-12-31",
            "weekend from 2026-01-01: Sat, Sun -> none",
            "weekend from 2026-07-01: as before that date -> Fri",
        ],
    );
}

#[test]
fn overrides_show_up_with_the_new_version() {
    let before = calendar(WEEKEND, "2026-12-31", MAY_DAY);
    let own = "days = [{ date = \"2026-05-01\", kind = \"holiday\", name = \"Labor Day\" }]";
    let after = before.with_overrides("own.toml", own).unwrap();
    let diff = CalendarDiff::between(&before, &after).unwrap();
    assert_eq!((diff.version_before.as_str(), diff.entries.len()), ("AA@test+1", 1));
    assert_eq!(diff.version_after, after.version_of_content());
    assert!(diff.entries[0].is_only_a_name());
    let object = serde_json::to_value(CalendarChange::Changed(diff)).unwrap();
    assert_eq!(object["change"], "changed");
    assert_eq!(object["entries"][0]["before"]["name"], "May Day");
    assert_eq!(object["entries"][0]["after"]["kind"], "holiday");
}

#[test]
fn two_sets_differ_in_calendars_added_removed_and_changed() {
    let folder = |files: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        for (id, name) in files {
            let text = format!(
                "id = \"{id}\"\nversion = \"{name}\"\nsource = \"test\"\n\
                 valid_from = \"2026-01-01\"\nvalid_to = \"2026-12-31\"\nweekend = [{WEEKEND}]\n\
                 days = [{{ date = \"2026-05-01\", kind = \"holiday\", name = \"{name}\" }}]\n"
            );
            std::fs::write(folder.path().join(format!("{id}.toml")), text).unwrap();
        }
        Calendars::load(Some(folder.path()), None).unwrap()
    };
    let before = folder(&[("AA", "a"), ("BB", "b"), ("CC", "c")]);
    let after = folder(&[("BB", "b"), ("CC", "x"), ("DD", "d")]);
    let diff = CalendarsDiff::between(&before, &after);
    let words: Vec<(&str, Vec<String>)> =
        diff.calendars.iter().map(|c| (c.calendar().as_str(), c.sentences())).collect();
    let changed = ["version c -> x", "2026-05-01: holiday \"c\" -> holiday \"x\""];
    assert_eq!(
        words,
        [
            ("AA", vec!["removed, version a".to_owned()]),
            ("CC", changed.map(str::to_owned).to_vec()),
            ("DD", vec!["added, version d".to_owned()]),
        ]
    );
    assert!(CalendarsDiff::between(&before, &before).is_empty());
}
