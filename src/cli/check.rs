//! `cpor check`: do the invariants hold? One line each, and a sample of what is wrong.

use anyhow::{Context as _, Result};
use clap::Args;

use cpor::app::App;
use cpor::check::{InvariantReport, Patience, check};

use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::output::{Output, plain};

/// Check the invariants of the whole deployment; safe while it works.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 every invariant holds; 1 one is violated; 2 it could not be checked.")]
pub struct CheckArgs {}

/// Runs the command.
pub async fn run(_: CheckArgs, globals: &Globals) -> Result<Exit> {
    globals.with_app(async |app| show(app, globals.output()).await).await
}

async fn show(app: &App, output: Output) -> Result<Exit> {
    let patience = Patience::of(&app.settings);
    let documents = app.documents(app.depot()?);
    let reports = check(&app.ledger, &documents, patience).await;
    let reports = reports.context("could not check the invariants")?;
    for report in &reports {
        output.object(report)?;
    }
    if !output.is_json() {
        for report in &reports {
            line(report, output)?;
        }
    }
    Ok(Exit::done_if(reports.iter().all(|report| report.violations == 0)))
}

fn line(report: &InvariantReport, output: Output) -> Result<()> {
    let InvariantReport { id, checked, violations, sample, statement } = report;
    output
        .text(format_args!("{id}  {checked:>9} checked  {violations:>6} violated  {statement}"))?;
    for sentence in sample {
        output.text(format_args!("     {}", plain(sentence)))?;
    }
    Ok(())
}
