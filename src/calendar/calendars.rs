//! The set of calendars in force, and which of them a country uses.
//!
//! Loading is all or nothing: one wrong file and no calendar of the set is used, so that a running
//! service keeps the set it has. Deliberately not here: when to load again, and what that means
//! for open windows (`deadline::extend_only`).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::built_in;
use super::business_calendar::BusinessCalendar;
use super::content::InFile;
use super::error::CalendarError;
use super::id::CalendarId;

/// Most calendar files read from a folder; there are some 5,000 subdivisions in ISO 3166-2.
const FILES_MAX: usize = 6_000;
/// Longest calendar file read, in bytes; the longest we ship has 26,000.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Business calendars by id.
#[derive(Clone, Debug)]
pub struct Calendars {
    by_id: BTreeMap<CalendarId, Arc<BusinessCalendar>>,
}

/// The text of one calendar file, and what errors call the file.
struct Text {
    id: CalendarId,
    file: String,
    text: String,
}

impl Calendars {
    /// The calendars built into the binary, without overrides.
    ///
    /// # Errors
    /// [`CalendarError::Syntax`] or [`CalendarError::Entry`] if a shipped calendar is wrong.
    pub fn built_in() -> Result<Self, CalendarError> {
        let calendars = built_in::FILES.iter().map(|(name, text)| {
            let id = CalendarId::parse(name)?;
            let calendar = BusinessCalendar::parse(&id, &format!("built-in {name}.toml"), text)?;
            Ok((id, Arc::new(calendar)))
        });
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
        let mut calendars = match directory {
            Some(directory) => Self::from_directory(directory)?,
            None => Self::built_in()?,
        };
        if let Some(directory) = overrides_directory {
            for Text { id, file, text } in read_directory(directory)? {
                let changed = calendars.overridden(&id, &file, &text)?;
                calendars.by_id.insert(id, Arc::new(changed));
            }
        }
        Ok(calendars)
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
            Ok((id, Arc::new(calendar)))
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
                known: self.known(),
            });
        };
        base.with_overrides(file, text)
    }

    /// The calendar of that id.
    ///
    /// # Errors
    /// [`CalendarError::UnknownCalendar`], with the ids there are.
    pub fn get(&self, id: &CalendarId) -> Result<&Arc<BusinessCalendar>, CalendarError> {
        self.by_id.get(id).ok_or_else(|| CalendarError::UnknownCalendar {
            calendar: id.clone(),
            known: self.known(),
        })
    }

    /// How many calendars there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    /// Every calendar, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<BusinessCalendar>> {
        self.by_id.values()
    }

    /// The calendar of a customer: that of the subdivision if there is one, otherwise that of the
    /// country. A subdivision is written `SCT` or `GB-SCT`, in either case.
    ///
    /// # Errors
    /// [`CalendarError::SubdivisionNeeded`] if the country has calendars for other subdivisions
    /// only; [`CalendarError::UnknownCountry`] if it has none at all.
    pub fn for_country(
        &self,
        country: &str,
        subdivision: Option<&str>,
    ) -> Result<&Arc<BusinessCalendar>, CalendarError> {
        let country = CalendarError::shortened(country).to_ascii_uppercase();
        let find = |id: &str| CalendarId::parse(id).ok().and_then(|id| self.by_id.get(&id));
        if let Some(subdivision) = subdivision {
            let subdivision = CalendarError::shortened(subdivision).to_ascii_uppercase();
            let prefix = format!("{country}-");
            let code = subdivision.strip_prefix(&prefix).unwrap_or(&subdivision);
            if let Some(calendar) = find(&format!("{prefix}{code}")) {
                return Ok(calendar);
            }
        }
        find(&country).ok_or_else(|| self.no_calendar(country, subdivision))
    }

    fn no_calendar(&self, country: String, subdivision: Option<&str>) -> CalendarError {
        let of_country = self.by_id.keys().filter(|id| id.country() == country);
        let known = listed(of_country.map(CalendarId::as_str));
        if known.is_empty() {
            let mut countries: Vec<&str> = self.by_id.keys().map(CalendarId::country).collect();
            countries.dedup();
            return CalendarError::UnknownCountry { country, known: listed(countries.into_iter()) };
        }
        let given = match subdivision {
            Some(subdivision) => format!("{:?}", CalendarError::shortened(subdivision)),
            None => "no subdivision".to_owned(),
        };
        CalendarError::SubdivisionNeeded { country, given, known }
    }

    fn known(&self) -> String {
        listed(self.by_id.keys().map(CalendarId::as_str))
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Reads the calendar files of a folder in the order of their names. Other files are none of ours.
fn read_directory(directory: &Path) -> Result<Vec<Text>, CalendarError> {
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
    paths.iter().map(|path| read_file(path)).collect()
}

fn read_file(path: &Path) -> Result<Text, CalendarError> {
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
