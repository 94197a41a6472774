//! The explanation of a window as one object: everything its end follows from, every day with its
//! reason, and the sentences. The API, the customer's page and the command line give this very
//! object, and `docs/verify_window.py` computes it again from its facts.
//!
//! Other people's scripts rely on the names of its fields: add fields, but never rename or remove
//! one. Deliberately not here: the words (`explain.rs`), and whose window it is.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::adjustments::Span;
use super::deadline::{Deadline, SkippedDay, WindowDay};
use super::explain::{Language, closing_moment, explain};
use super::id::HalfDays;
use super::zone::Zone;

/// When a window ends, everything that this follows from, and the same in sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explanation {
    /// When the mail server accepted the notice.
    pub notified_at: DateTime<Utc>,
    /// The same instant as the customer's clocks show it, with their offset.
    #[schemars(with = "DateTime<Utc>")]
    pub notified_at_local: String,
    /// The customer's date at that instant; never counted.
    pub notified_local_date: NaiveDate,
    /// The customer's zone, by its IANA name.
    pub time_zone: String,
    /// The release of the time zone database, for example `2026f`.
    pub tzdb: String,
    /// The calendar the days were counted with.
    pub calendar: String,
    /// The version of that calendar.
    pub calendar_version: String,
    /// How many business days the window has, without those that were added later.
    pub business_days: u32,
    /// Whether a half day is a business day.
    pub half_days: HalfDays,
    /// Every date after the notice up to the last day, and why it counted or not.
    pub days: Vec<WindowDay>,
    /// Holidays, and half days that did not count, on days that are not the weekend.
    pub skipped: Vec<SkippedDay>,
    /// What was done to the window after it had opened.
    pub adjustments: ExplainedAdjustments,
    /// The last business day counted; the window ends with its end. Nothing while the window is
    /// paused, as for the three that follow.
    pub last_day: Option<NaiveDate>,
    /// The end, exclusive: what is received at this very instant is late.
    pub closes_at: Option<DateTime<Utc>>,
    /// The same instant as the customer's clocks show it, with their offset.
    #[schemars(with = "Option<DateTime<Utc>>")]
    pub closes_at_local: Option<String>,
    /// The same in words.
    pub closes_in_words: Option<String>,
    /// The language of the sentences.
    pub language: Language,
    /// The explanation in sentences, in their order; each stands alone.
    pub sentences: Vec<String>,
}

/// What was done to a window after it had opened, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExplainedAdjustments {
    /// Business days that reviewers have added.
    pub extra_business_days: u32,
    /// When the window was paused; a date that a pause touches is not counted.
    pub pauses: Vec<Span>,
    /// When the page was out; a date that an outage touches is made good by one business day.
    pub outages: Vec<Span>,
    /// The dates of outages that are no business days, the date of the notice included; each asks
    /// for one more business day.
    pub made_good: Vec<NaiveDate>,
}

impl Explanation {
    /// Explains the end of a window that opened with a notice accepted at `notified_at`.
    #[must_use]
    pub fn of(deadline: &Deadline, notified_at: DateTime<Utc>, language: Language) -> Self {
        let adjustments = &deadline.adjustments;
        Self {
            notified_at,
            notified_at_local: local(&deadline.zone, notified_at),
            notified_local_date: deadline.notified_local_date,
            time_zone: deadline.zone.to_string(),
            tzdb: deadline.tzdb.clone(),
            calendar: deadline.calendar.to_string(),
            calendar_version: deadline.calendar_version.clone(),
            business_days: deadline.business_days.get(),
            half_days: deadline.half_days,
            days: deadline.days(),
            skipped: deadline.skipped.clone(),
            adjustments: ExplainedAdjustments {
                extra_business_days: adjustments.extra_business_days,
                pauses: adjustments.pauses.clone(),
                outages: adjustments.outages.clone(),
                made_good: deadline.made_good(notified_at),
            },
            last_day: Some(deadline.last_day),
            closes_at: Some(deadline.closes_at),
            closes_at_local: Some(local(&deadline.zone, deadline.closes_at)),
            closes_in_words: Some(closing_moment(deadline, language)),
            language,
            sentences: explain(deadline, notified_at, language),
        }
    }

    /// The same while the window's time stands still: it has no end, its days are those up to the
    /// end that was announced, and `sentences` say how it stands.
    #[must_use]
    pub fn while_paused(self, sentences: Vec<String>) -> Self {
        Self {
            last_day: None,
            closes_at: None,
            closes_at_local: None,
            closes_in_words: None,
            sentences,
            ..self
        }
    }
}

/// What the zone's clocks show, with their offset.
fn local(zone: &Zone, at: DateTime<Utc>) -> String {
    zone.local(at).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}
