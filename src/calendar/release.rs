//! What a set of calendars has that the binary of this release has not, so that one process can
//! tell another what is in force in a few hundred bytes; and a calendar as the text of a file.
//!
//! Deliberately not here: who tells whom, and when (`editions`).

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::built_in;
use super::business_calendar::BusinessCalendar;
use super::calendars::Calendars;
use super::content::{EntryKind, MaskDay};
use super::error::CalendarError;
use super::id::CalendarId;

/// A set of calendars, as it differs from the one built in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnCalendars {
    /// The text of every calendar that is not built in like that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<CalendarId, String>,
    /// Calendars that are built in and not in the set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<CalendarId>,
}

impl OwnCalendars {
    /// How the set differs from the calendars built in. Of the calendars built in, only those are
    /// parsed that the set has from a file.
    ///
    /// # Errors
    /// [`CalendarError::Syntax`] if a calendar cannot be written down.
    pub fn of(set: &Calendars) -> Result<Self, CalendarError> {
        let built_in = Calendars::built_in()?;
        let is_built_in = |calendar: &BusinessCalendar| {
            let like_it = built_in.get(calendar.id()).ok();
            like_it.is_some_and(|built_in| says_the_same(built_in, calendar))
        };
        let own = set.read_from_files().filter(|calendar| !is_built_in(calendar));
        let texts = own.map(|calendar| (calendar.id().clone(), calendar.to_toml())).collect();
        let removed = built_in.ids().filter(|id| !set.has(id)).cloned().collect();
        Ok(Self { texts, removed })
    }

    /// The set: the calendars built into this release, with these over them and without those
    /// removed.
    ///
    /// # Errors
    /// [`CalendarError::Syntax`] and [`CalendarError::Entry`] if a text is not of a calendar.
    pub fn set(&self) -> Result<Calendars, CalendarError> {
        let mut set = Calendars::built_in()?;
        for (id, text) in &self.texts {
            let file = format!("{id} of the edition in force");
            set.insert(Arc::new(BusinessCalendar::parse(id, &file, text)?));
        }
        for id in &self.removed {
            set.remove(id);
        }
        Ok(set)
    }

    /// A digest by which two sets over the same calendars built in are told apart.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (id, text) in &self.texts {
            hash.update(format!("+{id} {}\n", text.len()));
            hash.update(text);
        }
        for id in &self.removed {
            hash.update(format!("-{id}\n"));
        }
        short(hash)
    }
}

/// A digest of the calendars built into this release: of their ids and versions.
#[must_use]
pub fn built_in_digest() -> &'static str {
    static DIGEST: OnceLock<String> = OnceLock::new();
    DIGEST.get_or_init(|| {
        let mut hash = Sha256::new();
        for file in &built_in::FILES {
            hash.update(format!("{} {}\n", file.name, file.declared_version()));
        }
        short(hash)
    })
}

/// The first 16 hex digits.
fn short(hash: Sha256) -> String {
    hex::encode(&hash.finalize()[..8])
}

fn says_the_same(one: &BusinessCalendar, other: &BusinessCalendar) -> bool {
    one.version() == other.version() && one.content() == other.content()
}

/// A calendar as its file says it.
#[derive(Serialize)]
struct Written<'a> {
    id: &'a CalendarId,
    version: &'a str,
    source: &'a str,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
    weekend: Vec<WrittenMask<'a>>,
    days: Vec<WrittenDay<'a>>,
}

#[derive(Serialize)]
struct WrittenMask<'a> {
    from: NaiveDate,
    days: &'a [MaskDay],
}

#[derive(Serialize)]
struct WrittenDay<'a> {
    date: NaiveDate,
    kind: EntryKind,
    name: &'a str,
}

impl BusinessCalendar {
    /// The calendar as the text of a file that [`BusinessCalendar::parse`] reads.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let content = self.content();
        let masks = content.masks.iter();
        let days = content.entries.iter();
        let written = Written {
            id: self.id(),
            version: self.version(),
            source: &content.source,
            valid_from: content.valid_from,
            valid_to: content.valid_to,
            weekend: masks.map(|mask| WrittenMask { from: mask.from, days: &mask.days }).collect(),
            days: days
                .map(|(&date, entry)| WrittenDay { date, kind: entry.kind, name: &entry.name })
                .collect(),
        };
        // Plain strings and dates in plain structures: there is nothing toml could refuse.
        toml::to_string(&written).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_the_same_calendar_when_it_is_read() {
        let built_in = Calendars::built_in().unwrap();
        for calendar in built_in.iter().step_by(25) {
            let read = BusinessCalendar::parse(calendar.id(), "x", &calendar.to_toml()).unwrap();
            assert!(says_the_same(calendar, &read), "{}", calendar.id());
        }
    }

    #[test]
    fn a_set_is_its_difference_from_the_calendars_built_in() {
        let built_in = Calendars::built_in().unwrap();
        assert_eq!(OwnCalendars::of(&built_in).unwrap(), OwnCalendars::default());
        let id = CalendarId::parse("TR").unwrap();
        let text = "days = [{ date = \"2026-11-30\", kind = \"holiday\", name = \"Late\" }]";
        let changed = built_in.get(&id).unwrap().with_overrides("TR.toml", text).unwrap();
        let mut set = built_in.clone();
        let version = changed.version().to_owned();
        set.insert(Arc::new(changed));
        set.remove(&CalendarId::parse("JP").unwrap());
        let own = OwnCalendars::of(&set).unwrap();
        assert_eq!(own.texts.keys().collect::<Vec<_>>(), [&id]);
        assert_eq!(own.removed, [CalendarId::parse("JP").unwrap()]);
        let again = own.set().unwrap();
        assert_eq!(again.get(&id).unwrap().version(), version);
        assert!(!again.has(&CalendarId::parse("JP").unwrap()));
        assert_ne!(own.digest(), OwnCalendars::default().digest());
    }
}
