//! Everything that can go wrong with calendars and zones, one variant per thing a caller would
//! handle differently. Deliberately not here: refusals of claims, which are answers.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::id::{BusinessDays, CalendarId};

/// Why a calendar, a zone or a deadline could not be had.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// A file or folder could not be read.
    #[error("could not read {}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A file is not TOML, or does not have the shape of a calendar.
    #[error("could not understand {file} as a calendar")]
    Syntax {
        /// The file, as the operator knows it.
        file: String,
        /// Line, column and reason.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A calendar file says something that cannot be right.
    #[error("{file}: {entry}: {problem}")]
    Entry {
        /// The file, as the operator knows it.
        file: String,
        /// Where in the file, for example `days[12] (2026-04-23)`.
        entry: String,
        /// What is wrong and what to do about it.
        problem: String,
    },
    /// A folder has more files than a set of calendars can reasonably have, or none at all.
    #[error("{}: {problem}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong and what to do about it.
        problem: String,
    },
    /// An override names a calendar that is not there.
    #[error(
        "{file} overrides the calendar {calendar}, which does not exist; remove the file, or name \
         it after one of: {known}"
    )]
    OverrideWithoutCalendar {
        /// The override's file.
        file: String,
        /// The calendar it would change.
        calendar: CalendarId,
        /// The calendars there are.
        known: String,
    },
    /// Text that is no calendar id.
    #[error(
        "{given:?} is not a calendar id; write a country such as TR or a subdivision such as \
         GB-SCT: at most 32 letters, digits, '-' or '_', a letter first"
    )]
    MalformedId {
        /// The text, shortened.
        given: String,
    },
    /// No calendar has this id.
    #[error("there is no calendar {calendar}; known are: {known}")]
    UnknownCalendar {
        /// The id asked for.
        calendar: CalendarId,
        /// The calendars there are.
        known: String,
    },
    /// No calendar belongs to this country.
    #[error("there is no calendar for the country {country:?}; known are: {known}")]
    UnknownCountry {
        /// The country asked for, shortened.
        country: String,
        /// The countries there are calendars, or zones, for.
        known: String,
    },
    /// No such subdivision of the country is known.
    #[error("{given:?} is not a subdivision of {country}; {remedy}")]
    UnknownSubdivision {
        /// The country asked for.
        country: String,
        /// The subdivision that was given, shortened.
        given: String,
        /// The subdivisions most like it, and what to do.
        remedy: String,
    },
    /// The country has calendars for some of its subdivisions only.
    #[error(
        "the country {country} has calendars for subdivisions only, because their holidays \
         differ; name one of: {known}, in place of {given}"
    )]
    SubdivisionNeeded {
        /// The country asked for.
        country: String,
        /// The subdivision that was given, or `no subdivision`.
        given: String,
        /// The calendars of that country.
        known: String,
    },
    /// The bundled tzdb has no such zone.
    #[error("{zone:?} is not a time zone of tzdb {tzdb}; write a name such as Europe/Istanbul")]
    UnknownZone {
        /// The name asked for, shortened.
        zone: String,
        /// The bundled release.
        tzdb: &'static str,
    },
    /// The number of business days is out of bounds.
    #[error("a window of {given} business days was asked for; give 1 to {}", BusinessDays::MAX)]
    BusinessDays {
        /// The number asked for.
        given: u32,
    },
    /// A question names more pauses and outages than a window can reasonably have.
    #[error("{given} pauses and outages were given; give at most {most}, joining what overlaps")]
    TooManySpans {
        /// How many were given.
        given: usize,
        /// How many may be given.
        most: usize,
    },
    /// The window touches a date the calendar says nothing about.
    #[error(
        "the calendar {calendar} says nothing about {date}: it is valid from {valid_from} to \
         {valid_to}; extend the calendar"
    )]
    OutsideValidity {
        /// The calendar asked.
        calendar: CalendarId,
        /// The first date it was asked about and does not cover.
        date: NaiveDate,
        /// First date it covers.
        valid_from: NaiveDate,
        /// Last date it covers.
        valid_to: NaiveDate,
    },
}

impl CalendarError {
    /// Shortens untrusted text so that an error stays readable whatever it was given.
    pub(super) fn shortened(given: &str) -> String {
        const SHOWN_CHARS: usize = 64;
        given.chars().take(SHOWN_CHARS).collect()
    }
}
