//! `cpor calendar history`: what was put in force, by whom and why, and what it did.

use anyhow::Result;
use clap::Args;

use cpor::app::App;
use cpor::editions::{HistoryEntry, HistoryRecord, Sweep};

use crate::cli::exit::Exit;
use crate::cli::output::{Output, plain};
use crate::cli::words;

/// Show which calendars were put in force and which outages recorded, the newest first.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per entry: kind (edition, outage), number, at, \
author, reason; of an edition scope, digest, base, tzdb, changed and changes; of an outage from \
and to; and sweep, what it did to open windows: looked_at, moved, failed, problems, done.")]
pub struct HistoryArgs {
    /// At most so many entries.
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

/// Shows the newest entries.
pub async fn run(app: &App, args: &HistoryArgs, output: Output) -> Result<Exit> {
    let entries = app.editions().history().await?;
    for entry in entries.iter().take(args.limit) {
        output.object(entry)?;
    }
    output.table(
        &["WHAT", "AT", "BY", "OPEN WINDOWS", "WHY"],
        entries.iter().take(args.limit).map(row).collect(),
    )?;
    Ok(Exit::Done)
}

fn row(entry: &HistoryEntry) -> Vec<String> {
    let (what, at, author, reason) = match &entry.record {
        HistoryRecord::Edition(one) => {
            (format!("edition {}", one.number), one.at, &one.author, &one.reason)
        }
        HistoryRecord::Outage(one) => {
            (format!("outage {}", one.number), one.at, &one.author, &one.reason)
        }
    };
    let windows = entry.sweep.as_ref().map_or_else(|| "as announced".to_owned(), swept);
    let reason = plain(reason.as_str());
    vec![what, words::utc(at), author.to_string(), windows, reason]
}

/// What a sweep has done, in a few words.
pub fn swept(sweep: &Sweep) -> String {
    let Sweep { looked_at, moved, failed, done, .. } = sweep;
    let failed = if *failed > 0 { format!(", {failed} failed") } else { String::new() };
    let unfinished = if *done { "" } else { ", not done" };
    format!("{moved} of {looked_at} moved{failed}{unfinished}")
}
