//! The calendars a binary has when it stands outside its repository: those of `config/calendars`,
//! as they were when it was built; `build.rs` lists them.
//!
//! There are some 700, of which a process uses a few, so each is parsed when it is first asked
//! for, once per process. Deliberately not here: which of them somebody has.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::business_calendar::BusinessCalendar;
use super::error::CalendarError;
use super::id::CalendarId;

include!(concat!(env!("OUT_DIR"), "/built_in_calendars.rs"));

/// One calendar file of the repository.
pub(super) struct BuiltIn {
    /// The id of the calendar.
    pub name: &'static str,
    text: &'static str,
    parsed: OnceLock<Arc<BusinessCalendar>>,
}

impl BuiltIn {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, parsed: OnceLock::new() }
    }

    /// The version that the text declares; the text is not parsed for it. A test makes sure that
    /// every calendar has another version when it says something else.
    pub fn declared_version(&self) -> &'static str {
        let lines = self.text.lines();
        let mut versions = lines.filter_map(|line| line.strip_prefix("version = "));
        versions.next().unwrap_or_default().trim_matches('"')
    }

    /// The calendar; parsed now, unless it has been before.
    pub fn calendar(&self) -> Result<&Arc<BusinessCalendar>, CalendarError> {
        if let Some(parsed) = self.parsed.get() {
            return Ok(parsed);
        }
        let file = format!("built-in {}.toml", self.name);
        let parsed = BusinessCalendar::parse(&CalendarId::parse(self.name)?, &file, self.text)?;
        Ok(self.parsed.get_or_init(|| Arc::new(parsed)))
    }
}

/// The name says it all.
impl fmt::Debug for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BuiltIn").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests;
