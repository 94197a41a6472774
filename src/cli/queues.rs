//! `cpor queues`: how long the queues are, and who works them.

use std::time::Duration;

use anyhow::Result;
use clap::Args;

use cpor::app::App;
use cpor::store::report::Queue;

use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::output::Output;

/// Show how every queue stands, and how many workers are at work.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per job: job, due, scheduled, running, dead, \
oldest_due_ms (milliseconds; null when nothing is due).")]
pub struct QueuesArgs {}

/// Shows the queues.
pub async fn run(QueuesArgs {}: QueuesArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| show(app, output).await).await
}

async fn show(app: &App, output: Output) -> Result<Exit> {
    let (store, clock) = (app.ledger.store(), app.ledger.clock());
    let queues = store.queues(clock.now().await?).await?;
    for queue in &queues {
        output.object(queue)?;
    }
    let header = ["JOB", "DUE", "SCHEDULED", "RUNNING", "DEAD", "OLDEST DUE"];
    output.table(&header, queues.iter().map(row).collect())?;
    let namespace = store.keys().namespace();
    output.text(match store.workers(clock.real()).await?.len() {
        0 => format!("no worker is at work in the namespace `{namespace}`"),
        1 => format!("1 worker is at work in the namespace `{namespace}`"),
        n => format!("{n} workers are at work in the namespace `{namespace}`"),
    })?;
    Ok(Exit::Done)
}

fn row(queue: &Queue) -> Vec<String> {
    let oldest = queue.oldest_due_ms.and_then(|ms| u64::try_from(ms).ok()).map(|ms| {
        // Milliseconds are noise once it is a matter of seconds.
        let shown = if ms < 1_000 { ms } else { ms - ms % 1_000 };
        format!("{} ago", humantime::format_duration(Duration::from_millis(shown)))
    });
    let counts = [queue.due, queue.scheduled, queue.running, queue.dead];
    let mut row = vec![queue.job.to_string()];
    row.extend(counts.iter().map(usize::to_string));
    row.push(oldest.unwrap_or_default());
    row
}
