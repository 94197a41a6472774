//! `cpor calendar preview`: what a reload would do, without doing it.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use cpor::app::App;
use cpor::editions::{Candidate, ChangedCalendar, Move, Needed, Preview, Problem, Stay};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, plain};
use crate::cli::words;

/// Windows of each kind that are shown unless all are asked for.
pub const SHOWN: usize = 10;

/// Show what a reload of the files would change, and which open windows it would move.
///
/// Nothing is changed. The digest that is printed is what `cpor calendar reload --digest` asks for,
/// so that nothing else is put in force than what was previewed. Exit code 0 when it can be put in
/// force, 1 when it cannot: a file is wrong, or a calendar in use would be gone.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object: digest, edition, same, tzdb, changes [calendar, \
version_before, version_after, counts, entries], windows [looked_at, would_move, would_stay, \
cannot, moves [claim_id, calendar, time_zone, from, to, days, tzdb_before, paused], stays, \
problems], needed. With --json --all, one object per window before it, with kind: move, stay or \
problem.

Examples:
  cpor calendar preview
  cpor calendar preview --all")]
pub struct PreviewArgs {
    /// List every window that would move, stay or cannot be computed, not only the first ten.
    #[arg(long)]
    all: bool,
}

/// One window, for programs.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum OneWindow<'a> {
    Move(&'a Move),
    Stay(&'a Stay),
    Problem(&'a Problem),
}

/// Previews.
pub async fn run(app: &App, args: &PreviewArgs, output: Output) -> Result<Exit> {
    let editions = app.editions();
    let candidate = candidate(app)?;
    let shown = if args.all { usize::MAX } else { SHOWN };
    let mut preview = editions.preview(&candidate, shown).await?;
    if output.is_json() {
        if args.all {
            windows(&preview, output)?;
            preview.windows.moves.clear();
            preview.windows.stays.clear();
            preview.windows.problems.clear();
        }
        output.object(&preview)?;
    } else {
        tell(&preview, output)?;
        output.text(format_args!("digest: {}", preview.digest))?;
    }
    Ok(Exit::done_if(preview.can_be_applied()))
}

/// The files as they are now, or everything that is wrong with them.
pub fn candidate(app: &App) -> Result<Candidate> {
    app.editions().candidate().map_err(Refused::error)
}

fn windows(preview: &Preview, output: Output) -> Result<()> {
    let windows = &preview.windows;
    for one in &windows.moves {
        output.object(&OneWindow::Move(one))?;
    }
    for one in &windows.stays {
        output.object(&OneWindow::Stay(one))?;
    }
    for one in &windows.problems {
        output.object(&OneWindow::Problem(one))?;
    }
    Ok(())
}

/// The preview for people.
pub fn tell(preview: &Preview, output: Output) -> Result<()> {
    let edition = preview.edition;
    if preview.same {
        output.text(format_args!("the files say what edition {edition} in force says"))?;
    } else if preview.changes.is_empty() {
        output.text(format_args!("no calendar differs from edition {edition} in force"))?;
    } else {
        output.text(format_args!("what differs from edition {edition} in force:"))?;
    }
    for change in &preview.changes {
        tell_change(change, output)?;
    }
    let windows = &preview.windows;
    output.text(format_args!(
        "{} open windows: {} would move, {} would end sooner and stay as they are, {} cannot be \
         computed",
        windows.looked_at, windows.would_move, windows.would_stay, windows.cannot
    ))?;
    output.table(&["CLAIM", "CALENDAR", "FROM", "TO", "BY"], rows(&windows.moves))?;
    more(windows.would_move, windows.moves.len(), output)?;
    for one in &windows.stays {
        let (id, stays, sooner) = (one.claim_id, words::utc(one.stays), words::utc(one.computed));
        output.text(format_args!("  stays: {id}, {stays} (would be {sooner})"))?;
    }
    for one in &windows.problems {
        output.text(format_args!("  cannot: {}, {}", one.claim_id, plain(&one.problem)))?;
    }
    for Needed { claim_id, status, problem } in &preview.needed {
        output.text(format_args!("  needed: {claim_id} ({status}), {}", plain(problem)))?;
    }
    if !preview.can_be_applied() {
        output
            .text("it cannot be put in force: calendars in use would be gone or end too early")?;
    }
    Ok(())
}

fn tell_change(change: &ChangedCalendar, output: Output) -> Result<()> {
    let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".to_owned());
    let (before, after) = (version(&change.version_before), version(&change.version_after));
    output.text(format_args!("  {}: {before} -> {after}", change.calendar))?;
    for entry in &change.entries {
        output.text(format_args!("    {}", plain(&entry.to_string())))?;
    }
    let counts = &change.counts;
    let all = counts.added + counts.removed + counts.changed;
    more(all as u64, change.entries.len(), output)
}

fn more(all: u64, shown: usize, output: Output) -> Result<()> {
    let hidden = all.saturating_sub(shown as u64);
    if hidden > 0 {
        output.text(format_args!("    and {hidden} more"))?;
    }
    Ok(())
}

fn rows(moves: &[Move]) -> Vec<Vec<String>> {
    let row = |one: &Move| {
        let mut by: Vec<String> = one
            .days
            .iter()
            .map(|day| match &day.name {
                Some(name) => format!("{} {name}", day.date),
                None => day.date.to_string(),
            })
            .collect();
        by.extend(one.tzdb_before.iter().map(|tzdb| format!("time zones (was {tzdb})")));
        vec![
            one.claim_id.to_string(),
            one.calendar.to_string(),
            words::utc(one.from),
            words::utc(one.to),
            by.join(", "),
        ]
    };
    moves.iter().map(row).collect()
}
