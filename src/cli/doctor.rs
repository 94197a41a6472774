//! `cpor doctor`: what keeps a deployment from working, or soon will, each with its remedy.
//!
//! It changes nothing but what every command does: a new namespace is created, and a private
//! server is started for as long as it runs.

mod access;
mod coverage;
mod documents;
mod inside;
mod keeping;
mod outside;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use cpor::app::App;
use cpor::settings::{LogSettings, Settings};
use cpor::telemetry;

use crate::cli::Globals;
use crate::cli::exit::{Exit, message};
use crate::cli::output::{Output, plain};
use crate::cli::session::Session;

/// Look for what keeps this deployment from working, or soon will.
///
/// Looks at Redis, what it keeps and where, the namespace, the clock, workers, queues, API keys,
/// webhooks, secrets, the disk, documents and their scanner, the mail server (it says hello and
/// logs in), the tenant directory, and the calendars. Exit code 0 when all is well, 1 when
/// something was found.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per check: check, ok, finding, remedy.")]
pub struct DoctorArgs {}

/// What one check has found.
#[derive(Debug, Serialize)]
struct Diagnosis {
    check: &'static str,
    ok: bool,
    finding: String,
    remedy: Option<String>,
}

impl Diagnosis {
    fn fine(check: &'static str, finding: impl Into<String>) -> Self {
        Self { check, ok: true, finding: finding.into(), remedy: None }
    }

    fn found(check: &'static str, finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, ok: false, finding: finding.into(), remedy: Some(remedy.into()) }
    }
}

/// Looks at everything, whatever the first findings are.
pub async fn run(DoctorArgs {}: DoctorArgs, globals: &Globals) -> Result<Exit> {
    let settings = globals.settings()?;
    // What would be a warning is a finding here.
    let quiet = LogSettings { filter: "error".to_owned(), ..settings.log.clone() };
    telemetry::start(&quiet)?;
    let output = globals.output();
    let mut opened = settings.clone();
    // A server that is not fit for use is a finding, and the rest is looked at all the same.
    opened.redis.allow_unsafe = true;
    match Session::open(opened).await {
        Ok(mut session) => {
            let result = tokio::select! {
                result = look(Some(&session.app), &settings, output) => result,
                name = session.signals.next() => Err(anyhow::anyhow!("stopped by {name}")),
            };
            session.close(result).await
        }
        Err(error) => {
            let remedy = "see what it says, and `cpor settings` for what is set";
            let found = Diagnosis::found("redis", message(&error), remedy);
            tell(&found, output)?;
            look(None, &settings, output).await.map(|_| Exit::Refused)
        }
    }
}

async fn look(app: Option<&App>, settings: &Settings, output: Output) -> Result<Exit> {
    let mut checks = match app {
        Some(app) => {
            let mut checks = inside::checks(app).await?;
            checks.extend(keeping::redis(app).await?);
            checks.extend(access::checks(app).await?);
            checks
        }
        None => Vec::new(),
    };
    checks.extend(keeping::here(settings));
    checks.extend(outside::mail(settings).await);
    checks.extend(outside::directory(settings));
    checks.extend(documents::checks(settings).await);
    match app {
        Some(app) => checks.extend(coverage::checks(app).await?),
        None => checks.push(outside::calendars(settings)),
    }
    for check in &checks {
        tell(check, output)?;
    }
    Ok(Exit::done_if(checks.iter().all(|check| check.ok)))
}

fn tell(check: &Diagnosis, output: Output) -> Result<()> {
    output.object(check)?;
    if output.is_json() {
        return Ok(());
    }
    let mark = if check.ok { "ok    " } else { "FOUND " };
    let finding = check.finding.lines().map(plain).collect::<Vec<_>>().join("; ");
    output.text(format_args!("{mark} {:<11} {finding}", check.check))?;
    if let Some(remedy) = &check.remedy {
        output.text(format_args!("                   remedy: {remedy}"))?;
    }
    Ok(())
}
