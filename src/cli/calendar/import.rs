//! `cpor calendar import`: somebody's holidays, as entries of the operator's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde::Serialize;

use cpor::calendar::ics::{ImportFinding, ImportTerms, Imported, Severity, import};
use cpor::calendar::{CalendarId, Entry, EntryKind, own};
use cpor::settings::Settings;

use super::file;
use super::sets::{Pair, Sets, own_directory};
use crate::cli::exit::Exit;
use crate::cli::output::{Output, plain, say};
use crate::cli::values;

/// Make own entries from an iCalendar file (RFC 5545) of holidays.
///
/// All-day events become one entry per day; recurrence rules are worked out over the calendar's
/// span. What the calendar says already is left out, and so is a date that your own file decides.
/// Nothing is left out silently: every event that does not become an entry has a finding. An event
/// with a time of day, or one that cannot be understood, is a problem: nothing is written then,
/// and the exit code is 1, unless --skip says to leave it out.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per entry to add (date, kind, name), one per \
finding (severity, line, event, message), and at last one with calendar, events, entries, \
problems, notes, file, version.

Examples:
  cpor calendar import holidays.ics --calendar TR            show the entries as TOML
  cpor calendar import holidays.ics --calendar TR --write    add them to your own entries
  cpor calendar import half.ics --calendar TR --kind half --from 2027-01-01 --output TR.toml")]
pub struct ImportArgs {
    /// The iCalendar file, at most 4 MiB; - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The calendar to import into (TR, GB-SCT).
    #[arg(long, value_name = "ID")]
    calendar: String,
    /// What the events make of their dates, unless they say so themselves (X-CPOR-KIND).
    #[arg(long, value_enum, default_value = "holiday")]
    kind: Kind,
    /// Only from this date on (2027-01-01).
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    from: Option<NaiveDate>,
    /// Only up to this date, included.
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    to: Option<NaiveDate>,
    /// Take the file's names also for dates that the calendar has with the same kind.
    #[arg(long)]
    rename: bool,
    /// Leave out what is a problem.
    #[arg(long)]
    skip: bool,
    /// Add the entries to your own file of the calendar, in `calendars.overrides_directory`.
    #[arg(long, conflicts_with = "output")]
    write: bool,
    /// Write the entries to this file, which must not be there yet.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Nobody works.
    Holiday,
    /// Half a business day.
    Half,
    /// People work though it is the weekend.
    Work,
}

#[derive(Serialize)]
struct EntryRow<'a> {
    date: NaiveDate,
    #[serde(flatten)]
    entry: &'a Entry,
}

#[derive(Serialize)]
struct Summary<'a> {
    calendar: &'a CalendarId,
    events: usize,
    entries: usize,
    problems: usize,
    notes: usize,
    /// Where the entries were written, if they were.
    file: Option<String>,
    /// The calendar's version with the entries.
    version: String,
}

/// Shows or writes the entries of a file.
pub fn run(args: &ImportArgs, settings: &Settings, output: Output) -> Result<Exit> {
    let pair = Sets::load(settings)?.pair(&args.calendar)?;
    let own_file =
        own_directory(settings).map(|folder| folder.join(format!("{}.toml", pair.with_own.id())));
    let own_text = own_file.as_deref().filter(|path| path.exists()).map(file::read_text);
    let own_text = own_text.transpose()?.unwrap_or_default();
    let decided = own::own_dates("your own file", &own_text)?;
    let bytes = file::read(&args.file)?;
    let imported = import(&bytes, &args.terms(&pair, &decided));
    tell(&imported.findings, output)?;
    if imported.has_problems() && !args.skip {
        summary(&pair, &imported, None, output)?;
        say("nothing was written; put the problems right, or leave them out with --skip");
        return Ok(Exit::Refused);
    }
    let (entries, id) = (&imported.entries, pair.with_own.id());
    for (date, entry) in entries {
        output.object(&EntryRow { date: *date, entry })?;
    }
    let written = match (&args.output, args.write) {
        _ if entries.is_empty() => None,
        (Some(path), _) => {
            file::create(path, &own::own_file(id, entries))?;
            Some(path.clone())
        }
        (None, true) => Some(write(own_file, &own_text, &pair, entries)?),
        (None, false) => {
            if !output.is_json() {
                output.text(own::own_file(id, entries).trim_end())?;
            }
            None
        }
    };
    summary(&pair, &imported, written.as_deref(), output)?;
    Ok(Exit::Done)
}

impl ImportArgs {
    fn terms<'a>(&self, pair: &'a Pair, own: &'a BTreeSet<NaiveDate>) -> ImportTerms<'a> {
        let kind = match self.kind {
            Kind::Holiday => EntryKind::Holiday,
            Kind::Half => EntryKind::Half,
            Kind::Work => EntryKind::Work,
        };
        let (from, to, rename) = (self.from, self.to, self.rename);
        ImportTerms { calendar: &pair.with_own, own, kind, from, to, rename }
    }
}

fn tell(findings: &[ImportFinding], output: Output) -> Result<()> {
    for finding in findings {
        output.object(finding)?;
        let severity = match finding.severity {
            Severity::Problem => "PROBLEM",
            Severity::Note => "note",
        };
        let event = finding.event.as_ref().map(|event| format!("\"{}\": ", plain(event)));
        let (line, event) = (finding.line, event.unwrap_or_default());
        say(format_args!("{severity:<8} line {line}: {event}{}", plain(&finding.message)));
    }
    Ok(())
}

/// Adds the entries to the operator's own file, which must be good before and after.
fn write(
    path: Option<PathBuf>,
    text: &str,
    pair: &Pair,
    entries: &BTreeMap<NaiveDate, Entry>,
) -> Result<PathBuf> {
    let Some(path) = path else {
        bail!("there is no folder for own entries; set calendars.overrides_directory");
    };
    let name = path.display().to_string();
    let text = if text.trim().is_empty() {
        own::own_file(pair.base.id(), entries)
    } else {
        let merged = own::merged(&name, text, entries)?;
        if !merged.comments_kept {
            say(format_args!("{name} was written anew; its comments could not be kept"));
        }
        merged.text
    };
    pair.base.with_overrides(&name, &text)?;
    if let Some(folder) = path.parent() {
        let doing = || format!("could not create {}", folder.display());
        std::fs::create_dir_all(folder).with_context(doing)?;
    }
    file::replace(&path, &text)?;
    Ok(path)
}

fn summary(pair: &Pair, imported: &Imported, written: Option<&Path>, output: Output) -> Result<()> {
    let calendar = pair.with_own.id();
    let after = pair.with_own.with_overrides("import", &own::own_file(calendar, &imported.entries));
    let of = |severity| imported.findings.iter().filter(|one| one.severity == severity).count();
    let summary = Summary {
        calendar,
        events: imported.events,
        entries: imported.entries.len(),
        problems: of(Severity::Problem),
        notes: of(Severity::Note),
        file: written.map(|path| path.display().to_string()),
        version: after?.version().to_owned(),
    };
    output.object(&summary)?;
    let Summary { events, entries, problems, notes, version, .. } = &summary;
    say(format_args!(
        "{events} events, {entries} entries to add, {problems} problems, {notes} notes; {calendar} \
         becomes {version}"
    ));
    if let Some(file) = &summary.file {
        say(format_args!("written to {file}; it is in force once calendars are loaded again"));
    }
    Ok(())
}
