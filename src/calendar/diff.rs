//! What differs between two calendars, or between two sets of them: for people who are about to
//! change calendars, and for the history of what was changed.
//!
//! Deliberately not here: which windows a difference moves. That takes the rule, and the windows.

mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::business_calendar::BusinessCalendar;
use super::calendars::Calendars;
use super::content::{Entry, MaskDay, WeekendMask};
use super::estimate::is_estimate;
use super::id::CalendarId;

/// What differs between two sets of calendars, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct CalendarsDiff {
    /// One change for every calendar that is not the same in both.
    pub calendars: Vec<CalendarChange>,
}

/// What became of one calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum CalendarChange {
    /// Only the second set has it.
    Added {
        /// The calendar.
        #[schemars(with = "String")]
        calendar: CalendarId,
        /// Its version.
        version: String,
    },
    /// Only the first set has it.
    Removed {
        /// The calendar.
        #[schemars(with = "String")]
        calendar: CalendarId,
        /// The version it had.
        version: String,
    },
    /// Both have it, and they differ.
    Changed(CalendarDiff),
}

/// What differs between two states of one calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalendarDiff {
    /// The calendar.
    #[schemars(with = "String")]
    pub calendar: CalendarId,
    /// The version before.
    pub version_before: String,
    /// The version after. The same as before only where somebody edited a calendar file and left
    /// its version as it was.
    pub version_after: String,
    /// The span before, where it is another one after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_before: Option<Span>,
    /// The span after, where it was another one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_after: Option<Span>,
    /// Weekend masks that differ, in the order of their dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekends: Vec<WeekendChange>,
    /// Entries that differ, in the order of their dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryChange>,
}

/// The dates a calendar says something about, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// First date.
    pub from: NaiveDate,
    /// Last date.
    pub to: NaiveDate,
}

/// A date from which another weekend is in force. At least one side has a mask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WeekendChange {
    /// The date the masks begin at.
    pub from: NaiveDate,
    /// The mask before; nothing if none began at that date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Vec<MaskDay>>,
    /// The mask after; nothing if none begins at that date any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<MaskDay>>,
}

/// A date whose entry was added, removed or changed. At least one side has an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntryChange {
    /// The date.
    pub date: NaiveDate,
    /// The entry before; nothing if it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Entry>,
    /// The entry after; nothing if it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Entry>,
}

impl CalendarsDiff {
    /// What differs between the calendars `before` and `after`.
    #[must_use]
    pub fn between(before: &Calendars, after: &Calendars) -> Self {
        let all = before.iter().chain(after.iter());
        let ids: BTreeSet<&CalendarId> = all.map(|calendar| calendar.id()).collect();
        let change = |id: &CalendarId| match (before.get(id).ok(), after.get(id).ok()) {
            // Sets that were loaded together share what is the same.
            (Some(before), Some(after)) if Arc::ptr_eq(before, after) => None,
            (Some(before), Some(after)) => {
                CalendarDiff::between(before, after).map(CalendarChange::Changed)
            }
            (Some(removed), None) => Some(CalendarChange::Removed {
                calendar: id.clone(),
                version: removed.version().to_owned(),
            }),
            (None, Some(added)) => Some(CalendarChange::Added {
                calendar: id.clone(),
                version: added.version().to_owned(),
            }),
            (None, None) => None,
        };
        Self { calendars: ids.into_iter().filter_map(change).collect() }
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calendars.is_empty()
    }
}

impl CalendarDiff {
    /// What differs between two states of one calendar; nothing if they are the same to the name
    /// of the last entry.
    #[must_use]
    pub fn between(before: &BusinessCalendar, after: &BusinessCalendar) -> Option<Self> {
        let (span_before, span_after) = (Span::of(before), Span::of(after));
        let moved = span_before != span_after;
        let diff = Self {
            calendar: after.id().clone(),
            version_before: before.version().to_owned(),
            version_after: after.version().to_owned(),
            span_before: moved.then_some(span_before),
            span_after: moved.then_some(span_after),
            weekends: weekends(before, after),
            entries: entries(before, after),
        };
        let differs = moved
            || diff.version_before != diff.version_after
            || !diff.weekends.is_empty()
            || !diff.entries.is_empty();
        differs.then_some(diff)
    }

    /// The difference in English, one sentence without its end per change.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        if self.version_before != self.version_after {
            sentences.push(format!("version {} -> {}", self.version_before, self.version_after));
        }
        if let (Some(before), Some(after)) = (self.span_before, self.span_after) {
            sentences.push(format!("valid {before} -> {after}"));
        }
        sentences.extend(self.weekends.iter().map(ToString::to_string));
        sentences.extend(self.entries.iter().map(ToString::to_string));
        sentences
    }
}

impl CalendarChange {
    /// The calendar it is about.
    #[must_use]
    pub fn calendar(&self) -> &CalendarId {
        match self {
            Self::Added { calendar, .. } | Self::Removed { calendar, .. } => calendar,
            Self::Changed(diff) => &diff.calendar,
        }
    }

    /// The change in English, one sentence without its end per thing that differs.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Self::Added { version, .. } => vec![format!("added, version {version}")],
            Self::Removed { version, .. } => vec![format!("removed, version {version}")],
            Self::Changed(diff) => diff.sentences(),
        }
    }
}

impl EntryChange {
    /// Whether only the name is another one, which moves no window.
    #[must_use]
    pub fn is_only_a_name(&self) -> bool {
        let kind = |entry: &Option<Entry>| entry.as_ref().map(|entry| entry.kind);
        kind(&self.before) == kind(&self.after)
    }
}

impl Entry {
    /// How the name of an entry ends that is announced only as an estimate, as the moon will have
    /// it; python-holidays writes it so.
    pub const ESTIMATED: &str = "(estimated)";

    /// Whether the entry is announced only as an estimate.
    #[must_use]
    pub fn is_estimate(&self) -> bool {
        is_estimate(&self.name)
    }
}

impl Span {
    /// The span of a calendar.
    #[must_use]
    pub fn of(calendar: &BusinessCalendar) -> Self {
        Self { from: calendar.valid_from(), to: calendar.valid_to() }
    }
}

fn weekends(before: &BusinessCalendar, after: &BusinessCalendar) -> Vec<WeekendChange> {
    let at = |masks: &[WeekendMask], from: NaiveDate| {
        masks.iter().find(|mask| mask.from == from).map(|mask| mask.days.clone())
    };
    let (before, after) = (before.weekends(), after.weekends());
    let dates: BTreeSet<NaiveDate> = before.iter().chain(after).map(|mask| mask.from).collect();
    let change = |from| WeekendChange { from, before: at(before, from), after: at(after, from) };
    dates.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

fn entries(before: &BusinessCalendar, after: &BusinessCalendar) -> Vec<EntryChange> {
    let all = before.entries().chain(after.entries());
    let dates: BTreeSet<NaiveDate> = all.map(|(date, _)| date).collect();
    let change = |date| EntryChange {
        date,
        before: before.entry(date).cloned(),
        after: after.entry(date).cloned(),
    };
    dates.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

#[cfg(test)]
mod tests;
