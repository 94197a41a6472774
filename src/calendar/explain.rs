//! A deadline in sentences: which days were counted, which were not and why, and when exactly the
//! window ends. The mail, the page, the API and the command line all say it with these words.
//!
//! Everything comes from what was stored with the claim; no calendar is asked again. Deliberately
//! not here: HTML, and what happens when the window has ended. The names of holidays are the
//! calendar's, in its language; whoever shows them escapes them.

mod english;
mod turkish;

use chrono::{DateTime, FixedOffset, NaiveDate, Timelike, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deadline::{DayReason, Deadline, WindowDay};
use super::zone::Zone;

/// The languages explanations are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Language {
    /// British date order, 24-hour clock.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Turkish.
    #[serde(rename = "tr")]
    Turkish,
}

/// Above this many days a list of dates gives way to their number.
const LISTED_MAX: usize = 10;

/// The sentences that explain a deadline to a reader, in order; each stands alone.
#[must_use]
pub fn explain(deadline: &Deadline, notified_at: DateTime<Utc>, language: Language) -> Vec<String> {
    let facts = Facts { deadline, days: deadline.days(), notified_at };
    match language {
        Language::English => english::sentences(&facts),
        Language::Turkish => turkish::sentences(&facts),
    }
}

/// The exact end of the window as people write it, for example
/// `Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)`; exclusive, so say "before".
#[must_use]
pub fn closing_moment(deadline: &Deadline, language: Language) -> String {
    moment(deadline.closes_at, &deadline.zone, language)
}

/// An instant as people write it, in `zone`, or in UTC where no zone is known.
#[must_use]
pub fn moment(at: DateTime<Utc>, zone: &Zone, language: Language) -> String {
    let local = zone.local(at);
    let date = date_in_words(local.date_naive(), language);
    format!("{date}, {} ({zone}, {})", clock(local), offset(local))
}

/// A date as people write it, for example `Saturday 28 November 2026`.
#[must_use]
pub fn date_in_words(date: NaiveDate, language: Language) -> String {
    match language {
        Language::English => english::full_date(date),
        Language::Turkish => turkish::full_date(date),
    }
}

/// What the sentences are made of.
struct Facts<'a> {
    deadline: &'a Deadline,
    days: Vec<WindowDay>,
    notified_at: DateTime<Utc>,
}

impl Facts<'_> {
    fn counted(&self) -> Vec<NaiveDate> {
        self.days.iter().filter(|day| day.counted).map(|day| day.date).collect()
    }

    fn dates(&self, reason: DayReason) -> Vec<NaiveDate> {
        self.days.iter().filter(|day| day.reason == reason).map(|day| day.date).collect()
    }

    /// The days of one reason, each with its name, in the words of a language; nothing for none.
    fn named(&self, reason: DayReason, full_date: fn(NaiveDate) -> String) -> Option<String> {
        let days = self.days.iter().filter(|day| day.reason == reason);
        let named = days.map(|day| match &day.name {
            Some(name) => format!("{}, {name}", full_date(day.date)),
            None => full_date(day.date),
        });
        let list = named.collect::<Vec<_>>().join("; ");
        (!list.is_empty()).then_some(list)
    }
}

/// A list of dates: the year is written once for a run of dates of the same year, at its end.
fn list_of_dates(
    dates: &[NaiveDate],
    and: &str,
    short_date: fn(NaiveDate) -> String,
    full_date: fn(NaiveDate) -> String,
) -> String {
    use chrono::Datelike;
    let mut list = String::new();
    for (index, date) in dates.iter().enumerate() {
        let next = dates.get(index + 1);
        if index > 0 {
            list.push_str(if next.is_some() { ", " } else { and });
        }
        let same_year = next.is_some_and(|next| next.year() == date.year());
        list.push_str(&if same_year { short_date(*date) } else { full_date(*date) });
    }
    list
}

/// The time of day; seconds only where there are any to tell, as in zones of long ago.
fn clock(local: DateTime<FixedOffset>) -> String {
    let format = if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    local.format(format).to_string()
}

/// The offset in force, for example `UTC+03:00`.
fn offset(local: DateTime<FixedOffset>) -> String {
    format!("UTC{}", local.format("%:z"))
}

#[cfg(test)]
mod tests;
