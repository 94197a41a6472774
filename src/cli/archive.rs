//! `cpor archive`: moving closed claims to the archive, and what is there.

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;

use cpor::app::App;
use cpor::archive::{Archive, Day, Found, Kept, SweepEnd, SweepReport, Verified};

use crate::cli::Globals;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, plain, spinner};

/// Move closed claims to the archive, and look at what is there.
///
/// Workers do so by themselves, once an hour.
#[derive(Debug, Args)]
#[command(after_help = "With --json, run prints dry_run, days, claims, bytes and kept [owed, \
untold, changed, unreadable]; list prints one object per file: object, day and bytes; verify \
prints object, claims, bytes and problems.

Examples:
  cpor archive run --dry-run
  cpor archive verify
  cpor claims --archive --partner 1234567")]
pub struct ArchiveArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Move everything that was closed longer ago than `archive.retention_days`.
    Run {
        /// Change nothing, and say what would be moved.
        #[arg(long)]
        dry_run: bool,
    },
    /// List the files of the archive.
    List,
    /// Read every claim of the archive, and see that its history adds up to it.
    Verify,
}

/// Runs the command.
pub async fn run(args: ArchiveArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async move |app| match args.action {
            Action::Run { dry_run } => sweep(app, dry_run, output).await,
            Action::List => list(&app.archive()?, output).await,
            Action::Verify => verify(&app.archive()?, output).await,
        })
        .await
}

async fn sweep(app: &App, dry_run: bool, output: Output) -> Result<Exit> {
    if app.settings.archive.retention_days == 0 {
        let why = "claims stay in Redis for ever: archive.retention_days is 0";
        return Err(Refused::error(why));
    }
    let (archivist, bar) = (app.archivist()?, spinner());
    let told = |day: Day, report: &SweepReport| {
        bar.set_message(format!("{}: {} claims", day.date(), report.claims));
        bar.tick();
    };
    let end = archivist.sweep(dry_run, &told).await.context("could not move closed claims")?;
    bar.finish_and_clear();
    let SweepEnd::Done(report) = end else {
        return Err(Refused::error("another process is moving closed claims; see it with `list`"));
    };
    output.object(&report)?;
    let SweepReport { days, claims, bytes, kept, .. } = &report;
    let verb = if dry_run { "would leave" } else { "have left" };
    if !output.is_json() {
        output.text(format_args!(
            "{claims} claims, closed on {days} days, {verb} for {} ({bytes} bytes)",
            archivist.archive().place()
        ))?;
        kept_by(kept, output)?;
    }
    Ok(Exit::Done)
}

/// What cannot leave yet, and what to do.
fn kept_by(kept: &Kept, output: Output) -> Result<()> {
    let reasons = [
        (kept.owed, "a mail is still owed, or could not be sent: see `cpor dead list`"),
        (
            kept.untold,
            "webhooks are still to be told: see `cpor dead list` and `cpor webhook list`",
        ),
        (kept.changed, "it changed meanwhile; the next run takes it"),
        (kept.unreadable, "it cannot be read: see `cpor check`"),
    ];
    for (count, why) in reasons.into_iter().filter(|(count, _)| *count > 0) {
        output.text(format_args!("{count} stay: {why}"))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct ObjectView {
    object: String,
    day: String,
    bytes: u64,
}

async fn list(archive: &Archive, output: Output) -> Result<Exit> {
    let mut rows = Vec::new();
    for Found { part, bytes } in archive.parts().await? {
        let (object, day) = (part.to_string(), part.day.date().to_string());
        output.object(&ObjectView { object: object.clone(), day: day.clone(), bytes })?;
        rows.push(vec![day, bytes.to_string(), object]);
    }
    if rows.is_empty() {
        output.text(format_args!("there is nothing in {}", archive.place()))?;
    }
    output.table(&["DAY", "BYTES", "OBJECT"], rows)?;
    Ok(Exit::Done)
}

async fn verify(archive: &Archive, output: Output) -> Result<Exit> {
    let (mut claims, mut wrong, bar) = (0, 0, spinner());
    for found in archive.parts().await? {
        bar.set_message(format!("{}: {claims} claims", found.part));
        bar.tick();
        let verified = archive.verify(found).await?;
        output.object(&verified)?;
        let Verified { claims: lines, problems, object, .. } = &verified;
        claims += lines;
        wrong += problems.len();
        for problem in problems {
            output.text(format_args!("{object}: {}", plain(problem)))?;
        }
    }
    bar.finish_and_clear();
    output.text(format_args!("{claims} claims in {}, {wrong} wrong", archive.place()))?;
    Ok(Exit::done_if(wrong == 0))
}
