//! `cpor dead`: what is left to a person: look, try again, or forget.

use std::collections::HashSet;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use cpor_jobs::Job;
use serde::Serialize;

use cpor::app::App;
use cpor::claim::ClaimId;
use cpor::claim::identity::Comment;
use cpor::operations::{drop_dead, retry_dead};
use cpor::store::dead::DeadEntry;

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;
use crate::cli::queues::{By, comment};
use crate::cli::{Globals, words};

/// Look at dead letters: entries out of attempts or beyond help, kept with the reason.
#[derive(Debug, Args)]
#[command(after_help = "With --json, `list` prints one object per dead letter: job, entry, \
claim_id, attempts, error, at and, for a submission, raw; `retry` and `drop` print job, entry, \
claim_id and outcome (retried, dropped, gone).

Examples:
  cpor dead list
  cpor dead retry notify_customer ENTRY
  cpor dead retry --all --job validate_claim
  cpor dead drop submit_claim 17 --yes")]
pub struct DeadArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List dead letters, by job, oldest first.
    List {
        /// Of this job only.
        #[arg(long)]
        job: Option<Job>,
    },
    /// Make dead letters due at once, with fresh attempts.
    Retry {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        why: Why,
    },
    /// Forget dead letters for good; their claims stay as they are.
    Drop {
        #[command(flatten)]
        which: Which,
        /// Yes, forget them.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Debug, Args)]
struct Which {
    /// The job of one dead letter.
    #[arg(value_name = "JOB", required_unless_present = "all", requires = "entry")]
    of_job: Option<Job>,
    /// Its entry, as `cpor dead list` prints it.
    #[arg(value_name = "ENTRY")]
    entry: Option<String>,
    /// All dead letters.
    #[arg(long, conflicts_with = "of_job")]
    all: bool,
    /// With --all: of this job only.
    #[arg(long = "job", value_name = "JOB", requires = "all")]
    all_of_job: Option<Job>,
}

/// Who acts and why, for the log of operators' actions.
#[derive(Debug, Args)]
struct Why {
    #[command(flatten)]
    by: By,
    /// Why; at most 4,000 characters.
    #[arg(long, value_parser = comment)]
    reason: Option<Comment>,
}

impl Which {
    fn means(&self, entry: &DeadEntry) -> bool {
        if self.all {
            return self.all_of_job.is_none_or(|job| job == entry.job);
        }
        self.of_job == Some(entry.job) && self.entry.as_ref() == Some(&entry.entry)
    }
}

#[derive(Serialize)]
struct DeadView<'a> {
    job: Job,
    entry: &'a str,
    claim_id: Option<ClaimId>,
    attempts: u32,
    error: &'a str,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
}

#[derive(Serialize)]
struct Moved<'a> {
    job: Job,
    entry: &'a str,
    claim_id: Option<ClaimId>,
    outcome: &'static str,
}

/// Lists, retries or drops dead letters.
pub async fn run(args: DeadArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async move |app| match args.action {
            Action::List { job } => list(app, job, output).await,
            Action::Retry { which, why } => act(app, &which, &why, Act::Retry, output).await,
            Action::Drop { which, yes, why } => {
                if !yes {
                    return ask(app, &which).await;
                }
                act(app, &which, &why, Act::Drop, output).await
            }
        })
        .await
}

async fn list(app: &App, job: Option<Job>, output: Output) -> Result<Exit> {
    let mut entries = app.ledger.store().dead_letters().await?;
    entries.retain(|entry| job.is_none_or(|job| job == entry.job));
    let mut rows = Vec::new();
    for dead in &entries {
        let (entry, error) = (dead.entry.as_str(), dead.letter.error.as_str());
        let (attempts, at) = (dead.letter.attempts, dead.letter.at);
        let (claim_id, raw) = (dead.claim_id(), dead.raw.as_deref());
        output.object(&DeadView { job: dead.job, entry, claim_id, attempts, error, at, raw })?;
        let (job, attempts) = (dead.job.to_string(), attempts.to_string());
        rows.push(vec![job, entry.to_owned(), attempts, words::utc(at), error.to_owned()]);
    }
    if rows.is_empty() {
        output.text("there are no dead letters")?;
    }
    output.table(&["JOB", "ENTRY", "ATTEMPTS", "SINCE", "ERROR"], rows)?;
    Ok(Exit::Done)
}

/// Without a yes nothing is forgotten.
async fn ask(app: &App, which: &Which) -> Result<Exit> {
    let mut entries = app.ledger.store().dead_letters().await?;
    entries.retain(|entry| which.means(entry));
    let n = entries.len();
    if n == 0 {
        return Err(Refused::error("there is no such dead letter; `cpor dead list` shows them"));
    }
    Err(Refused::error(format_args!("{n} dead letters would be forgotten for good; add --yes")))
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Retry,
    Drop,
}

/// Goes on until there is nothing new, because lists are bounded; an entry that dies again is not
/// taken up a second time.
async fn act(app: &App, which: &Which, why: &Why, act: Act, output: Output) -> Result<Exit> {
    let (actor, reason) = (&why.by.actor, why.reason.as_ref());
    let (ledger, store) = (&app.ledger, app.ledger.store());
    let mut seen = HashSet::new();
    loop {
        let mut entries = store.dead_letters().await?;
        entries.retain(|dead| which.means(dead) && seen.insert((dead.job, dead.entry.clone())));
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            let done = match act {
                Act::Retry => retry_dead(ledger, entry, reason, actor).await?,
                Act::Drop => drop_dead(ledger, entry, reason, actor).await?,
            };
            tell(entry, act, done, output)?;
        }
    }
    if seen.is_empty() && !which.all {
        return Err(Refused::error("there is no such dead letter; `cpor dead list` shows them"));
    }
    Ok(Exit::Done)
}

fn tell(entry: &DeadEntry, act: Act, done: bool, output: Output) -> Result<()> {
    let outcome = match (done, act) {
        (true, Act::Retry) => "retried",
        (true, Act::Drop) => "dropped",
        (false, _) => "gone",
    };
    let (job, claim_id, name) = (entry.job, entry.claim_id(), entry.entry.as_str());
    output.object(&Moved { job, entry: name, claim_id, outcome })?;
    if !output.is_json() {
        output.text(format_args!("{outcome}: {job} {name}"))?;
    }
    Ok(())
}
