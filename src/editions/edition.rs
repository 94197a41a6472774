//! What an edition of the calendars says, and what the history keeps of it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarDiff, CalendarId, Calendars, EntryChange, OwnCalendars};
use crate::claim::identity::{Comment, Line};
use crate::store::StoreError;

/// Changed entries of one calendar that are kept in the history.
const ENTRIES_MAX: usize = 20;
/// Changed calendars that are kept in the history.
const CALENDARS_MAX: usize = 50;

/// Which windows an edition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EditionScope")]
pub enum Scope {
    /// Windows that are open and those that open from now on.
    OpenWindows,
    /// Only those that open from now on.
    NewWindows,
}

impl Scope {
    /// The name that the API and the command line have for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenWindows => "open_windows",
            Self::NewWindows => "new_windows",
        }
    }
}

/// What is in force: who put it there, and every calendar that is not built in like that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// All but the calendars themselves.
    pub record: EditionRecord,
    /// The calendars, as they differ from those built into the release that published them.
    #[serde(default)]
    pub own: OwnCalendars,
}

/// What the history keeps of an edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Edition")]
pub struct EditionRecord {
    /// Its number; the first is 1.
    pub number: u64,
    /// When it was put in force.
    pub at: DateTime<Utc>,
    /// Who put it in force.
    #[schemars(with = "String")]
    pub author: Line,
    /// Why, in the author's words.
    #[schemars(with = "String")]
    pub reason: Comment,
    /// Which windows it is for.
    pub scope: Scope,
    /// A digest of all that it consists of, by which a previewed candidate is recognized.
    pub digest: String,
    /// A digest of the calendars built into the release that published it.
    pub base: String,
    /// The time zone database of that release.
    pub tzdb: String,
    /// Calendars that were changed, at most 50.
    #[serde(default)]
    pub changes: Vec<ChangedCalendar>,
    /// How many calendars were changed.
    #[serde(default)]
    pub changed: usize,
}

/// What an edition has changed of one calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedCalendar {
    /// The calendar.
    #[schemars(with = "String")]
    pub calendar: CalendarId,
    /// Its version before; none if it was added.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version_before: Option<String>,
    /// Its version now; none if it was removed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version_after: Option<String>,
    /// How many of its entries were added, removed and changed.
    pub counts: EntryCounts,
    /// The first of these entries, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryChange>,
}

/// How many entries of a calendar are others than before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntryCounts {
    /// Entries on dates without one before.
    pub added: usize,
    /// Dates without an entry now.
    pub removed: usize,
    /// Entries of another kind or name.
    pub changed: usize,
}

impl Edition {
    /// Reads what is kept.
    pub(super) fn read(text: &str) -> Result<Self, StoreError> {
        let doing = "read the edition of the calendars in force";
        serde_json::from_str(text).map_err(|error| StoreError::malformed(doing, error))
    }
}

/// Compares only what either set has from a file, or not at all: the rest is built in.
pub(super) fn changes(before: &Calendars, after: &Calendars) -> Vec<ChangedCalendar> {
    let mut ids: Vec<&CalendarId> = before.read_from_files().map(|one| one.id()).collect();
    ids.extend(after.read_from_files().map(|one| one.id()));
    ids.extend(before.ids().filter(|id| !after.has(id)));
    ids.extend(after.ids().filter(|id| !before.has(id)));
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| change(before, after, id)).collect()
}

fn change(before: &Calendars, after: &Calendars, id: &CalendarId) -> Option<ChangedCalendar> {
    let none = |version_before, version_after| ChangedCalendar {
        calendar: id.clone(),
        version_before,
        version_after,
        counts: EntryCounts::default(),
        entries: Vec::new(),
    };
    match (before.get(id).ok(), after.get(id).ok()) {
        (Some(before), Some(after)) => CalendarDiff::between(before, after).map(changed),
        (Some(before), None) => Some(none(Some(before.version().to_owned()), None)),
        (None, Some(after)) => Some(none(None, Some(after.version().to_owned()))),
        (None, None) => None,
    }
}

fn changed(diff: CalendarDiff) -> ChangedCalendar {
    let mut counts = EntryCounts::default();
    for entry in &diff.entries {
        match (&entry.before, &entry.after) {
            (None, _) => counts.added += 1,
            (Some(_), None) => counts.removed += 1,
            (Some(_), Some(_)) => counts.changed += 1,
        }
    }
    ChangedCalendar {
        calendar: diff.calendar,
        version_before: Some(diff.version_before),
        version_after: Some(diff.version_after),
        counts,
        entries: diff.entries.into_iter().take(ENTRIES_MAX).collect(),
    }
}

/// As many changes as the history keeps.
pub(super) fn kept(mut changes: Vec<ChangedCalendar>) -> Vec<ChangedCalendar> {
    changes.truncate(CALENDARS_MAX);
    changes
}
