//! `cpor serve`: HTTP and workers in one process, until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use cpor_jobs::Job;
use futures_util::FutureExt as _;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use cpor::access::DevelopmentUser;
use cpor::app::App;
use cpor::editions::Keeper;
use cpor::http::server::Server;
use cpor::http::{router, sandbox_host_router};
use cpor::operations::{Presence, ProcessKind};
use cpor::sandbox::Sandboxes;
use cpor::settings::LogFormat;
use cpor::store::wake::{Wake, listen};
use cpor::telemetry;
use cpor::worker::{self, Context, keep_present};

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::session::{Session, Signals, hangups, keep_reloading};
use crate::cli::watched::Watched;
use crate::cli::{Globals, notify};

/// Serve the HTTP API and the customer's pages, and work the queues, in one process.
///
/// Without any configuration everything is on this machine: a private Redis, mails as files, pages
/// on http://127.0.0.1:8080. SIGTERM or Ctrl-C stops gracefully: no new connection and no new job,
/// and what is running may finish within `agenda.shutdown_timeout_seconds`. A second signal stops
/// at once. SIGHUP reloads the calendars for new windows.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cpor serve
  cpor serve --no-workers                       another process runs `cpor work`
  cpor serve --only notify_customer,notify_partner
  cpor serve --sandbox                          namespaces for tests, each for an hour")]
pub struct ServeArgs {
    /// Only serve HTTP; work no queue.
    #[arg(long, conflicts_with = "only")]
    no_workers: bool,
    /// Work these jobs only, separated by commas.
    #[arg(long, value_name = "JOB", value_delimiter = ',')]
    only: Vec<Job>,
    /// Serve sandboxes: POST /v1/sandboxes makes a namespace of its own with a virtual clock, which
    /// is removed after an hour. The deployment's own claims are not served.
    #[arg(long, conflicts_with_all = ["no_workers", "only"])]
    sandbox: bool,
}

/// Serves.
pub async fn run(args: ServeArgs, globals: &Globals) -> Result<Exit> {
    let settings = globals.settings()?;
    let telemetry = telemetry::start_with_traces(&settings.log, &settings.tracing)?;
    let jobs = match (args.no_workers, args.only.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => Job::ALL.to_vec(),
        (false, false) => args.only,
    };
    let mut session = Session::open(settings).await?;
    let what = if args.sandbox { What::Sandboxes } else { What::Deployment(jobs) };
    let result = serve(&mut session.app, what, &mut session.signals).await;
    let exit = session.close(result).await;
    telemetry.stop().await;
    exit
}

/// What is served.
enum What {
    /// The deployment, with workers for these jobs.
    Deployment(Vec<Job>),
    /// Sandboxes beside it.
    Sandboxes,
}

async fn serve(app: &mut App, what: What, signals: &mut Signals) -> Result<Exit> {
    app.settings.check_public_url()?;
    let stop = CancellationToken::new();
    let stop_timeout = Duration::from_secs(app.settings.agenda.shutdown_timeout_seconds.into());
    let listen = app.settings.http.listen;
    let server = Server::listen(&app.settings.http, stop_timeout).await;
    let server = server.with_context(|| {
        format!("could not listen on {listen}; set http.listen to an address that is free")
    })?;
    let address = server.address().context("could not read the address listened on")?;
    // Links lead here also when any port would do.
    app.settings.http.listen = address;
    let address = format!("http://{address}");
    app.make_development_keys().await?;
    let ready = app.development_user()?;
    if app.refuses_development_user() {
        tracing::warn!(
            "access.development_user is set and others reach this server: nobody signs in so"
        );
    }
    let hangup = hangups()?;
    let watched = Watched::listen(app).await?;
    let app: &App = app;
    let work = match what {
        What::Deployment(jobs) => {
            introduce(app, &address, &jobs, ready.as_ref());
            both(app, server, jobs, stop.clone()).left_future()
        }
        What::Sandboxes => {
            let sandboxes = Sandboxes::new(app)?;
            sandboxes.remove_left_behind().await?;
            introduce_sandboxes(app, &address);
            serve_sandboxes(app, server, sandboxes, stop.clone()).right_future()
        }
    };
    let mut work = Box::pin(watched.during(work));
    notify::ready();
    tokio::select! {
        ended = &mut work => ended?,
        () = notify::alive() => {}
        () = keep_reloading(app, hangup) => {}
        name = signals.next() => {
            tracing::info!("{name}: taking nothing more; a second signal stops at once");
            notify::stopping();
            stop.cancel();
            tokio::select! {
                ended = &mut work => ended?,
                name = signals.next() => bail!(
                    "stopped at once by a second {name}; jobs that were running are taken up again \
                     when their leases end"
                ),
            }
        }
    }
    Ok(Exit::Done)
}

/// The server first stops taking requests, then the worker stops: what a request has caused can
/// still be worked.
async fn both(app: &App, server: Server, jobs: Vec<Job>, stop: CancellationToken) -> Result<()> {
    let http = server.run(router(app, stop.clone())?, stop.clone());
    if jobs.is_empty() {
        let name = format!("serve-{}-{:08x}", std::process::id(), rand::random::<u32>());
        let differ = app.calendars_differ.clone();
        let kind = ProcessKind::Serve;
        let presence = Presence::new(&app.ledger, name.clone(), kind, differ, None);
        tokio::select! {
            () = http => {}
            () = app.ledger.clock().keep() => {}
            () = keep_calendars(app, name) => {}
            present = keep_present(&presence) => present?,
        }
        return Ok(presence.goodbye().await?);
    }
    let context = Arc::new(Context { kind: ProcessKind::Serve, ..app.context(jobs)? });
    let (worked, ()) = tokio::join!(Box::pin(worker::run(context, stop)), http);
    Ok(worked?)
}

/// The server first stops taking requests, then the sandboxes are removed.
async fn serve_sandboxes(
    app: &App,
    server: Server,
    sandboxes: Sandboxes,
    stop: CancellationToken,
) -> Result<()> {
    let router = sandbox_host_router(app, sandboxes.clone(), stop.clone())?;
    tokio::select! {
        _ = async { tokio::join!(server.run(router, stop.clone()), sandboxes.keep(&stop)) } => {}
        () = app.ledger.clock().keep() => {}
    }
    Ok(())
}

fn introduce_sandboxes(app: &App, address: &str) {
    tracing::info!(http.address = address, "serving sandboxes on {address}");
    if app.settings.log.format == LogFormat::Json {
        return;
    }
    let minutes = app.settings.sandbox.lifetime_minutes;
    say(format_args!("serving sandboxes on {address}; stop with Ctrl-C"));
    say(format_args!("  make    POST {address}/v1/sandboxes, with {{}} or what it is to be like"));
    say(format_args!("  life    {minutes} minutes, or until DELETE {address}/v1/sandboxes/ID"));
    say(format_args!("  redis   {}", redis(app)));
}

/// A process that works no queue follows the calendars in force all the same.
async fn keep_calendars(app: &App, process: String) {
    let changed = Arc::new(Notify::new());
    let keeper = Keeper::new(app.editions(), process, Arc::clone(&changed));
    let store = app.ledger.store();
    let on_wake = move |wake| {
        if matches!(wake, Wake::Calendars | Wake::Everything) {
            changed.notify_one();
        }
    };
    let heard = listen(store.url().to_owned(), store.keys().clone(), on_wake);
    tokio::join!(keeper.run(), heard);
}

/// Tells people where it is; programs that read logs get the log lines only.
fn introduce(app: &App, address: &str, jobs: &[Job], ready: Option<&DevelopmentUser>) {
    tracing::info!(http.address = address, "serving on {address}");
    if app.settings.log.format == LogFormat::Json {
        return;
    }
    let jobs = match jobs.len() {
        0 => "no queue".to_owned(),
        n if n == Job::ALL.len() => "all queues".to_owned(),
        _ => jobs.iter().map(|job| job.as_str()).collect::<Vec<_>>().join(", "),
    };
    say(format_args!("serving {address}, working {jobs}; stop with Ctrl-C"));
    say(format_args!("  API     {address}/v1/openapi.json"));
    if app.ledger.clock().traveller().is_some() && app.settings.http.listen.ip().is_loopback() {
        say(format_args!("  clock   {address}/clock"));
    }
    say(format_args!("  mails   {}", mails(app)));
    say(format_args!("  redis   {}", redis(app)));
    say(format_args!("  pages   {address}/ops"));
    match ready {
        Some(user) => {
            let partner = user.caller.authority.scope().unwrap_or_default();
            let who = format!("{} of partner {partner} signs in by a button", user.name);
            say(format_args!("  pages   {address}/partner ({who}; for development only)"));
        }
        None => say(format_args!("  pages   {address}/partner")),
    }
    for ready in &app.development_keys {
        let (role, scope) = (ready.authority.role(), ready.authority.scope());
        let whose = scope.map(|scope| format!(" {scope}")).unwrap_or_default();
        say(format_args!("  key     {} ({role}{whose}; for development only)", ready.key.reveal()));
    }
}

fn mails(app: &App) -> String {
    match app.settings.mail.transport {
        cpor::mail::Transport::Smtp => {
            format!("{}:{}", app.settings.mail.smtp.host, app.settings.mail.smtp.port)
        }
        cpor::mail::Transport::Directory => app.settings.mail_directory().display().to_string(),
        cpor::mail::Transport::Discard => "are thrown away".to_owned(),
    }
}

fn redis(app: &App) -> String {
    let namespace = app.ledger.store().keys().namespace();
    let place = if app.settings.redis.url.is_empty() {
        format!("a private server in {}", app.settings.data.directory.display())
    } else {
        cpor::store::redacted(&app.settings.redis.url)
    };
    let clock = app.ledger.clock().mode().as_str();
    format!("{place}, namespace `{namespace}`, {clock} clock")
}
