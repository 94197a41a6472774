//! What is a country, a subdivision, a time zone and a language, as far as the form goes.

use super::*;

fn check(parsed: Result<String, Finding>, expected: Result<&str, &str>) {
    let parsed = parsed.map_err(|finding| finding.code.into_owned());
    assert_eq!(parsed, expected.map(str::to_owned).map_err(str::to_owned));
}

#[test]
fn a_country_is_two_letters() {
    let check =
        |raw, expected| check(CountryCode::parse(raw).map(|found| found.to_string()), expected);
    check("TR", Ok("TR"));
    check("tr", Ok("TR"));
    check("", Err("country_malformed"));
    check("TUR", Err("country_malformed"));
    check("T1", Err("country_malformed"));
    check("ı", Err("country_malformed"));
}

#[test]
fn a_subdivision_is_a_part_of_a_country() {
    let check =
        |raw, expected| check(Subdivision::parse(raw).map(|found| found.to_string()), expected);
    check("CA-BC", Ok("CA-BC"));
    check("gb-eng", Ok("GB-ENG"));
    check("TR-34", Ok("TR-34"));
    check("CA", Err("subdivision_malformed"));
    check("CA-", Err("subdivision_malformed"));
    check("CA-ABCD", Err("subdivision_malformed"));
    check("CA-B-C", Err("subdivision_malformed"));
    check("CAN-BC", Err("subdivision_malformed"));
    let canada = CountryCode::parse("CA").unwrap();
    assert!(Subdivision::parse("CA-BC").unwrap().is_in(&canada));
    assert!(!Subdivision::parse("AU-NSW").unwrap().is_in(&canada));
}

#[test]
fn a_time_zone_has_one_to_three_parts() {
    let check =
        |raw, expected| check(TimeZoneName::parse(raw).map(|found| found.to_string()), expected);
    check("Europe/Istanbul", Ok("Europe/Istanbul"));
    check("America/Argentina/Buenos_Aires", Ok("America/Argentina/Buenos_Aires"));
    check("Etc/GMT+3", Ok("Etc/GMT+3"));
    check("UTC", Ok("UTC"));
    check("", Err("time_zone_malformed"));
    check("+03:00", Err("time_zone_malformed"));
    check("Europe//Istanbul", Err("time_zone_malformed"));
    check("Europe/Istanbul/", Err("time_zone_malformed"));
    check("../../etc/passwd", Err("time_zone_malformed"));
    check("A/B/C/D", Err("time_zone_malformed"));
    check("Europe/Istanbul\n", Err("time_zone_malformed"));
}

#[test]
fn a_language_is_written_in_the_usual_case() {
    let check =
        |raw, expected| check(Language::parse(raw).map(|found| found.to_string()), expected);
    check("tr", Ok("tr"));
    check("TR-cy", Ok("tr-CY"));
    check("ZH-hant-tw", Ok("zh-Hant-TW"));
    check("es-419", Ok("es-419"));
    check("en-x-AB-CDEF", Ok("en-x-ab-cdef"));
    check("", Err("language_malformed"));
    check("t", Err("language_malformed"));
    check("turkish", Err("language_malformed"));
    check("tr_TR", Err("language_malformed"));
    check("tr-", Err("language_malformed"));
    check("../en", Err("language_malformed"));
    assert_eq!(Language::parse("tr-CY").unwrap().primary(), "tr");
}
