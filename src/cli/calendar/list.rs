//! `cpor calendar list`: which calendars there are.

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use cpor::calendar::{BusinessCalendar, CalendarId, EntryKind};
use cpor::settings::Settings;

use super::sets::Sets;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;

/// List the calendars, with the entries of your own.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per calendar: calendar, version, source, \
valid_from, valid_to, entries, holidays, half_days, work_days, estimates, own_entries, overridden.

Examples:
  cpor calendar list
  cpor calendar list --country GB")]
pub struct ListArgs {
    /// Only the calendars of this country and its subdivisions (TR).
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    calendar: &'a CalendarId,
    version: &'a str,
    source: &'a str,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
    entries: usize,
    holidays: usize,
    half_days: usize,
    work_days: usize,
    estimates: usize,
    /// Entries that the operator's file adds, changes or removes.
    own_entries: usize,
    overridden: bool,
}

/// Lists the calendars; none for a country is a no.
pub fn run(args: &ListArgs, settings: &Settings, output: Output) -> Result<Exit> {
    let sets = Sets::load(settings)?;
    let country = args.country.as_ref().map(|country| country.to_ascii_uppercase());
    let asked_for = |calendar: &BusinessCalendar| {
        country.as_deref().is_none_or(|country| calendar.id().country() == country)
    };
    let mut rows = Vec::new();
    for calendar in sets.with_own.iter().filter(|calendar| asked_for(calendar)) {
        let own = sets.pair(calendar.id().as_str())?.own;
        let own_entries = own.as_ref().map_or(0, |diff| diff.entries.len());
        let row = Row::of(calendar, own_entries, own.is_some());
        output.object(&row)?;
        rows.push(row.cells());
    }
    if rows.is_empty() {
        let asked = args.country.as_deref().unwrap_or_default();
        return Err(Refused::error(format!(
            "there is no calendar for the country {asked:?}; `cpor calendar list` lists all"
        )));
    }
    let header = ["CALENDAR", "VALID", "HOLIDAYS", "HALF", "WORK", "ESTIMATES", "OWN", "VERSION"];
    output.table(&header, rows)?;
    Ok(Exit::Done)
}

impl<'a> Row<'a> {
    fn of(calendar: &'a BusinessCalendar, own_entries: usize, overridden: bool) -> Self {
        let of_kind = |kind| calendar.entries().filter(|(_, entry)| entry.kind == kind).count();
        Self {
            calendar: calendar.id(),
            version: calendar.version(),
            source: calendar.source(),
            valid_from: calendar.valid_from(),
            valid_to: calendar.valid_to(),
            entries: calendar.entries().count(),
            holidays: of_kind(EntryKind::Holiday),
            half_days: of_kind(EntryKind::Half),
            work_days: of_kind(EntryKind::Work),
            estimates: calendar.entries().filter(|(_, entry)| entry.is_estimate()).count(),
            own_entries,
            overridden,
        }
    }

    fn cells(&self) -> Vec<String> {
        let own = match (self.overridden, self.own_entries) {
            (false, _) => "-".to_owned(),
            (true, entries) => entries.to_string(),
        };
        vec![
            self.calendar.to_string(),
            format!("{} to {}", self.valid_from, self.valid_to),
            self.holidays.to_string(),
            self.half_days.to_string(),
            self.work_days.to_string(),
            self.estimates.to_string(),
            own,
            self.version.to_owned(),
        ]
    }
}
