//! `cpor usage`: bringing usage figures in from a file.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;

use cpor::app::App;
use cpor::claim::Finding;
use cpor::usage::{Batch, Month, Usage};

use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::lines::Lines;
use crate::cli::output::{Output, plain, say};

/// Longest line, in bytes; six short cells have far less.
const LINE_BYTES_MAX: usize = 4_096;

/// Usage figures: monthly active users, paid and assigned units.
#[derive(Debug, Args)]
pub struct UsageArgs {
    #[command(subcommand)]
    command: UsageCommand,
}

#[derive(Debug, Subcommand)]
enum UsageCommand {
    Import(ImportArgs),
}

/// Bring figures in from a CSV file.
///
/// The first line names the columns, in any order: tenant_id, item (workload:teams or
/// subscription:ID), month (2026-11), monthly_active_users, paid_units, assigned_units. All lines
/// are taken, or none: every line that is wrong is named with its number, and the exit code is 1.
/// Figures replace those of the same tenant, item and month, so importing a file again does no
/// harm.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per thing that is wrong (field, code, message), \
and at last one with figures, tenants, from, to, dry_run.

Examples:
  cpor usage import usage-2026-11.csv --dry-run
  cpor usage import usage-2026-11.csv")]
struct ImportArgs {
    /// The CSV file, UTF-8, cells separated by commas or semicolons; - for standard input.
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// Say what would be taken, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Taken {
    figures: usize,
    tenants: usize,
    from: Option<Month>,
    to: Option<Month>,
    dry_run: bool,
}

/// Brings figures in.
pub async fn run(args: UsageArgs, globals: &Globals) -> Result<Exit> {
    let UsageCommand::Import(args) = args.command;
    let (lines, _) = Lines::open(&args.file, LINE_BYTES_MAX)?;
    let output = globals.output();
    globals.with_app(async move |app| import(app, lines, args.dry_run, output).await).await
}

async fn import(app: &App, lines: Lines, dry_run: bool, output: Output) -> Result<Exit> {
    let now = app.ledger.clock().now().await?;
    let kept = app.settings.usage;
    let mut batch = Batch::new(&app.ledger.rules().catalog, kept, now);
    read(lines, &mut batch).context("could not read the file")?;
    let all = match batch.finish() {
        Ok(all) => all,
        Err(findings) => return refused(&findings, output),
    };
    if !dry_run {
        app.ledger.store().write_usage(&all, &kept, Month::of(now)).await?;
    }
    told(&all, dry_run, output)
}

fn read(mut lines: Lines, batch: &mut Batch<'_>) -> std::io::Result<()> {
    while let Some(line) = lines.next()? {
        match line.text {
            Ok(text) => batch.csv_line(line.number, &text),
            Err(bytes) => {
                let message = format!("The line has {bytes} bytes; at most {LINE_BYTES_MAX} fit.");
                batch.wrong(line.number, Finding::new(Finding::WHOLE, "too_long", message));
            }
        }
        if batch.is_full() {
            break;
        }
    }
    Ok(())
}

fn refused(findings: &[Finding], output: Output) -> Result<Exit> {
    for finding in findings {
        output.object(finding)?;
        say(plain(&finding.to_string()));
    }
    say("nothing was taken; put these right, and import the file again");
    Ok(Exit::Refused)
}

fn told(all: &[Usage], dry_run: bool, output: Output) -> Result<Exit> {
    let tenants = all.chunk_by(|one, other| one.tenant_id == other.tenant_id).count();
    let months = || all.iter().map(|usage| usage.month);
    let taken =
        Taken { figures: all.len(), tenants, from: months().min(), to: months().max(), dry_run };
    output.object(&taken)?;
    let span = taken.from.zip(taken.to).map(|(from, to)| format!(", {from} to {to}"));
    let done = if dry_run { "would be taken" } else { "taken" };
    let (figures, span) = (taken.figures, span.unwrap_or_default());
    say(format_args!("{figures} figures of {tenants} tenants {done}{span}"));
    Ok(Exit::Done)
}
