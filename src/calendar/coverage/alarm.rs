//! What is said about coverage: alarms, each with the sentence that explains it and the remedy.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::CalendarId;

/// Something that will make windows wrong, or impossible, unless somebody acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alarm {
    /// What kind of alarm it is.
    pub code: AlarmCode,
    /// The calendar it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub calendar: Option<CalendarId>,
    /// What is the matter, as a sentence.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
}

/// The kind of an alarm. Scripts and alerting rules rely on the names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlarmCode {
    /// Windows are open under a calendar that is not in force.
    CalendarMissing,
    /// A calendar in use ends within 30 days: windows that open soon cannot be computed.
    CalendarExhausted,
    /// A calendar in use ends within 400 days.
    CalendarEndsSoon,
    /// Windows are open that were computed with newer time zone data than this process has.
    TzdbOlderThanWindows,
    /// The time zone data built in is more than a year old.
    TzdbOld,
    /// Days of open windows are holidays by estimate only.
    EstimatesInWindows,
}

impl AlarmCode {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 6] = [
        Self::CalendarMissing,
        Self::CalendarExhausted,
        Self::CalendarEndsSoon,
        Self::TzdbOlderThanWindows,
        Self::TzdbOld,
        Self::EstimatesInWindows,
    ];

    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CalendarMissing => "calendar_missing",
            Self::CalendarExhausted => "calendar_exhausted",
            Self::CalendarEndsSoon => "calendar_ends_soon",
            Self::TzdbOlderThanWindows => "tzdb_older_than_windows",
            Self::TzdbOld => "tzdb_old",
            Self::EstimatesInWindows => "estimates_in_windows",
        }
    }
}

impl fmt::Display for AlarmCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something worth knowing that needs no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The calendar it is about, if it is about one.
    pub calendar: Option<CalendarId>,
    /// What there is to know, as a sentence.
    pub says: String,
}
