//! `cpor queues`: how long the queues are, who works them, and what operators set on them.

use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};
use cpor_jobs::Job;

use cpor::app::App;
use cpor::claim::identity::{Comment, Line};
use cpor::operations::{QueueView, pause, resume, set_concurrency};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;
use crate::cli::{Globals, values, words};

/// Show how every queue stands, and pause, resume or slow down one of them.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per job: job, due, scheduled, running, dead, \
oldest_due_ms (milliseconds; null when nothing is due), paused (at, actor, reason; null when it \
is not), concurrency (null when the settings say), processes (that work it).

Examples:
  cpor queues
  cpor queues pause notify_customer --reason \"the relay is being moved\"
  cpor queues resume notify_customer
  cpor queues concurrency validate_claim 4")]
pub struct QueuesArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Take nothing more of a job, in every process, until it is resumed; what runs finishes.
    ///
    /// It is kept in Redis: neither a restart nor a deploy takes it back.
    Pause {
        /// The job; `submit_claim` is the intake.
        job: Job,
        /// Why; at most 4,000 characters.
        #[arg(long, value_parser = comment)]
        reason: Comment,
        #[command(flatten)]
        by: By,
    },
    /// Let a paused job go on.
    Resume {
        /// The job.
        job: Job,
        #[command(flatten)]
        by: By,
    },
    /// Set how many handlers of a job run at once in each process.
    Concurrency {
        /// The job.
        job: Job,
        /// From 1 to 256, or `default`: what the settings of each process say.
        #[arg(value_name = "N|default", value_parser = number)]
        concurrency: Number,
        #[command(flatten)]
        by: By,
    },
}

/// Who acts.
#[derive(Debug, Args)]
pub struct By {
    /// Who, as the log of operators' actions shows it; at most 64 characters.
    #[arg(long, env = "USER", hide_env_values = true, default_value = "operator")]
    #[arg(value_parser = actor)]
    pub actor: Line,
}

/// How many handlers run at once.
#[derive(Debug, Clone, Copy)]
enum Number {
    Default,
    Of(usize),
}

/// Why somebody acts.
pub fn comment(raw: &str) -> Result<Comment, String> {
    Comment::parse(raw).map_err(|finding| finding.message)
}

fn actor(raw: &str) -> Result<Line, String> {
    values::actor(raw).and_then(|text| values::line(&text))
}

fn number(raw: &str) -> Result<Number, String> {
    if raw == "default" {
        return Ok(Number::Default);
    }
    let number = raw.parse().map(Number::Of);
    number.map_err(|_| "give a number from 1 to 256, or `default`".to_owned())
}

/// Shows the queues, after what is asked has been done.
pub async fn run(args: QueuesArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async move |app| {
            if let Some(action) = args.action {
                act(app, action, output).await?;
            }
            show(app, output).await
        })
        .await
}

async fn act(app: &App, action: Action, output: Output) -> Result<()> {
    let (store, real) = (app.ledger.store(), app.ledger.clock().real());
    match action {
        Action::Pause { job, reason, by } => {
            pause(store, job, &reason, &by.actor, real).await?;
            output.text(format_args!("{job} is paused; what runs finishes\n"))?;
        }
        Action::Resume { job, by } => {
            if !resume(store, job, &by.actor, real).await? {
                return Err(Refused::error(format_args!("{job} is not paused")));
            }
            output.text(format_args!("{job} goes on\n"))?;
        }
        Action::Concurrency { job, concurrency, by } => {
            let concurrency = match concurrency {
                Number::Default => None,
                Number::Of(number) => Some(number),
            };
            let set = set_concurrency(store, job, concurrency, &by.actor, real).await?;
            set.map_err(Refused::error)?;
            output.text(match concurrency {
                Some(n) => format!("{job} runs {n} handlers at once in each process\n"),
                None => format!("{job} runs as many handlers as the settings say\n"),
            })?;
        }
    }
    Ok(())
}

async fn show(app: &App, output: Output) -> Result<Exit> {
    let (store, clock) = (app.ledger.store(), app.ledger.clock());
    let overview = store.overview(clock.now().await?, clock.real()).await?;
    for queue in &overview.queues {
        output.object(queue)?;
    }
    let header = ["JOB", "DUE", "SCHEDULED", "RUNNING", "DEAD", "OLDEST DUE", "AT ONCE", "PAUSED"];
    output.table(&header, overview.queues.iter().map(row).collect())?;
    let namespace = store.keys().namespace();
    output.text(match store.workers(clock.real()).await?.len() {
        0 => format!("no worker is at work in the namespace `{namespace}`"),
        1 => format!("1 worker is at work in the namespace `{namespace}`"),
        n => format!("{n} workers are at work in the namespace `{namespace}`"),
    })?;
    Ok(Exit::Done)
}

fn row(QueueView { queue, setting, .. }: &QueueView) -> Vec<String> {
    let oldest = queue.oldest_due_ms.and_then(|ms| u64::try_from(ms).ok()).map(|ms| {
        // Milliseconds are noise once it is a matter of seconds.
        let shown = if ms < 1_000 { ms } else { ms - ms % 1_000 };
        format!("{} ago", humantime::format_duration(Duration::from_millis(shown)))
    });
    let counts = [queue.due, queue.scheduled, queue.running, queue.dead];
    let mut row = vec![queue.job.to_string()];
    row.extend(counts.iter().map(usize::to_string));
    row.push(oldest.unwrap_or_default());
    row.push(setting.concurrency.map(|n| n.to_string()).unwrap_or_default());
    let paused = setting.paused.as_ref();
    let paused = paused.map(|p| format!("{} by {}: {}", words::utc(p.at), p.actor, p.reason));
    row.push(paused.unwrap_or_default());
    row
}
