//! One business calendar: what kind of day a date is, in one look-up.
//!
//! Deliberately not here: whether a half day counts and whether a date exists in a zone; those are
//! terms of a window (`rule.rs`), not of a calendar.

use std::fmt;

use chrono::NaiveDate;

use super::content::{Content, Entry, EntryKind, WeekendMask};
use super::error::CalendarError;
use super::file::parse_calendar;
use super::id::CalendarId;
use super::overrides::apply_overrides;

/// What kind of day a date is in a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// An ordinary business day.
    Business,
    /// A weekend day on which people work, to make up for another.
    MakeUp,
    /// Half a business day.
    Half,
    /// A holiday that is not on the weekend.
    Holiday,
    /// A day of the weekend, holiday or not.
    Weekend,
}

/// The business days of one country or subdivision over a span of dates.
pub struct BusinessCalendar {
    content: Content,
    version: String,
    /// The kind of every date from `valid_from` to `valid_to`; a byte each.
    kinds: Box<[DayKind]>,
}

impl BusinessCalendar {
    /// Parses the text of a calendar file. `file` is what errors call it; the calendar must be
    /// `id`. Its version is the one the file declares.
    ///
    /// # Errors
    /// [`CalendarError::Syntax`] and [`CalendarError::Entry`], naming file and entry.
    pub fn parse(id: &CalendarId, file: &str, text: &str) -> Result<Self, CalendarError> {
        let declared = parse_calendar(id, file, text)?;
        Ok(Self::of(declared.content, declared.version))
    }

    /// This calendar with the operator's entries in the text of `file` laid over it. Its version
    /// follows from the new content, unless the content is the same.
    ///
    /// # Errors
    /// [`CalendarError::Syntax`] and [`CalendarError::Entry`], naming file and entry.
    pub fn with_overrides(&self, file: &str, text: &str) -> Result<Self, CalendarError> {
        let content = apply_overrides(&self.content, file, text)?;
        let unchanged = content == self.content;
        let version = if unchanged { self.version.clone() } else { content.version() };
        Ok(Self::of(content, version))
    }

    fn of(content: Content, version: String) -> Self {
        let dates = content.valid_from.iter_days().take_while(|date| *date <= content.valid_to);
        let kinds = dates.map(|date| kind_of(&content, date)).collect();
        Self { content, version, kinds }
    }

    /// The calendar's id.
    #[must_use]
    pub fn id(&self) -> &CalendarId {
        &self.content.id
    }

    /// What is stored with each window counted with this calendar: `<id>@<source>+<digits>`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version that follows from the content. It differs from [`Self::version`] only when
    /// somebody edited a calendar file and left its version as it was.
    #[must_use]
    pub fn version_of_content(&self) -> String {
        self.content.version()
    }

    /// First date the calendar says something about.
    #[must_use]
    pub fn valid_from(&self) -> NaiveDate {
        self.content.valid_from
    }

    /// Last date the calendar says something about.
    #[must_use]
    pub fn valid_to(&self) -> NaiveDate {
        self.content.valid_to
    }

    /// What kind of day a date is, or nothing for a date outside the calendar's span.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> Option<DayKind> {
        let days = date.signed_duration_since(self.content.valid_from).num_days();
        self.kinds.get(usize::try_from(days).ok()?).copied()
    }

    /// The name of a date's entry, if it has one.
    #[must_use]
    pub fn name(&self, date: NaiveDate) -> Option<&str> {
        self.content.entries.get(&date).map(|entry| entry.name.as_str())
    }

    /// Where the calendar's entries come from, for example `holidays-0.109`.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.content.source
    }

    /// Every dated entry, in the order of the dates.
    pub fn entries(&self) -> impl Iterator<Item = (NaiveDate, &Entry)> {
        self.content.entries.iter().map(|(date, entry)| (*date, entry))
    }

    /// The entry of a date, if it has one.
    #[must_use]
    pub fn entry(&self, date: NaiveDate) -> Option<&Entry> {
        self.content.entries.get(&date)
    }

    /// The weekend masks, in the order of `from`; the last one that has begun is in force.
    #[must_use]
    pub fn weekends(&self) -> &[WeekendMask] {
        &self.content.masks
    }

    /// What the calendar says, for those who check files against it.
    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    /// The entries from `from` to `to`, both included, that are announced only as estimates:
    /// their names end in `(estimated)`, as python-holidays writes them.
    pub fn estimates(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, &str)> {
        // A range of a map that ends before it begins would panic.
        let entries = (from <= to).then(|| self.content.entries.range(from..=to));
        let named = entries.into_iter().flatten();
        named
            .filter(|(_, entry)| entry.is_estimate())
            .map(|(date, entry)| (*date, entry.name.as_str()))
    }

    /// The error for a date outside the span.
    pub(super) fn outside(&self, date: NaiveDate) -> CalendarError {
        CalendarError::OutsideValidity {
            calendar: self.id().clone(),
            date,
            valid_from: self.valid_from(),
            valid_to: self.valid_to(),
        }
    }
}

/// The version says it all; a line for each of some 8,000 days says nothing.
impl fmt::Debug for BusinessCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BusinessCalendar").field(&self.version).finish()
    }
}

/// The order of precedence: `work`, `holiday`, weekend, `half`, business day. A holiday on a
/// weekend is told apart from others only because it takes no business day away.
fn kind_of(content: &Content, date: NaiveDate) -> DayKind {
    let entry = content.entries.get(&date).map(|entry| entry.kind);
    match (entry, content.is_weekend(date)) {
        (Some(EntryKind::Work), true) => DayKind::MakeUp,
        (Some(EntryKind::Work), false) => DayKind::Business,
        (_, true) => DayKind::Weekend,
        (Some(EntryKind::Holiday), false) => DayKind::Holiday,
        (Some(EntryKind::Half), false) => DayKind::Half,
        (None, false) => DayKind::Business,
    }
}

#[cfg(test)]
mod tests;
