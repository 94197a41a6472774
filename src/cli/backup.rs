//! `cpor backup`: everything a deployment knows in one file, taken while it works.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use cpor::app::App;
use cpor::backup::{Progress, Taken, take};

use crate::cli::Globals;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, say};

/// Back up everything in the namespace, while the system works.
///
/// Each partition of the backup is as it was in one instant; docs/backup.md says what that promises
/// and how to restore it. Secret keys are not in it: keep CPOR_SECRETS__KEYS (or the file
/// secret.keys of the data folder) apart. Personal data is, so keep it as you keep Redis.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cpor backup cpor-2026-11-20.jsonl
  cpor backup - | zstd > cpor-2026-11-20.jsonl.zst

Exit code 1: some claims could not be read before either; they are in the backup as they are.")]
pub struct BackupArgs {
    /// File to write, which must not exist; - for standard output.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What is said about a backup.
#[derive(Debug, Serialize)]
struct Report<'a> {
    file: String,
    lines: u64,
    claims: u64,
    sha256: &'a str,
    unreadable: &'a [cpor::claim::ClaimId],
}

/// Backs up.
pub async fn run(args: BackupArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async |app| backup(app, &args.file, output).await).await
}

async fn backup(app: &App, file: &Path, output: Output) -> Result<Exit> {
    let bar = bar("claims");
    let mut told = |progress| show(&bar, progress);
    let (ledger, secrets) = (&app.ledger, &app.secrets);
    if file == Path::new("-") {
        let out = BufWriter::new(io::stdout());
        let taken = take(ledger, secrets, out, &mut told).await?;
        bar.finish_and_clear();
        say(sentence(file, &taken));
        return Ok(Exit::done_if(taken.unreadable.is_empty()));
    }
    if file.exists() {
        let file = file.display();
        return Err(Refused::error(format_args!("{file} exists; name a file that does not")));
    }
    let part = file.with_added_extension("part");
    let failed = || format!("could not write {}", part.display());
    let mut out = File::options();
    let out = out.write(true).create(true).truncate(true).mode(0o600).open(&part);
    let mut out = BufWriter::new(out.with_context(failed)?);
    let taken = match take(ledger, secrets, &mut out, &mut told).await {
        Ok(taken) => taken,
        Err(error) => {
            let _ = std::fs::remove_file(&part); // The error that is told is the other one.
            return Err(error.into());
        }
    };
    // Under its name it is whole, also after a power loss.
    out.flush().and_then(|()| out.get_ref().sync_all()).with_context(failed)?;
    std::fs::rename(&part, file).with_context(failed)?;
    bar.finish_and_clear();
    output.text(sentence(file, &taken))?;
    output.object(&Report {
        file: file.display().to_string(),
        lines: taken.footer.lines,
        claims: taken.footer.claims,
        sha256: &taken.footer.sha256,
        unreadable: &taken.unreadable,
    })?;
    Ok(Exit::done_if(taken.unreadable.is_empty()))
}

fn sentence(file: &Path, taken: &Taken) -> String {
    let (claims, lines) = (taken.footer.claims, taken.footer.lines);
    let mut text = format!("{}: {claims} claims in {lines} lines", file.display());
    for id in &taken.unreadable {
        text +=
            &format!("\nclaim {id} cannot be read; it is in the backup as it is (`cpor check`)");
    }
    text
}

/// A bar for people who look on.
pub fn bar(of: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = format!("{{bar}} {{pos}} of {{len}} {of}  {{eta}} left");
    match ProgressStyle::with_template(&template) {
        Ok(style) => ProgressBar::new(0).with_style(style),
        Err(_) => ProgressBar::new(0),
    }
}

/// Moves it.
pub fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total.max(progress.done));
    bar.set_position(progress.done);
}
