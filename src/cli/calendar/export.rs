//! `cpor calendar export`: a calendar as an iCalendar file.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use cpor::calendar::{CalendarId, ics};
use cpor::settings::Settings;

use super::file;
use super::sets::Sets;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;
use crate::cli::values;

/// Write the entries of a calendar as iCalendar (RFC 5545), for Outlook, Thunderbird and others.
///
/// Every entry is an all-day event: SUMMARY is its name, CATEGORIES is HOLIDAY, HALF or WORK,
/// STATUS is TENTATIVE for an estimate. The same calendar gives the same bytes: the UID is made of
/// calendar and date, DTSTAMP of the first date of the calendar.
#[derive(Debug, Args)]
#[command(after_help = "With --json and --output, one object: calendar, version, file, events.

Examples:
  cpor calendar export TR --output TR.ics
  cpor calendar export GB-SCT --from 2027-01-01 --to 2027-12-31 > 2027.ics")]
pub struct ExportArgs {
    /// The calendar (TR, GB-SCT).
    #[arg(value_name = "ID")]
    id: String,
    /// Only from this date on (2027-01-01).
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    from: Option<NaiveDate>,
    /// Only up to this date, included.
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    to: Option<NaiveDate>,
    /// Write to this file, which must not be there yet; to standard output unless given.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Exported<'a> {
    calendar: &'a CalendarId,
    version: &'a str,
    file: String,
    events: usize,
}

/// Writes the file.
pub fn run(args: &ExportArgs, settings: &Settings, output: Output) -> Result<Exit> {
    let calendar = Sets::load(settings)?.pair(&args.id)?.with_own;
    let from = args.from.unwrap_or(calendar.valid_from());
    let to = args.to.unwrap_or(calendar.valid_to());
    let Some(text) = ics::export(&calendar, from, to) else {
        let problem = format!("the calendar {} has no entries from {from} to {to}", calendar.id());
        return Err(Refused::error(problem));
    };
    let Some(path) = &args.output else {
        std::io::stdout().write_all(text.as_bytes())?;
        return Ok(Exit::Done);
    };
    file::create(path, &text)?;
    let events = calendar.entries().filter(|(date, _)| (from..=to).contains(date)).count();
    let (calendar, version, file) = (calendar.id(), calendar.version(), path.display().to_string());
    output.object(&Exported { calendar, version, file, events })?;
    if !output.is_json() {
        output.text(format_args!("{events} entries of {version} in {}", path.display()))?;
    }
    Ok(Exit::Done)
}
