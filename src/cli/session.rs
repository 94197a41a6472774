//! A command at work: settings read, logging on, the App open. Whatever happens, signals included,
//! the App is closed, so that a private server that this process started is stopped.

use std::io;

use anyhow::{Context as _, Result, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};

use cpor::app::App;
use cpor::settings::{LogSettings, Settings};
use cpor::telemetry;

use crate::cli::Globals;
use crate::cli::exit::Exit;

/// An open App and the signals sent to this process.
pub struct Session {
    /// What the command works with.
    pub app: App,
    /// SIGINT and SIGTERM.
    pub signals: Signals,
}

impl Session {
    /// Opens the App with the settings in force.
    pub async fn open(settings: Settings) -> Result<Self> {
        let mut signals = Signals::listen().context("could not listen to signals")?;
        tokio::select! {
            opened = App::open(settings) => Ok(Self { app: opened?, signals }),
            name = signals.next() => bail!("stopped by {name}"),
        }
    }

    /// Closes the App and passes on how the command went.
    pub async fn close(self, result: Result<Exit>) -> Result<Exit> {
        let closed = self.app.close().await;
        let exit = result?;
        closed?;
        Ok(exit)
    }
}

impl Globals {
    /// Runs a command on an open App, until it has ended or a signal stops it.
    pub async fn with_app(&self, command: impl AsyncFnOnce(&App) -> Result<Exit>) -> Result<Exit> {
        let settings = self.settings()?;
        let log = self.log_settings(&settings.log);
        let telemetry = telemetry::start_with_traces(&log, &settings.tracing)?;
        let mut session = Session::open(settings).await?;
        let clock = session.app.ledger.clock().clone();
        let result = tokio::select! {
            result = command(&session.app) => result,
            name = session.signals.next() => Err(anyhow::anyhow!("stopped by {name}")),
            () = clock.keep() => Err(anyhow::anyhow!("the clock stopped")),
        };
        let exit = session.close(result).await;
        telemetry.stop().await;
        exit
    }

    /// Logging of commands that are not workers: warnings, unless more is asked for.
    pub fn log(&self, settings: &LogSettings) -> Result<()> {
        Ok(telemetry::start(&self.log_settings(settings))?)
    }

    fn log_settings(&self, settings: &LogSettings) -> LogSettings {
        let mut settings = settings.clone();
        if !self.verbose {
            "warn".clone_into(&mut settings.filter);
        }
        settings
    }
}

/// SIGHUP, caught from here on.
pub fn hangups() -> Result<Signal> {
    signal(SignalKind::hangup()).context("could not listen to SIGHUP")
}

/// Reloads the calendars at every SIGHUP, and says at the start how the files differ from what is
/// in force; for as long as it is polled.
pub async fn keep_reloading(app: &App, mut hangup: Signal) {
    if let Some(difference) = &app.calendars_differ {
        tracing::warn!("{difference}");
    }
    loop {
        hangup.recv().await;
        tracing::info!("SIGHUP: reloading the calendars");
        app.editions().reload_on_signal().await;
    }
}

/// SIGINT and SIGTERM, caught from here on.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    /// The name of the next signal, once it comes.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}
