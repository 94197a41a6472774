//! Everything that is wrong with the files of a set of calendars, and what soon will be: all of
//! it, while loading a set ends with the first error.
//!
//! Deliberately not here: what is in use. Whether a calendar that ends soon matters depends on
//! claims.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::business_calendar::BusinessCalendar;
use super::calendars::{Calendars, Text, paths_in, read_file};
use super::error::CalendarError;
use super::file::calendar_errors;
use super::id::CalendarId;
use super::overrides::{override_errors, without_effect};

/// A calendar that ends sooner than this, in days, is told about: a window of 260 business days
/// may need that much.
const COVERED_DAYS: u64 = 400;

/// Something about the files of a set of calendars that an operator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileFinding {
    /// How bad it is.
    pub severity: FileSeverity,
    /// The calendar, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    /// File, place, what is the matter, and what to do about it.
    pub message: String,
}

/// How bad a finding about a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSeverity {
    /// The set cannot be loaded.
    Error,
    /// It can be loaded, but does not say what somebody meant, or will not for long.
    Warning,
    /// Worth knowing; nothing has to be done.
    Note,
}

/// What is found, as it is found.
#[derive(Default)]
struct Findings(Vec<FileFinding>);

/// Looks at every file of a set: the calendars in `directory` or those built in, and the
/// operator's own in `overrides_directory`.
#[must_use]
pub fn check_files(
    directory: Option<&Path>,
    overrides_directory: Option<&Path>,
    today: NaiveDate,
) -> Vec<FileFinding> {
    let mut findings = Findings::default();
    let mut calendars = match directory {
        Some(directory) => findings.base(directory),
        None => findings.built_in(),
    };
    if let Some(directory) = overrides_directory {
        findings.own(directory, &mut calendars);
    }
    for calendar in calendars.values() {
        findings.calendar(calendar, today);
    }
    findings.0.sort_by_key(|finding| finding.severity);
    findings.0
}

type ById = BTreeMap<CalendarId, Arc<BusinessCalendar>>;

impl Findings {
    fn add(&mut self, severity: FileSeverity, calendar: Option<&CalendarId>, message: String) {
        self.0.push(FileFinding { severity, calendar: calendar.cloned(), message });
    }

    fn error(&mut self, calendar: Option<&CalendarId>, error: &CalendarError) {
        let causes = std::iter::successors(std::error::Error::source(error), |e| e.source());
        let message = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
        self.add(FileSeverity::Error, calendar, message.trim_end().to_owned());
    }

    /// The texts of a folder; those that cannot be read are told about.
    fn texts(&mut self, directory: &Path) -> Vec<Text> {
        let paths = paths_in(directory).unwrap_or_else(|error| {
            self.error(None, &error);
            Vec::new()
        });
        let mut texts = Vec::new();
        for path in paths {
            match read_file(&path) {
                Ok(text) => texts.push(text),
                Err(error) => self.error(None, &error),
            }
        }
        texts
    }

    fn built_in(&mut self) -> ById {
        match Calendars::built_in() {
            Ok(calendars) => calendars.iter().map(|one| (one.id().clone(), one.clone())).collect(),
            Err(error) => {
                self.error(None, &error);
                ById::new()
            }
        }
    }

    fn base(&mut self, directory: &Path) -> ById {
        let mut calendars = ById::new();
        for Text { id, file, text } in self.texts(directory) {
            for error in calendar_errors(&id, &file, &text) {
                self.error(Some(&id), &error);
            }
            if let Ok(calendar) = BusinessCalendar::parse(&id, &file, &text) {
                if calendar.version() != calendar.version_of_content() {
                    let version = calendar.version_of_content();
                    let message = format!(
                        "{file}: version: was not changed though the content was; set it to \
                         \"{version}\", or put changes into overrides"
                    );
                    self.add(FileSeverity::Warning, Some(&id), message);
                }
                calendars.insert(id, Arc::new(calendar));
            }
        }
        calendars
    }

    fn own(&mut self, directory: &Path, calendars: &mut ById) {
        let texts = self.texts(directory);
        for Text { id, file, text } in texts {
            let Some(base) = calendars.get(&id) else {
                let known = calendars.keys().map(CalendarId::as_str).collect::<Vec<_>>().join(", ");
                let calendar = id.clone();
                let error = CalendarError::OverrideWithoutCalendar { file, calendar, known };
                self.error(Some(&id), &error);
                continue;
            };
            for error in override_errors(base.content(), &file, &text) {
                self.error(Some(&id), &error);
            }
            for place in without_effect(base.content(), &text) {
                let message =
                    format!("{file}: {place}: says what the calendar says anyway; remove it");
                self.add(FileSeverity::Warning, Some(&id), message);
            }
            if let Ok(changed) = base.with_overrides(&file, &text) {
                calendars.insert(id, Arc::new(changed));
            }
        }
    }

    /// What is worth knowing about a calendar that can be used.
    fn calendar(&mut self, calendar: &BusinessCalendar, today: NaiveDate) {
        let (id, end) = (calendar.id(), calendar.valid_to());
        let covered = today.checked_add_days(Days::new(COVERED_DAYS)).unwrap_or(today);
        if end < covered {
            let message = format!(
                "ends on {end}, within {COVERED_DAYS} days, and windows beyond it are refused; \
                 install a newer {id}.toml"
            );
            self.add(FileSeverity::Warning, Some(id), message);
        }
        let in_time = |(date, _): &(NaiveDate, _)| (today..covered).contains(date);
        let estimates = calendar.entries().filter(in_time).filter(|(_, entry)| entry.is_estimate());
        let dates: Vec<String> = estimates.map(|(date, _)| date.to_string()).collect();
        if !dates.is_empty() {
            let message = format!(
                "has entries that are only estimated within {COVERED_DAYS} days: {}; put what is \
                 announced into {id}.toml of your own entries",
                dates.join(", ")
            );
            self.add(FileSeverity::Note, Some(id), message);
        }
    }
}

#[cfg(test)]
mod tests;
