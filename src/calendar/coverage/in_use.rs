//! What an open window was computed with, as it is counted.

use std::collections::BTreeMap;
use std::fmt;

use crate::calendar::{CalendarId, Deadline};

/// How many windows are open, by what they were computed with.
pub type WindowsInUse = BTreeMap<InUse, u64>;

/// The calendar, its version and the release of the tzdb that a window was computed with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InUse {
    /// The calendar.
    pub calendar: CalendarId,
    /// Its version.
    pub version: String,
    /// The release of the tzdb.
    pub tzdb: String,
}

impl InUse {
    /// What this end of a window was computed with.
    #[must_use]
    pub fn of(deadline: &Deadline) -> Self {
        Self {
            calendar: deadline.calendar.clone(),
            version: deadline.calendar_version.clone(),
            tzdb: deadline.tzdb.clone(),
        }
    }

    /// Reads what [`fmt::Display`] writes: three words, none of which has a blank in it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let [calendar, version, tzdb] = text.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let calendar = CalendarId::parse(calendar).ok()?;
        Some(Self { calendar, version: version.to_owned(), tzdb: tzdb.to_owned() })
    }
}

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.calendar, self.version, self.tzdb)
    }
}
