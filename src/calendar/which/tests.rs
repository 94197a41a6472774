//! Which calendar a country and a subdivision have, and what is said when there is none.

use crate::calendar::{CalendarId, Calendars};

/// A set with calendars of these names, which say nothing else.
fn own(names: &[&str]) -> Calendars {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let text = format!(
            "id = \"{name}\"\nversion = \"1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
             valid_to = \"2026-12-31\"\nweekend = [{{ from = \"2026-01-01\", days = [] }}]\n\
             days = []\n"
        );
        std::fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
    }
    Calendars::load(Some(folder.path()), None).unwrap()
}

fn check(
    calendars: &Calendars,
    country: &str,
    subdivision: Option<&str>,
    expected: Result<&str, &str>,
) {
    let found = calendars.id_for_country(country, subdivision);
    match (found.map(CalendarId::as_str), expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{country} {subdivision:?}"),
        (Err(error), Err(expected)) => {
            assert!(error.to_string().contains(expected), "{expected}: {error}");
        }
        (found, expected) => panic!("{country} {subdivision:?}: {found:?}, not {expected:?}"),
    }
}

#[test]
fn a_customer_has_the_calendar_of_the_subdivision_or_else_of_the_country() {
    let calendars = Calendars::built_in().unwrap();
    let check = |country: &str, subdivision: Option<&str>, expected: &str| {
        check(&calendars, country, subdivision, Ok(expected));
    };
    check("TR", None, "TR");
    check("tr", None, "TR");
    check("GB", Some("SCT"), "GB-SCT");
    check("GB", Some("GB-SCT"), "GB-SCT");
    check("gb", Some("gb-eng"), "GB-ENG");
    check("GB-SCT", None, "GB-SCT");
    check("DE", None, "DE");
    check("DE", Some("BY"), "DE-BY");
    check("DE", Some("de-by"), "DE-BY");
    // Nothing is known of Turkey's provinces, so any follows it.
    check("TR", Some("TR-34"), "TR");
    // Known, and no different from the country as a whole.
    check("NO", Some("NO-03"), "NO");
    check("FR", Some("FR-PM"), "FR");
    check("AE", Some("AE-DU"), "AE");
    check("AE", Some("AE-SH"), "AE-SH");
}

#[test]
fn a_mistyped_subdivision_is_never_the_country() {
    let calendars = Calendars::built_in().unwrap();
    let check = |country: &str, subdivision: &str, expected: &str| {
        check(&calendars, country, Some(subdivision), Err(expected));
    };
    check("DE", "DE-BAY", "\"BAY\" is not a subdivision of DE; known are: BY, ");
    check("DE", "DE-BAY", " more; correct it, or leave it out for the calendar of the whole");
    check("GB", "GB-ENK", "\"ENK\" is not a subdivision of GB; known are: ENG, ");
    check("GB", "GB-ENK", "WLS; correct it");
    // A department of France, which may be in Alsace, where holidays differ.
    check("FR", "FR-68", "\"68\" is not a subdivision of FR; known are: ");
    check("TR", "TR-ISTANBUL", "write one to three letters or digits");
    check("TR", "", "write one to three letters or digits");
    check("XX", "XX-1", "no calendar for the country \"XX\"");
}

#[test]
fn a_country_whose_subdivisions_differ_needs_one() {
    let calendars = Calendars::built_in().unwrap();
    let needed = |country: &str, expected: &str| check(&calendars, country, None, Err(expected));
    needed("GB", "name one of: GB-ENG, GB-NIR, GB-SCT, GB-WLS, in place of no subdivision");
    needed("AU", "name one of: AU-ACT, AU-NSW, AU-NT");
    needed("CA", "name one of: CA-AB, CA-BC");
    needed("CH", "because their holidays differ");
    needed("XX", "there is no calendar for the country \"XX\"; known are: ");
    needed("", "there is no calendar for the country");
    needed("UK", "known are: ");
}

#[test]
fn an_operator_s_own_calendars_come_before_the_table() {
    let calendars = own(&["GB", "GB-SCT", "QQ", "QQ-1", "AU-NSW"]);
    let check = |country: &str, subdivision: Option<&str>, expected: Result<&str, &str>| {
        check(&calendars, country, subdivision, expected);
    };
    check("GB", None, Ok("GB"));
    check("GB", Some("GB-ENG"), Ok("GB"));
    check("GB", Some("GB-ENK"), Err("known are: ENG, "));
    check("QQ", Some("QQ-1"), Ok("QQ-1"));
    check("QQ", Some("QQ-2"), Ok("QQ"));
    check("AU", Some("AU-VIC"), Err("name one of: AU-NSW, in place of \"AU-VIC\""));
    check("DE", None, Err("known are: AU, GB, QQ"));
}
