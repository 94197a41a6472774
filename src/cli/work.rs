//! `cpor work`: a worker until it is told to stop.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use cpor_jobs::Job;
use tokio_util::sync::CancellationToken;

use cpor::app::App;
use cpor::settings::LogFormat;
use cpor::{telemetry, worker};

use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::session::{Session, Signals, hangups, keep_reloading};

/// Work the queues until SIGTERM or SIGINT (Ctrl-C).
///
/// The first signal stops gracefully: nothing more is taken, and what is running may finish within
/// `agenda.shutdown_timeout_seconds`. A second signal stops at once; what was running is taken up
/// again when its lease ends. SIGHUP reloads the calendars for new windows. Logs go to standard
/// error.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cpor work
  cpor work --only notify_customer,remind_customer,notify_partner")]
pub struct WorkArgs {
    /// Work these jobs only, separated by commas.
    #[arg(long, value_name = "JOB", value_delimiter = ',')]
    only: Vec<Job>,
}

/// Runs a worker.
pub async fn run(args: WorkArgs, globals: &Globals) -> Result<Exit> {
    let settings = globals.settings()?;
    telemetry::start(&settings.log)?;
    let jobs = if args.only.is_empty() { Job::ALL.to_vec() } else { args.only };
    let mut session = Session::open(settings).await?;
    let result = work(&session.app, jobs, &mut session.signals).await;
    session.close(result).await
}

async fn work(app: &App, jobs: Vec<Job>, signals: &mut Signals) -> Result<Exit> {
    let context = app.context(jobs.clone())?;
    let hangup = hangups()?;
    introduce(app, &jobs);
    let stop = CancellationToken::new();
    let mut worker = Box::pin(worker::run(Arc::new(context), stop.clone()));
    tokio::select! {
        ended = &mut worker => ended?,
        () = keep_reloading(app, hangup) => {}
        name = signals.next() => {
            tracing::info!("{name}: taking nothing more; a second signal stops at once");
            stop.cancel();
            tokio::select! {
                ended = &mut worker => ended?,
                name = signals.next() => bail!(
                    "stopped at once by a second {name}; what was running is taken up again when \
                     its lease ends"
                ),
            }
        }
    }
    Ok(Exit::Done)
}

/// Tells people what this worker does; programs that read logs get the log lines only.
fn introduce(app: &App, jobs: &[Job]) {
    if app.settings.log.format == LogFormat::Json {
        return;
    }
    let jobs = match jobs.len() {
        n if n == Job::ALL.len() => "all jobs".to_owned(),
        _ => jobs.iter().map(|job| job.as_str()).collect::<Vec<_>>().join(", "),
    };
    let store = app.ledger.store();
    say(format_args!(
        "working {jobs} in the namespace `{}` ({} clock); stop with Ctrl-C",
        store.keys().namespace(),
        app.ledger.clock().mode().as_str()
    ));
}
