//! `cpor calendar diff`: what differs between calendars.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;

use cpor::calendar::{CalendarChange, Calendars, CalendarsDiff};
use cpor::settings::Settings;

use super::file::read_text;
use super::sets::{Sets, base_directory};
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, plain};

/// Show what the entries of your own change, or how two folders of calendars differ.
///
/// Without --calendars and --against: the calendars as they are built in or configured, and the
/// same with your own entries over them. With --against DIR: what would be another one if the
/// calendars came from DIR. With --calendars A --against B: what is different in B.
///
/// As with diff(1), the exit code is 0 when nothing differs and 1 when something does.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per calendar that differs: change (added, \
removed, changed), calendar, and version; or version_before, version_after, span_before, \
span_after, weekends [from, before, after], entries [date, before, after].

Examples:
  cpor calendar diff                            what your own entries change
  cpor calendar diff TR                         the same for one calendar
  cpor calendar diff TR TR.toml                 what this file of own entries would change
  cpor calendar diff --against ./new-calendars  what a new set of calendars would change")]
pub struct DiffArgs {
    /// Only this calendar (TR, GB-SCT).
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// A file with own entries for that calendar, in place of your own files.
    #[arg(value_name = "FILE", requires = "id", conflicts_with_all = ["against", "calendars"])]
    own: Option<PathBuf>,
    /// Compare with the calendars in this folder.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Compare the calendars in this folder, and not those configured with your own entries.
    #[arg(long, value_name = "DIR", requires = "against")]
    calendars: Option<PathBuf>,
}

/// Shows what differs; the exit code says whether something does.
pub fn run(args: &DiffArgs, settings: &Settings, output: Output) -> Result<Exit> {
    let mut diff = compared(args, settings)?;
    if let Some(id) = &args.id {
        diff.calendars.retain(|change| change.calendar().as_str().eq_ignore_ascii_case(id));
    }
    for change in &diff.calendars {
        tell(change, output)?;
    }
    if diff.is_empty() && !output.is_json() {
        output.text("nothing differs")?;
    }
    Ok(Exit::done_if(diff.is_empty()))
}

fn compared(args: &DiffArgs, settings: &Settings) -> Result<CalendarsDiff> {
    let folder =
        |folder: &Path| Calendars::load(Some(folder), None).context("could not load the calendars");
    if let Some(against) = &args.against {
        let before = match &args.calendars {
            Some(calendars) => folder(calendars)?,
            None => Sets::load(settings)?.with_own,
        };
        return Ok(CalendarsDiff::between(&before, &folder(against)?));
    }
    if let (Some(id), Some(file)) = (&args.id, &args.own) {
        return with_file(id, file, settings);
    }
    let sets = Sets::load(settings)?;
    if let Some(id) = &args.id {
        sets.pair(id)?;
    }
    Ok(CalendarsDiff::between(&sets.base, &sets.with_own))
}

/// What a file of own entries would change in the calendar.
fn with_file(id: &str, file: &Path, settings: &Settings) -> Result<CalendarsDiff> {
    let base = Calendars::load(base_directory(settings), None);
    let base = base.context("could not load the calendars")?;
    let sets = Sets { with_own: base.clone(), base };
    let calendar = sets.pair(id)?.base;
    let text = read_text(file)?;
    let own = calendar.with_overrides(&file.display().to_string(), &text);
    let own = own.map_err(|error| Refused::error(crate::cli::exit::message(&error.into())))?;
    let change = cpor::calendar::CalendarDiff::between(&calendar, &own);
    Ok(CalendarsDiff { calendars: change.map(CalendarChange::Changed).into_iter().collect() })
}

fn tell(change: &CalendarChange, output: Output) -> Result<()> {
    output.object(change)?;
    if output.is_json() {
        return Ok(());
    }
    output.text(change.calendar())?;
    for sentence in change.sentences() {
        output.text(format_args!("  {}", plain(&sentence)))?;
    }
    Ok(())
}
