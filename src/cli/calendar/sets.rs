//! The calendars without and with the operator's own files, and which entry comes from where.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::NaiveDate;

use cpor::calendar::{BusinessCalendar, CalendarDiff, CalendarId, Calendars};
use cpor::settings::Settings;

use crate::cli::exit::Refused;

/// Both sets, as the settings say.
pub struct Sets {
    /// The calendars without the operator's own entries.
    pub base: Calendars,
    /// The same with the operator's own entries over them.
    pub with_own: Calendars,
}

/// One calendar without and with the operator's own entries.
pub struct Pair {
    pub base: Arc<BusinessCalendar>,
    pub with_own: Arc<BusinessCalendar>,
    /// What the operator's file changes, if it changes something.
    pub own: Option<CalendarDiff>,
}

impl Sets {
    /// Reads the files. The first wrong one is the error; `cpor calendar check` finds them all.
    pub fn load(settings: &Settings) -> Result<Self> {
        let doing = "could not load the calendars; `cpor calendar check` says all that is wrong";
        let base = Calendars::load(base_directory(settings), None).context(doing)?;
        let with_own = match own_directory(settings).filter(|folder| folder.is_dir()) {
            Some(directory) => base.with_overrides(directory).context(doing)?,
            None => base.clone(),
        };
        Ok(Self { base, with_own })
    }

    /// One calendar. The id may be in lower case.
    pub fn pair(&self, id: &str) -> Result<Pair> {
        let find = || {
            let id = CalendarId::parse(&id.to_ascii_uppercase())?;
            Ok((self.base.get(&id)?.clone(), self.with_own.get(&id)?.clone()))
        };
        let exact = CalendarId::parse(id).ok().and_then(|id| {
            Some((self.base.get(&id).ok()?.clone(), self.with_own.get(&id).ok()?.clone()))
        });
        let found: Result<_, cpor::calendar::CalendarError> = exact.map_or_else(find, Ok);
        let (base, with_own) = found.map_err(Refused::error)?;
        let same = Arc::ptr_eq(&base, &with_own);
        let own = if same { None } else { CalendarDiff::between(&base, &with_own) };
        Ok(Pair { base, with_own, own })
    }
}

impl Pair {
    /// Where the entry of a date comes from: `calendar`, or `own` for the operator's file.
    pub fn origin(&self, date: NaiveDate) -> &'static str {
        let changed = |diff: &CalendarDiff| diff.entries.iter().any(|entry| entry.date == date);
        if self.own.as_ref().is_some_and(changed) { "own" } else { "calendar" }
    }
}

/// The folder of the calendars; nothing for those built in.
pub fn base_directory(settings: &Settings) -> Option<&Path> {
    let directory = settings.calendars.directory.as_path();
    (!directory.as_os_str().is_empty()).then_some(directory)
}

/// The folder of the operator's own entries, whether it exists or not; nothing if none is set.
pub fn own_directory(settings: &Settings) -> Option<&Path> {
    let directory = settings.calendars.overrides_directory.as_path();
    (!directory.as_os_str().is_empty()).then_some(directory)
}
