//! The names of what belongs to the calendars in force.

use crate::store::Keys;

/// What is kept beside the edition of the calendars in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarsPart {
    /// Every edition and every outage, the newest last, trimmed.
    History,
    /// Sweep to how far it is.
    Sweeps,
    /// Sweeps that are not done: sweep to when it was asked for, ms since the epoch.
    Pending,
    /// The process that sweeps, for as long as its lease lasts.
    Sweeper,
    /// Process to the edition that it follows, and when it said so.
    Followers,
}

impl Keys {
    /// The edition of the calendars in force: its number and its JSON; and how many outages there
    /// were.
    #[must_use]
    pub fn calendars(&self) -> String {
        format!("{}:calendars", self.namespace)
    }

    /// Keys beside the edition in force, in its slot: the tag is the name of that key itself.
    #[must_use]
    pub fn calendars_part(&self, part: CalendarsPart) -> String {
        let name = match part {
            CalendarsPart::History => "history",
            CalendarsPart::Sweeps => "sweeps",
            CalendarsPart::Pending => "pending",
            CalendarsPart::Sweeper => "sweeper",
            CalendarsPart::Followers => "followers",
        };
        format!("{{{}:calendars}}:{name}", self.namespace)
    }
}
