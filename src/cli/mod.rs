//! The command line: one file per command, and what all of them share.
//!
//! | file | holds |
//! |---|---|
//! | `session.rs` | settings, logging, the App, signals; whatever happens, the App is closed |
//! | `output.rs` | where objects for programs and text for people go; tables |
//! | `exit.rs` | exit codes and error messages |
//! | `lines.rs` | reading lines of any length in bounded memory |
//! | `values.rs` | what arguments have to look like |
//! | `words.rs` | claims in words |
//! | `notifications.rs` | who of a partner's people is told by mail |
//! | `notify.rs` | what systemd is told |
//!
//! No rule about claims is here; commands ask the ledger and print what it answers.

mod archive;
mod backup;
mod bench;
mod calendar;
mod check;
mod claim;
mod claims;
mod clock;
mod dead;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod drafts;
mod erase;
mod evidence;
mod exit;
mod health;
mod import;
mod key;
mod lines;
mod notifications;
mod notify;
mod outage;
mod output;
mod queues;
mod restore;
mod review;
mod secret;
mod serve;
mod session;
mod settings;
mod source;
mod submit;
mod usage;
mod values;
mod watched;
mod webhook;
mod window;
mod words;
mod work;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};

use cpor::settings::Settings;
use exit::Exit;
use output::Output;

/// A durable claim worker: partner-of-record claims with a rejection window.
#[derive(Debug, Parser)]
#[command(name = "cpor", version, arg_required_else_help = true, max_term_width = 100)]
#[command(propagate_version = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done; 1 refused, or something was found; 2 wrong usage, or the command could not run.

Settings come from config/default.toml (built in), the profile, the file of --config and the
environment (CPOR_<SECTION>__<KEY>); `cpor settings` shows what is in force.

Examples:
  cpor submit claims.jsonl         submit one claim per line
  cpor serve                       the HTTP API, the pages and the workers
  cpor work                        workers only, until SIGTERM or Ctrl-C
  cpor claims --status notified    what waits for customers
  cpor claim show ID               one claim, and why its window ends when it does";

/// Heading of the options that every command has.
const GLOBAL: &str = "Options of every command";

/// Options of every command.
#[derive(Debug, Args)]
pub struct Globals {
    /// File with settings, on top of the defaults and the profile (TOML).
    #[arg(long, global = true, help_heading = GLOBAL, env = "CPOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Profile of settings: development, production, or a file config/<PROFILE>.toml.
    #[arg(long, global = true, help_heading = GLOBAL, env = "CPOR_PROFILE")]
    #[arg(default_value = "development")]
    profile: String,
    /// Print JSON Lines on standard output; what is for people goes to standard error.
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
    /// Log what `log.filter` says, not only warnings (`work` always does).
    #[arg(long, short, global = true, help_heading = GLOBAL)]
    verbose: bool,
}

impl Globals {
    fn settings(&self) -> Result<Settings> {
        Settings::load(&self.profile, self.config.as_deref()).context("could not read the settings")
    }

    const fn output(&self) -> Output {
        Output::new(self.json)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    Work(work::WorkArgs),
    Submit(submit::SubmitArgs),
    Claim(claim::ClaimArgs),
    Claims(claims::ClaimsArgs),
    Review(review::ReviewArgs),
    Archive(archive::ArchiveArgs),
    Erase(erase::EraseArgs),
    Check(check::CheckArgs),
    Calendar(calendar::CalendarArgs),
    Outage(outage::OutageArgs),
    Window(window::WindowArgs),
    Queues(queues::QueuesArgs),
    Dead(dead::DeadArgs),
    Webhook(webhook::WebhookArgs),
    Notifications(notifications::NotificationsArgs),
    Clock(clock::ClockArgs),
    #[cfg(feature = "demo")]
    Demo(demo::DemoArgs),
    Doctor(doctor::DoctorArgs),
    Drafts(drafts::DraftsArgs),
    Health(health::HealthArgs),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    Evidence(evidence::EvidenceArgs),
    Key(key::KeyArgs),
    Secret(secret::SecretArgs),
    Settings(settings::SettingsArgs),
    Source(source::SourceArgs),
    Usage(usage::UsageArgs),
    Import(import::ImportArgs),
    Bench(bench::BenchArgs),
}

async fn run(cli: Cli) -> Result<Exit> {
    let globals = &cli.globals;
    match cli.command {
        Command::Serve(args) => serve::run(args, globals).await,
        Command::Work(args) => work::run(args, globals).await,
        Command::Submit(args) => submit::run(args, globals).await,
        Command::Claim(args) => claim::run(args, globals).await,
        Command::Claims(args) => claims::run(args, globals).await,
        Command::Review(args) => review::run(args, globals).await,
        Command::Archive(args) => archive::run(args, globals).await,
        Command::Erase(args) => erase::run(args, globals).await,
        Command::Check(args) => check::run(args, globals).await,
        Command::Calendar(args) => calendar::run(args, globals).await,
        Command::Outage(args) => outage::run(args, globals).await,
        Command::Window(args) => window::run(args, globals),
        Command::Queues(args) => queues::run(args, globals).await,
        Command::Dead(args) => dead::run(args, globals).await,
        Command::Webhook(args) => webhook::run(args, globals).await,
        Command::Notifications(args) => notifications::run(args, globals).await,
        Command::Clock(args) => clock::run(args, globals).await,
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args, globals).await,
        Command::Health(args) => health::run(args, globals).await,
        Command::Backup(args) => backup::run(args, globals).await,
        Command::Restore(args) => restore::run(args, globals).await,
        Command::Doctor(args) => doctor::run(args, globals).await,
        Command::Drafts(args) => drafts::run(args, globals).await,
        Command::Evidence(args) => evidence::run(args, globals).await,
        Command::Key(args) => key::run(args, globals).await,
        Command::Secret(args) => Ok(secret::run(args)),
        Command::Settings(args) => settings::run(args, globals),
        Command::Source(args) => source::run(args, globals),
        Command::Import(args) => import::run(args, globals).await,
        Command::Usage(args) => usage::run(args, globals).await,
        Command::Bench(args) => bench::run(args, globals).await,
    }
}

/// Parses the command line, runs the command and says how it went.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime.context("could not start").and_then(|runtime| {
        let result = runtime.block_on(run(cli));
        // A thread that waits for standard input must not keep the process.
        runtime.shutdown_background();
        result
    });
    exit::code(result)
}
