//! Which zones a country has, from tzdb's `zone.tab` (`config/zones.tab`, public domain, of the
//! release bundled here). Deliberately not here: calendars; a zone says nothing about holidays.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Offset, Utc};

use super::error::CalendarError;
use super::zone::Zone;

/// Lines of `country TAB coordinates TAB zone [TAB comment]`; `#` begins a comment line.
const TABLE: &str = include_str!("../../config/zones.tab");

static BY_COUNTRY: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut by_country: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        if let (Some(country), Some(zone)) = (columns.next(), columns.nth(1)) {
            by_country.entry(country).or_default().push(zone);
        }
    }
    by_country
});

/// The zone of a customer who named none: of the zones of the country (ISO 3166-1 alpha-2) the one
/// where the day ends last at that instant, so that nobody in the country has less time than
/// promised.
///
/// # Errors
/// [`CalendarError::UnknownCountry`], with the countries there are.
pub fn default_zone(country: &str, at: DateTime<Utc>) -> Result<Zone, CalendarError> {
    let country = CalendarError::shortened(country).to_ascii_uppercase();
    let names = BY_COUNTRY.get(country.as_str()).map(Vec::as_slice).unwrap_or_default();
    let mut westernmost: Option<(i32, Zone)> = None;
    for name in names {
        let zone = Zone::parse(name)?;
        let offset = zone.local(at).offset().fix().local_minus_utc();
        if westernmost.as_ref().is_none_or(|(least, _)| offset < *least) {
            westernmost = Some((offset, zone));
        }
    }
    westernmost.map(|(_, zone)| zone).ok_or_else(|| CalendarError::UnknownCountry {
        country,
        known: BY_COUNTRY.keys().copied().collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_zone_of_the_table_is_in_the_bundled_tzdb() {
        let zones: Vec<&str> = BY_COUNTRY.values().flatten().copied().collect();
        assert!(zones.len() > 400, "only {} zones were found", zones.len());
        for name in zones {
            assert_eq!(Zone::parse(name).unwrap().name(), name);
        }
    }

    #[test]
    fn the_default_zone_is_where_the_day_ends_last() {
        let check = |country: &str, instant: &str, expected: &str| {
            assert_eq!(default_zone(country, at(instant)).unwrap().name(), expected, "{country}");
        };
        check("TR", "2026-11-20T15:00:00Z", "Europe/Istanbul");
        check("tr", "2026-11-20T15:00:00Z", "Europe/Istanbul");
        check("US", "2026-07-01T12:00:00Z", "Pacific/Honolulu");
        check("ES", "2026-11-20T15:00:00Z", "Atlantic/Canary");
        check("PT", "2026-07-01T12:00:00Z", "Atlantic/Azores");
        check("AU", "2026-07-01T12:00:00Z", "Australia/Perth");
    }

    #[test]
    fn the_default_zone_follows_the_offsets_of_the_instant() {
        // Easter Island and the Chilean mainland never change places; Kiritimati crossed the date
        // line at the end of 1994, and took the last end of day in Kiribati with it.
        let check = |instant: &str, expected: &str| {
            assert_eq!(default_zone("KI", at(instant)).unwrap().name(), expected, "{instant}");
        };
        check("1994-06-01T00:00:00Z", "Pacific/Kanton");
        check("1996-06-01T00:00:00Z", "Pacific/Tarawa");
    }

    #[test]
    fn an_unknown_country_is_an_error_that_lists_the_known_ones() {
        let error = default_zone("XX", at("2026-11-20T15:00:00Z")).unwrap_err().to_string();
        assert!(error.contains("\"XX\"") && error.contains("TR, TT"), "{error}");
    }
}
