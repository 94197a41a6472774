//! Zones: ends of days, in every zone there is.

use chrono::Days;

use super::*;

#[test]
fn a_zone_is_a_name_of_the_bundled_tzdb() {
    let check = |name: &str, expected: Option<&str>| {
        let zone = Zone::parse(name).ok();
        assert_eq!(zone.as_ref().map(Zone::name), expected, "{name:?}");
    };
    check("Europe/Istanbul", Some("Europe/Istanbul"));
    check("europe/istanbul", Some("Europe/Istanbul"));
    check("UTC", Some("UTC"));
    check("Etc/GMT+12", Some("Etc/GMT+12"));
    check("Asia/Calcutta", Some("Asia/Calcutta")); // An old name keeps its spelling.
    for refused in ["", "Istanbul", "Europe/Stamboul", "Factory", "Etc/Unknown", "EST5EDT4", "/"] {
        check(refused, None);
    }
    check("../../etc/localtime", None);
    check(&"a".repeat(100_000), None);
}

#[test]
fn an_unknown_zone_is_named_shortened_with_the_tzdb_that_does_not_have_it() {
    let error = Zone::parse(&"a".repeat(100_000)).unwrap_err().to_string();
    assert!(error.len() < 200 && error.contains(tzdb_version()), "{error}");
}

#[test]
fn the_bundled_tzdb_is_recent_enough_for_western_canada() {
    assert!(tzdb_version() >= "2026f", "{}", tzdb_version());
    let winter: DateTime<Utc> = "2028-01-15T12:00:00Z".parse().unwrap();
    let local = Zone::parse("America/Vancouver").unwrap().local(winter);
    assert_eq!(local.to_rfc3339(), "2028-01-15T05:00:00-07:00");
}

#[test]
fn a_zone_is_stored_as_its_name() {
    let zone = Zone::parse("Europe/Istanbul").unwrap();
    let stored = serde_json::to_string(&zone).unwrap();
    assert_eq!(stored, "\"Europe/Istanbul\"");
    assert_eq!(serde_json::from_str::<Zone>(&stored).unwrap(), zone);
    assert!(serde_json::from_str::<Zone>("\"Mars/Olympus\"").is_err());
}

/// Around every change of every zone since 1980: the end of a date found by its midnight is the
/// one found by walking the changes, the clocks agree with it, and a date without any time in it
/// is a date the zone does not have.
#[test]
fn the_end_of_a_date_is_right_around_every_change_of_every_zone() {
    let from: Timestamp = "1980-01-01T00:00:00Z".parse().unwrap();
    let to: Timestamp = "2040-01-01T00:00:00Z".parse().unwrap();
    let mut missing = Vec::new();
    for name in BUNDLED.available() {
        let Ok(zone) = Zone::parse(name.as_str()) else {
            continue;
        };
        for change in zone.0.following(from).take_while(|change| change.timestamp() < to) {
            let at = DateTime::from_timestamp(change.timestamp().as_second(), 0).unwrap();
            let first = zone.local(at).date_naive() - Days::new(2);
            for date in first.iter_days().take(4) {
                check_end(&zone, date);
                if !zone.has_date(date) {
                    missing.push(format!("{zone} {date}"));
                }
            }
        }
    }
    missing.sort();
    missing.dedup();
    let expected = [
        "Kwajalein 1993-08-21",
        "Pacific/Apia 2011-12-30",
        "Pacific/Enderbury 1994-12-31",
        "Pacific/Fakaofo 2011-12-30",
        "Pacific/Kanton 1994-12-31",
        "Pacific/Kiritimati 1994-12-31",
        "Pacific/Kwajalein 1993-08-21",
    ];
    assert_eq!(missing, expected);
}

fn check_end(zone: &Zone, date: NaiveDate) {
    let end = zone.end_of(date).unwrap();
    let midnight =
        civil_date(date).unwrap().tomorrow().unwrap().to_datetime(civil::Time::midnight());
    let walked = zone.last_passing_of(midnight).unwrap();
    assert_eq!(end.timestamp(), walked.as_second(), "{zone} {date}");
    let second = TimeDelta::seconds(1);
    assert!(zone.local(end - second).date_naive() <= date, "{zone} {date}");
    assert!(zone.local(end).date_naive() > date, "{zone} {date}");
    let begin = zone.end_of(date.pred_opt().unwrap()).unwrap();
    assert_eq!(begin < end, zone.has_date(date), "{zone} {date}");
}
