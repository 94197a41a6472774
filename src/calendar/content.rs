//! What a calendar says: a span of dates, weekend masks, and entries for single dates; and the
//! version that follows from it. Deliberately not here: TOML (`file.rs`, `overrides.rs`) and the
//! look-up by date (`business_calendar.rs`).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::CalendarError;
use super::id::CalendarId;

/// The content of a calendar, checked: masks in order and covering the span, entries inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub id: CalendarId,
    pub source: String,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    /// In the order of `from`; the last one that has begun is in force.
    pub masks: Vec<WeekendMask>,
    pub entries: BTreeMap<NaiveDate, Entry>,
}

/// Which weekdays are weekend from a date on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekendMask {
    /// First date on which it is in force.
    #[serde(deserialize_with = "strict_date")]
    pub from: NaiveDate,
    /// The weekdays; none where every day is a working day.
    pub days: Vec<MaskDay>,
}

/// A weekday, as calendar files write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MaskDay {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// What a calendar says about one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// What kind of day it makes the date.
    pub kind: EntryKind,
    /// What people are shown; not empty, one line.
    pub name: String,
}

/// The kind of a dated entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Nobody works.
    Holiday,
    /// Half a business day; whether it counts is a term of the window.
    Half,
    /// People work though it is the weekend.
    Work,
}

/// A calendar file being checked; makes its errors name the file.
#[derive(Clone, Copy)]
pub(super) struct InFile<'a>(pub &'a str);

impl Content {
    /// The date span a calendar may have; keeps the day table small and every sum of dates safe.
    const YEARS: std::ops::RangeInclusive<i32> = 1900..=2299;

    /// The version that follows from the content: `<id>@<source>+<12 hex digits>`. The digits are
    /// the beginning of the SHA-256 of the content as compact JSON, so that two calendars have the
    /// same version exactly when they say the same.
    pub fn version(&self) -> String {
        let digest = Sha256::digest(self.canonical());
        format!("{}@{}+{}", self.id, self.source, hex::encode(&digest[..6]))
    }

    /// Compact JSON of everything that decides what kind of day a date is, and of the names.
    fn canonical(&self) -> String {
        #[derive(Serialize)]
        struct Canonical<'a> {
            id: &'a CalendarId,
            valid_from: NaiveDate,
            valid_to: NaiveDate,
            weekend: Vec<(NaiveDate, &'a [MaskDay])>,
            days: Vec<(NaiveDate, EntryKind, &'a str)>,
        }
        let canonical = Canonical {
            id: &self.id,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            weekend: self.masks.iter().map(|mask| (mask.from, mask.days.as_slice())).collect(),
            days: self.entries.iter().map(|(d, e)| (*d, e.kind, e.name.as_str())).collect(),
        };
        // Plain strings and dates in plain structures: there is nothing serde_json could refuse.
        serde_json::to_string(&canonical).unwrap_or_default()
    }

    /// Whether the weekend mask in force on a date has its weekday.
    pub fn is_weekend(&self, date: NaiveDate) -> bool {
        let begun = self.masks.partition_point(|mask| mask.from <= date);
        let in_force = begun.checked_sub(1).and_then(|last| self.masks.get(last));
        in_force.is_some_and(|mask| mask.days.iter().any(|day| day.weekday() == date.weekday()))
    }

    /// Checks the span of dates.
    pub fn check_span(&self, file: InFile<'_>) -> Result<(), CalendarError> {
        let (from, to) = (self.valid_from, self.valid_to);
        if from > to {
            let problem = format!("{to} is before valid_from = {from}; exchange or correct them");
            return Err(file.entry("valid_to", problem));
        }
        if !(Self::YEARS.contains(&from.year()) && Self::YEARS.contains(&to.year())) {
            let problem = format!("{from} to {to} leaves the years 1900 to 2299; shorten it");
            return Err(file.entry("valid_from, valid_to", problem));
        }
        Ok(())
    }

    /// Checks that a mask is in force on every date, and that each is inside the span once.
    pub fn check_masks(&self, file: InFile<'_>) -> Result<(), CalendarError> {
        if self.masks.first().is_none_or(|first| first.from > self.valid_from) {
            let problem = format!(
                "no weekend mask is in force on valid_from = {0}; add one from {0}",
                self.valid_from
            );
            return Err(file.entry("weekend[0]", problem));
        }
        for (index, mask) in self.masks.iter().enumerate() {
            let entry = format!("weekend[{index}] (from {})", mask.from);
            let previous = index.checked_sub(1).and_then(|previous| self.masks.get(previous));
            if previous.is_some_and(|previous| previous.from >= mask.from) {
                let problem = "is not later than the mask before it; put the masks in the order \
                               of their dates, one per date";
                return Err(file.entry(&entry, problem.to_owned()));
            }
            if mask.from > self.valid_to {
                let problem = format!("begins after valid_to = {}; remove it", self.valid_to);
                return Err(file.entry(&entry, problem));
            }
            check_mask_days(file, &entry, &mask.days)?;
        }
        Ok(())
    }

    /// Checks that an entry's date is inside the span and that its name can be shown.
    pub fn check_entry(
        &self,
        file: InFile<'_>,
        place: &str,
        date: NaiveDate,
        name: Option<&str>,
    ) -> Result<(), CalendarError> {
        const NAME_CHARS_MAX: usize = 200;
        if date < self.valid_from || date > self.valid_to {
            let span = format!("{} to {}", self.valid_from, self.valid_to);
            let problem = format!("is outside {span}; remove it, or widen valid_from and valid_to");
            return Err(file.entry(place, problem));
        }
        let showable = |name: &str| {
            !name.trim().is_empty()
                && name.chars().count() <= NAME_CHARS_MAX
                && !name.chars().any(char::is_control)
        };
        if name.is_some_and(|name| !showable(name)) {
            let problem = "needs a name of 1 to 200 characters on one line; people are shown it";
            return Err(file.entry(place, problem.to_owned()));
        }
        Ok(())
    }
}

/// A weekday is named once in a mask.
fn check_mask_days(file: InFile<'_>, entry: &str, days: &[MaskDay]) -> Result<(), CalendarError> {
    for (index, day) in days.iter().enumerate() {
        if days.iter().take(index).any(|earlier| earlier == day) {
            let problem = format!("names {:?} twice; remove one", day.weekday());
            return Err(file.entry(entry, problem));
        }
    }
    Ok(())
}

impl MaskDay {
    pub(super) fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Mon,
            Self::Tue => Weekday::Tue,
            Self::Wed => Weekday::Wed,
            Self::Thu => Weekday::Thu,
            Self::Fri => Weekday::Fri,
            Self::Sat => Weekday::Sat,
            Self::Sun => Weekday::Sun,
        }
    }
}

impl InFile<'_> {
    /// An error about one entry of this file.
    pub fn entry(self, entry: &str, problem: String) -> CalendarError {
        CalendarError::Entry { file: self.0.to_owned(), entry: entry.to_owned(), problem }
    }

    /// The rows under `days` that do not have the shape of a row `R`, by number. Nothing when the
    /// text is no TOML at all, or when it is something else that has the wrong shape.
    pub fn shape_errors<R: DeserializeOwned>(self, text: &str) -> Vec<CalendarError> {
        let table = toml::from_str::<toml::Table>(text).unwrap_or_default();
        let rows = table.get("days").and_then(toml::Value::as_array);
        let errors = rows.into_iter().flatten().enumerate().filter_map(|(index, row)| {
            let error = row.clone().try_into::<R>().err()?;
            let place = match row.get("date").and_then(toml::Value::as_str) {
                Some(date) => format!("days[{index}] ({})", CalendarError::shortened(date)),
                None => format!("days[{index}]"),
            };
            Some(self.entry(&place, error.message().to_owned()))
        });
        errors.collect()
    }

    /// The error for text that is not TOML of the right shape.
    pub fn syntax(self, source: toml::de::Error) -> CalendarError {
        CalendarError::Syntax { file: self.0.to_owned(), source: Box::new(source) }
    }
}

/// Reads a date written in full, such as `"2026-04-23"`; chrono alone would accept `"2026-4-23"`.
pub(super) fn strict_date<'de, D>(deserializer: D) -> Result<NaiveDate, D::Error>
where
    D: serde::Deserializer<'de>,
{
    let raw = String::deserialize(deserializer)?;
    let date = NaiveDate::parse_from_str(&raw, "%Y-%m-%d").ok();
    date.filter(|date| date.to_string() == raw).ok_or_else(|| {
        let shown = CalendarError::shortened(&raw);
        serde::de::Error::custom(format!("{shown:?} is not a date; write \"2026-04-23\""))
    })
}
