//! `cpor calendar check`: everything that is wrong with the files, or soon will be.

use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;

use cpor::calendar::{FileSeverity, check_files};
use cpor::clock::host_date;
use cpor::settings::Settings;

use super::sets::{base_directory, own_directory};
use crate::cli::exit::Exit;
use crate::cli::output::{Output, plain};
use crate::cli::values;

/// Check the files of calendars and of own entries: all errors, not only the first.
///
/// Errors keep the set from being loaded. Warnings: a calendar that ends within 400 days, content
/// that was changed without its version, own entries that say what the calendar says anyway.
/// Notes: entries within 400 days that are only estimates. Exit code 0 when there are notes at
/// most, 1 when there are errors or warnings.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per finding: severity (error, warning, note), \
calendar, message.

Examples:
  cpor calendar check
  cpor calendar check ./new-own-entries
  cpor calendar check --calendars ./new-calendars")]
pub struct CheckArgs {
    /// Folder of own entries to check; as configured unless given.
    #[arg(value_name = "DIR")]
    own: Option<PathBuf>,
    /// Folder of calendars to check; as configured unless given.
    #[arg(long, value_name = "DIR")]
    calendars: Option<PathBuf>,
    /// Check as on this date; today unless given.
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    today: Option<NaiveDate>,
}

/// Tells every finding; the worst first.
pub fn run(args: &CheckArgs, settings: &Settings, output: Output) -> Result<Exit> {
    let calendars = args.calendars.as_deref().or_else(|| base_directory(settings));
    // The configured folder need not exist; one that is named must.
    let configured = || own_directory(settings).filter(|folder| folder.is_dir());
    let own = args.own.as_deref().or_else(configured);
    let findings = check_files(calendars, own, args.today.unwrap_or_else(host_date));
    for finding in &findings {
        output.object(finding)?;
        if !output.is_json() {
            let severity = match finding.severity {
                FileSeverity::Error => "ERROR",
                FileSeverity::Warning => "WARNING",
                FileSeverity::Note => "note",
            };
            let about = finding.calendar.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
            let message = finding.message.lines().map(plain).collect::<Vec<_>>().join("\n    ");
            output.text(format_args!("{severity:<8} {about}{message}"))?;
        }
    }
    let fine = findings.iter().all(|finding| finding.severity == FileSeverity::Note);
    if fine && !output.is_json() {
        output.text("nothing to put right")?;
    }
    Ok(Exit::done_if(fine))
}
