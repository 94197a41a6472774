//! The names of objects: a folder per year and month, a file per day of closing, in UTC.

use std::fmt;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc};
use object_store::path::Path;

use crate::calendar::Span;

/// The folder of everything here.
const FOLDER: &str = "claims";

/// A day (UTC) on which claims were closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// The day of an instant.
    #[must_use]
    pub fn of(at: DateTime<Utc>) -> Self {
        Self(at.date_naive())
    }

    /// Its date.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The time that it lasts.
    #[must_use]
    pub fn span(self) -> Span {
        let next = self.0.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc();
        Span { from: midnight(self.0), to: midnight(next) }
    }

    /// Where the objects of its month are.
    pub(super) fn folder(self) -> Path {
        Path::from(format!("{FOLDER}/{:04}/{:02}", self.0.year(), self.0.month()))
    }

    /// Where all objects are.
    pub(super) fn root() -> Path {
        Path::from(FOLDER)
    }
}

/// One object: a day, and which of its parts, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// The day.
    pub day: Day,
    /// Its number, from 1.
    pub number: u32,
}

impl Part {
    pub(super) fn path(self) -> Path {
        Path::from(self.to_string())
    }

    /// Reads the name of an object; `None` for one that is none of ours.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let [folder, year, month, file] = name.split('/').collect::<Vec<_>>().try_into().ok()?;
        let file = file.strip_suffix(".jsonl").filter(|_| folder == FOLDER)?;
        let (day, number) = file.split_once('.').unwrap_or((file, "1"));
        let date =
            NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        let part = Self { day: Day(date?), number: number.parse().ok()? };
        (part.to_string() == name).then_some(part)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.day.0;
        write!(f, "{FOLDER}/{:04}/{:02}/{:02}", date.year(), date.month(), date.day())?;
        if self.number > 1 {
            write!(f, ".{}", self.number)?;
        }
        f.write_str(".jsonl")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_after_its_day_and_its_number() {
        let at = "2026-11-03T23:59:59Z".parse().unwrap();
        let check = |number, expected: &str| {
            let part = Part { day: Day::of(at), number };
            assert_eq!(part.to_string(), expected);
            assert_eq!(Part::parse(expected), Some(part));
        };
        check(1, "claims/2026/11/03.jsonl");
        check(2, "claims/2026/11/03.2.jsonl");
        check(12, "claims/2026/11/03.12.jsonl");
    }

    #[test]
    fn what_is_named_otherwise_is_none_of_ours() {
        let check = |name: &str| assert_eq!(Part::parse(name), None, "{name}");
        check("claims/2026/11/03.json");
        check("claims/2026/11/3.jsonl");
        check("claims/2026/11/03.1.jsonl");
        check("claims/2026/11/03.02.jsonl");
        check("claims/2026/02/30.jsonl");
        check("other/2026/11/03.jsonl");
        check("claims/2026/11/03.jsonl#1");
        check("");
    }
}
