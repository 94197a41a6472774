//! The rule for programs: one question as it is written in a file, one answer as it is printed.
//! Deliberately not here: reading lines, printing them, and what an error looks like.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::adjustments::Adjustments;
use super::calendars::Calendars;
use super::deadline::{Deadline, SkippedDay};
use super::error::CalendarError;
use super::explain::Language;
use super::explanation::Explanation;
use super::id::{BusinessDays, CalendarId, HalfDays};
use super::rule::WindowTerms;
use super::zone::Zone;

/// One question: when does this window end? Further fields are ignored, so that whole records can
/// be asked about as they are.
#[derive(Clone, Debug, Deserialize)]
pub struct WindowQuestion {
    /// The asker's own name for the question.
    pub id: String,
    /// Id of the calendar, for example `GB-SCT`.
    pub calendar: String,
    /// IANA name of the zone.
    pub zone: String,
    /// When the notice was accepted; RFC 3339 with any offset.
    pub notified_at: DateTime<Utc>,
    /// Length of the window; five unless given.
    #[serde(default = "five")]
    pub business_days: u32,
    /// Whether half days count; they do unless given.
    #[serde(default)]
    pub half_days: HalfDays,
    /// What was done to the window after it had opened; nothing unless given.
    #[serde(default)]
    pub adjustments: Adjustments,
}

/// The answer; its field names are relied on by other people's scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowAnswer {
    /// The question's id.
    pub id: String,
    /// The last business day counted.
    pub last_day: NaiveDate,
    /// The end of the window, exclusive, for example `2029-05-18T23:00:00Z`.
    pub deadline_utc: String,
    /// The same instant as the zone's clocks show it, for example `2029-05-19T00:00:00+01:00`.
    pub deadline_local: String,
    /// Holidays that took a business day away.
    pub skipped: Vec<SkippedDay>,
    /// Version of the calendar.
    pub calendar_version: String,
    /// Release of the tzdb.
    pub tzdb: String,
}

/// The answer with everything it follows from: the fields of [`WindowAnswer`], and further ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExplainedWindow {
    /// The question's id.
    pub id: String,
    /// The end of the window as a [`WindowAnswer`] has it.
    pub deadline_utc: String,
    /// The same instant as the zone's clocks show it.
    pub deadline_local: String,
    /// Everything else.
    #[serde(flatten)]
    pub explanation: Explanation,
}

/// Answers a question.
///
/// # Errors
/// Any [`CalendarError`] about the calendar, the zone, the number of days or the span of dates.
pub fn answer(
    calendars: &Calendars,
    question: &WindowQuestion,
) -> Result<WindowAnswer, CalendarError> {
    let deadline = question.terms(calendars)?.deadline()?;
    Ok(WindowAnswer::of(question.id.clone(), deadline))
}

impl WindowQuestion {
    /// Everything the end of the window depends on.
    ///
    /// # Errors
    /// Any [`CalendarError`] about the calendar, the zone, the number of days or adjustments.
    pub fn terms(&self, calendars: &Calendars) -> Result<WindowTerms, CalendarError> {
        self.adjustments.check()?;
        Ok(WindowTerms {
            notified_at: self.notified_at,
            zone: Zone::parse(&self.zone)?,
            calendar: calendars.get(&CalendarId::parse(&self.calendar)?)?.clone(),
            business_days: BusinessDays::new(self.business_days)?,
            half_days: self.half_days,
            adjustments: self.adjustments.clone(),
        })
    }

    /// Answers the question with the whole explanation.
    ///
    /// # Errors
    /// As [`answer`].
    pub fn explain(
        &self,
        calendars: &Calendars,
        language: Language,
    ) -> Result<ExplainedWindow, CalendarError> {
        let deadline = self.terms(calendars)?.deadline()?;
        Ok(ExplainedWindow::of(self.id.clone(), &deadline, self.notified_at, language))
    }
}

impl ExplainedWindow {
    /// The answer to the question `id` that a deadline gives.
    #[must_use]
    pub fn of(
        id: String,
        deadline: &Deadline,
        notified_at: DateTime<Utc>,
        language: Language,
    ) -> Self {
        let (deadline_utc, deadline_local) = end_of(deadline);
        let explanation = Explanation::of(deadline, notified_at, language);
        Self { id, deadline_utc, deadline_local, explanation }
    }
}

impl WindowAnswer {
    /// The answer to the question `id` that a deadline gives.
    #[must_use]
    pub fn of(id: String, deadline: Deadline) -> Self {
        let (deadline_utc, deadline_local) = end_of(&deadline);
        Self {
            id,
            last_day: deadline.last_day,
            deadline_utc,
            deadline_local,
            skipped: deadline.skipped,
            calendar_version: deadline.calendar_version,
            tzdb: deadline.tzdb,
        }
    }
}

/// The end in UTC and as the zone's clocks show it.
fn end_of(deadline: &Deadline) -> (String, String) {
    let local = deadline.zone.local(deadline.closes_at);
    let utc = deadline.closes_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    (utc, local.to_rfc3339_opts(SecondsFormat::Secs, false))
}

fn five() -> u32 {
    BusinessDays::FIVE.get()
}
