//! The set of calendars in force.
//!
//! Loading is all or nothing: one wrong file of the operator's and no calendar of the set is used,
//! so that a running service keeps the set it has. Calendars of the binary are parsed when they are
//! first asked for. Deliberately not here: which calendar a country has (`which.rs`), when to load
//! again, and what that means for open windows (`claim/decide/window.rs`).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::built_in::{self, BuiltIn};
use super::business_calendar::BusinessCalendar;
use super::content::InFile;
use super::error::CalendarError;
use super::id::CalendarId;
use super::nearest::nearest;

/// Most calendar files read from a folder; there are some 5,000 subdivisions in ISO 3166-2.
const FILES_MAX: usize = 6_000;
/// Longest calendar file read, in bytes; the longest we ship has 43,000.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Business calendars by id.
#[derive(Clone, Debug)]
pub struct Calendars {
    by_id: BTreeMap<CalendarId, Slot>,
}

/// A calendar of the set: one read from a file, or one of the binary, parsed when it is asked for.
#[derive(Clone, Debug)]
enum Slot {
    Read(Arc<BusinessCalendar>),
    BuiltIn(&'static BuiltIn),
}

impl Slot {
    fn calendar(&self) -> Result<&Arc<BusinessCalendar>, CalendarError> {
        match self {
            Self::Read(calendar) => Ok(calendar),
            Self::BuiltIn(built_in) => built_in.calendar(),
        }
    }
}

/// The text of one calendar file, and what errors call the file.
pub(super) struct Text {
    pub id: CalendarId,
    pub file: String,
    pub text: String,
}

impl Calendars {
    /// The calendars built into the binary, without overrides; none is parsed yet.
    ///
    /// # Errors
    /// [`CalendarError::MalformedId`] if a shipped calendar is named wrongly.
    pub fn built_in() -> Result<Self, CalendarError> {
        let calendars = built_in::FILES
            .iter()
            .map(|file| Ok((CalendarId::parse(file.name)?, Slot::BuiltIn(file))));
        Ok(Self { by_id: calendars.collect::<Result<_, CalendarError>>()? })
    }

    /// Loads every `*.toml` in `directory`, or the built-in calendars when there is none, and lays
    /// every `*.toml` in `overrides_directory` over the calendar it is named after. A folder that
    /// is named must exist.
    ///
    /// # Errors
    /// Any [`CalendarError`] about files; nothing is loaded then.
    pub fn load(
        directory: Option<&Path>,
        overrides_directory: Option<&Path>,
    ) -> Result<Self, CalendarError> {
        let calendars = match directory {
            Some(directory) => Self::from_directory(directory)?,
            None => Self::built_in()?,
        };
        match overrides_directory {
            Some(directory) => calendars.with_overrides(directory),
            None => Ok(calendars),
        }
    }

    fn from_directory(directory: &Path) -> Result<Self, CalendarError> {
        let texts = read_directory(directory)?;
        if texts.is_empty() {
            let problem = "has no calendar files (*.toml); name a folder that has, or none to \
                           use the built-in calendars";
            let path = directory.to_owned();
            return Err(CalendarError::Folder { path, problem: problem.to_owned() });
        }
        let calendars = texts.into_iter().map(|Text { id, file, text }| {
            let calendar = BusinessCalendar::parse(&id, &file, &text)?;
            Ok((id, Slot::Read(Arc::new(calendar))))
        });
        Ok(Self { by_id: calendars.collect::<Result<_, CalendarError>>()? })
    }

    fn overridden(
        &self,
        id: &CalendarId,
        file: &str,
        text: &str,
    ) -> Result<BusinessCalendar, CalendarError> {
        let Some(base) = self.by_id.get(id) else {
            return Err(CalendarError::OverrideWithoutCalendar {
                file: file.to_owned(),
                calendar: id.clone(),
                known: self.known(id),
            });
        };
        base.calendar()?.with_overrides(file, text)
    }

    /// These calendars with every `*.toml` in `directory` laid over the calendar it is named after.
    /// The calendars without a file of their own are shared, not copied.
    ///
    /// # Errors
    /// Any [`CalendarError`] about files; nothing is changed then.
    pub fn with_overrides(&self, directory: &Path) -> Result<Self, CalendarError> {
        let mut calendars = self.clone();
        for Text { id, file, text } in read_directory(directory)? {
            let changed = self.overridden(&id, &file, &text)?;
            calendars.by_id.insert(id, Slot::Read(Arc::new(changed)));
        }
        Ok(calendars)
    }

    /// The calendar of that id.
    ///
    /// # Errors
    /// [`CalendarError::UnknownCalendar`], with the ids most like it.
    pub fn get(&self, id: &CalendarId) -> Result<&Arc<BusinessCalendar>, CalendarError> {
        let slot = self.by_id.get(id).ok_or_else(|| CalendarError::UnknownCalendar {
            calendar: id.clone(),
            known: self.known(id),
        })?;
        slot.calendar()
    }

    /// The id of every calendar, in their order; none is parsed for it.
    pub fn ids(&self) -> impl Iterator<Item = &CalendarId> {
        self.by_id.keys()
    }

    /// Every calendar, in the order of their ids. Parses those of the binary that have not been:
    /// for a look at all of them and nothing else, `ids` is quick. A test parses all of those.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<BusinessCalendar>> {
        self.by_id.values().filter_map(|slot| slot.calendar().ok())
    }

    /// Every calendar that was read from a file of the operator's, in the order of their ids.
    pub fn read_from_files(&self) -> impl Iterator<Item = &Arc<BusinessCalendar>> {
        self.by_id.values().filter_map(|slot| match slot {
            Slot::Read(calendar) => Some(calendar),
            Slot::BuiltIn(_) => None,
        })
    }

    /// Whether there is a calendar of that id; none is parsed for it.
    #[must_use]
    pub fn has(&self, id: &CalendarId) -> bool {
        self.by_id.contains_key(id)
    }

    /// Puts a calendar in the place of the one with its id.
    pub(super) fn insert(&mut self, calendar: Arc<BusinessCalendar>) {
        self.by_id.insert(calendar.id().clone(), Slot::Read(calendar));
    }

    /// Takes a calendar out of the set.
    pub(super) fn remove(&mut self, id: &CalendarId) {
        self.by_id.remove(id);
    }

    /// The calendar of a customer: see [`Calendars::id_for_country`].
    ///
    /// # Errors
    /// As [`Calendars::id_for_country`].
    pub fn for_country(
        &self,
        country: &str,
        subdivision: Option<&str>,
    ) -> Result<&Arc<BusinessCalendar>, CalendarError> {
        self.get(self.id_for_country(country, subdivision)?)
    }

    /// The id in the set that is written so.
    pub(super) fn id_of(&self, name: &str) -> Option<&CalendarId> {
        let id = CalendarId::parse(name).ok()?;
        self.by_id.get_key_value(&id).map(|(id, _)| id)
    }

    /// The calendars of the id's country, or else those whose ids are most like it.
    pub(super) fn known(&self, id: &CalendarId) -> String {
        let of_country = self.ids().filter(|known| known.country() == id.country());
        let mut known: Vec<&str> = of_country.map(CalendarId::as_str).collect();
        if known.is_empty() {
            known = self.ids().map(CalendarId::as_str).collect();
        }
        nearest(id.as_str(), known)
    }
}

/// Reads the calendar files of a folder in the order of their names.
fn read_directory(directory: &Path) -> Result<Vec<Text>, CalendarError> {
    paths_in(directory)?.iter().map(|path| read_file(path)).collect()
}

/// The calendar files of a folder in the order of their names. Other files are none of ours.
pub(super) fn paths_in(directory: &Path) -> Result<Vec<PathBuf>, CalendarError> {
    let unreadable = |source| CalendarError::Read { path: directory.to_owned(), source };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
        if paths.len() > FILES_MAX {
            let problem = format!("has more than {FILES_MAX} calendar files; is it the right one?");
            return Err(CalendarError::Folder { path: directory.to_owned(), problem });
        }
    }
    paths.sort();
    Ok(paths)
}

pub(super) fn read_file(path: &Path) -> Result<Text, CalendarError> {
    let unreadable = |source| CalendarError::Read { path: path.to_owned(), source };
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(unreadable(io::Error::other("it is longer than 1 MiB, no calendar is")));
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let file = path.display().to_string();
    match CalendarId::parse(&stem) {
        Ok(id) => Ok(Text { id, file, text }),
        Err(error) => Err(InFile(&file).entry("the file's name", error.to_string())),
    }
}

#[cfg(test)]
mod tests;
