//! Sets of calendars: loading and overrides.

use super::*;

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn calendar(id: &str) -> String {
    format!(
        "id = \"{id}\"\nversion = \"1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
         valid_to = \"2026-12-31\"\nweekend = [{{ from = \"2026-01-01\", days = [\"sun\"] }}]\n\
         days = []\n"
    )
}

fn id(text: &str) -> CalendarId {
    CalendarId::parse(text).unwrap()
}

fn told(result: Result<Calendars, CalendarError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn an_unknown_calendar_is_an_error_that_lists_those_most_like_it() {
    let calendars = Calendars::built_in().unwrap();
    let check = |unknown: &str, expected: &str| {
        let error = calendars.get(&id(unknown)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("GB", "no calendar GB; known are: GB-ENG, GB-NIR, GB-SCT, GB-WLS");
    check("DE-BAY", "no calendar DE-BAY; known are: DE-BY, ");
    check("QQ", " more");
}

#[test]
fn overrides_change_the_calendar_they_are_named_after_and_no_other() {
    let base = folder(&[("AA.toml", &calendar("AA")), ("BB.toml", &calendar("BB"))]);
    let own = "days = [{ date = \"2026-05-04\", kind = \"holiday\", name = \"Late\" }]";
    let own = folder(&[("BB.toml", own), ("README.md", "not a calendar")]);
    let calendars = Calendars::load(Some(base.path()), Some(own.path())).unwrap();
    assert_eq!(calendars.get(&id("AA")).unwrap().version(), "1");
    let changed = calendars.get(&id("BB")).unwrap();
    assert!(changed.version().starts_with("BB@test+"), "{}", changed.version());
    assert_eq!(changed.name("2026-05-04".parse().unwrap()), Some("Late"));
    let over_built_in = Calendars::load(None, Some(folder(&[]).path())).unwrap();
    assert_eq!(over_built_in.ids().count(), built_in::FILES.len());
}

#[test]
fn one_wrong_file_and_nothing_is_loaded() {
    let (good, empty) = (calendar("AA"), folder(&[]));
    let load = |files: &[(&str, &str)], own: &[(&str, &str)]| {
        let (base, own) = (folder(files), folder(own));
        told(Calendars::load(Some(base.path()), Some(own.path())))
    };
    let check = |error: String, expected: &str| assert!(error.contains(expected), "{error}");
    check(load(&[("AA.toml", &good), ("BB.toml", &good)], &[]), "BB.toml: id: is \"AA\"");
    check(load(&[("AA.toml", &good), ("BB.toml", "?")], &[]), "BB.toml as a calendar");
    check(load(&[("AA.toml", &good), ("a b.toml", &good)], &[]), "a b.toml: the file's name");
    check(load(&[("AA.toml", &good)], &[("CC.toml", "")]), "overrides the calendar CC");
    check(load(&[("AA.toml", &good)], &[("AA.toml", "days = 1")]), "AA.toml as a calendar");
    check(load(&[], &[]), "has no calendar files");
    let long = " ".repeat(usize::try_from(FILE_BYTES_MAX).unwrap() + 1);
    check(load(&[("AA.toml", &long)], &[]), "could not read");
    let missing = empty.path().join("missing");
    check(told(Calendars::load(Some(&missing), None)), "could not read");
    check(told(Calendars::load(None, Some(&missing))), "could not read");
}
