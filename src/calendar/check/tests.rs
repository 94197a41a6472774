//! Checking the files of a set of calendars.

use super::*;

const AA: &str = "id = \"AA\"\nversion = \"1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
    valid_to = \"2026-12-31\"\nweekend = [{ from = \"2026-01-01\", days = [\"sun\"] }]\ndays = [\n\
    { date = \"2026-05-01\", kind = \"holiday\", name = \"May Day\" },\n\
    { date = \"2026-06-01\", kind = \"holiday\", name = \"Moon (estimated)\" }]\n";

/// Each finding must say one of the parts, in order.
#[track_caller]
fn check(base: &[(&str, &str)], own: &[(&str, &str)], expected: &[(FileSeverity, &str)]) {
    let folder = |files: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    };
    let (base, own) = (folder(base), folder(own));
    let today = "2026-03-01".parse().unwrap();
    let found = check_files(Some(base.path()), Some(own.path()), today);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (finding, (severity, part)) in found.iter().zip(expected) {
        assert!(finding.message.contains(part), "{finding:#?} does not say {part:?}");
        assert_eq!(finding.severity, *severity, "{finding:#?}");
    }
}

#[test]
fn every_error_of_every_file_is_told() {
    use FileSeverity::{Error, Note, Warning};
    let own = "days = [\n{ date = \"2026-05-01\", kind = \"holiday\", name = \"May Day\" },\n\
        { date = \"2026-05-02\", kind = \"none\" },\n{ date = \"2027-05-01\", kind = \"none\" },\n\
        { date = \"2026-05-03\", kind = \"half\" }]\n\
        weekend = [{ from = \"2026-01-01\", days = [\"sun\"] }]\n";
    check(
        &[("AA.toml", AA), ("BB.toml", AA), ("CC.toml", "?")],
        &[("AA.toml", own), ("DD.toml", ""), ("x y.toml", "")],
        &[
            (Error, "BB.toml: id: is \"AA\""),
            (Error, "CC.toml as a calendar: TOML parse error at line 1"),
            (Error, "x y.toml: the file's name"),
            (Error, "AA.toml: days[1] (2026-05-02): removes an entry"),
            (Error, "AA.toml: days[2] (2027-05-01): is outside"),
            (Error, "AA.toml: days[3] (2026-05-03): needs a name"),
            (Error, "DD.toml overrides the calendar DD"),
            (Warning, "AA.toml: version: was not changed"),
            (Warning, "AA.toml: days[0] (2026-05-01): says what the calendar says anyway"),
            (Warning, "AA.toml: weekend[0] (from 2026-01-01): says"),
            (Warning, "ends on 2026-12-31, within 400 days"),
            (Note, "only estimated within 400 days: 2026-06-01"),
        ],
    );
}

#[test]
fn rows_of_the_wrong_shape_are_told_one_by_one() {
    use FileSeverity::{Error, Note, Warning};
    let own = "days = [\n{ date = \"2026-5-1\", kind = \"none\" },\n{ date = \"2026-05-02\" },\n\
        { date = \"2026-05-03\", kind = \"party\", name = \"x\" }]\n";
    check(
        &[("AA.toml", AA)],
        &[("AA.toml", own)],
        &[
            (Error, "AA.toml: days[0] (2026-5-1): \"2026-5-1\" is not a date"),
            (Error, "AA.toml: days[1] (2026-05-02): missing field `kind`"),
            (Error, "AA.toml: days[2] (2026-05-03): unknown variant `party`"),
            (Warning, "version"),
            (Warning, "ends on"),
            (Note, "estimated"),
        ],
    );
}

#[test]
fn the_calendars_built_in_have_nothing_to_put_right() {
    let found = check_files(None, None, "2026-03-01".parse().unwrap());
    // Sri Lanka's full moons are known until the end of 2026.
    let ends = |finding: &FileFinding| finding.message.starts_with("ends on 2026-12-31");
    let fine = |finding: &FileFinding| finding.severity == FileSeverity::Note || ends(finding);
    assert!(found.iter().all(fine), "{found:#?}");
    let missing = check_files(None, Some(Path::new("missing")), "2026-03-01".parse().unwrap());
    assert!(missing[0].message.contains("could not read missing"), "{missing:#?}");
}
