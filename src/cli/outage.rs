//! `cpor outage`: outages of the customer's page, which extend the windows they touched.

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

use cpor::app::App;
use cpor::calendar::Span;
use cpor::editions::{HistoryRecord, OutageRefused};
use cpor::store::editions::Counted;

use crate::cli::calendar::history::swept;
use crate::cli::calendar::reload::{line, words as comment};
use crate::cli::calendar::sweep::watch;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, plain};
use crate::cli::{Globals, values, words};

/// Record outages of the page on which customers answer.
///
/// Every open window that an outage touched is extended by a business day for each of its dates
/// that was touched, and the customer is told. A window that has ended is not opened again.
#[derive(Debug, Args)]
#[command(
    after_help = "With --json: number, from, to, looked_at, moved and failed; `list` prints \
number, at, author, reason, from, to and sweep.

Examples:
  cpor outage record --from 2026-11-23T08:00:00Z --to 2026-11-23T14:30:00Z --reason \"Data center\"
  cpor outage list"
)]
pub struct OutageArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Record an outage that is over, and extend all windows that it touched.
    Record {
        /// Its first instant (RFC 3339, with an offset).
        #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
        from: DateTime<Utc>,
        /// The first instant after it; not later than now.
        #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
        to: DateTime<Utc>,
        /// Why there was one; at most 4,000 characters.
        #[arg(long, value_parser = values::words)]
        reason: String,
        /// Who, as the history shows it; at most 64 characters.
        #[arg(long, env = "USER", hide_env_values = true, default_value = "operator")]
        #[arg(value_parser = values::actor)]
        author: String,
    },
    /// List the outages that were recorded, the newest first.
    List,
}

/// Records or lists.
pub async fn run(args: OutageArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async move |app| match args.action {
            Action::Record { from, to, reason, author } => {
                record(app, Span { from, to }, &reason, &author, output).await
            }
            Action::List => list(app, output).await,
        })
        .await
}

async fn record(app: &App, span: Span, reason: &str, author: &str, output: Output) -> Result<Exit> {
    let recorded = app.editions().record_outage(span, line(author)?, comment(reason)?).await;
    let outage = recorded.map_err(|error| match error {
        OutageRefused::Store(error) => error.into(),
        error => Refused::error(error),
    })?;
    output.text(format_args!("outage {} is recorded", outage.number))?;
    let sweep = watch(app, &Counted::Outages.sweep_id(outage.number), output).await?;
    output.object(&json!({
        "number": outage.number,
        "from": outage.from,
        "to": outage.to,
        "looked_at": sweep.looked_at,
        "moved": sweep.moved,
        "failed": sweep.failed,
    }))?;
    Ok(Exit::Done)
}

async fn list(app: &App, output: Output) -> Result<Exit> {
    let mut rows = Vec::new();
    for entry in app.editions().history().await? {
        let HistoryRecord::Outage(outage) = &entry.record else { continue };
        output.object(&entry)?;
        rows.push(vec![
            outage.number.to_string(),
            words::utc(outage.from),
            words::utc(outage.to),
            outage.author.to_string(),
            entry.sweep.as_ref().map(swept).unwrap_or_default(),
            plain(outage.reason.as_str()),
        ]);
    }
    output.table(&["OUTAGE", "FROM", "TO", "BY", "OPEN WINDOWS", "WHY"], rows)?;
    Ok(Exit::Done)
}
