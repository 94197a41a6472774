//! What a process says about itself: log lines on standard error.
//!
//! It decides nothing about what is logged where; metrics are not here.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::settings::{LogFormat, LogSettings};

/// Logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter does not parse.
    #[error("the setting log.filter cannot be used: `{filter}`")]
    Filter {
        /// What was set.
        filter: String,
        /// What is wrong with it.
        #[source]
        source: ParseError,
    },
}

/// Starts logging to standard error, for the rest of the process. A second call changes nothing.
///
/// # Errors
///
/// When `log.filter` does not parse.
pub fn start(settings: &LogSettings) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|source| TelemetryError::Filter { filter: settings.filter.clone(), source })?;
    // Standard error may be a closed pipe, which is nothing to complain about there.
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    let started = match settings.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    // Whoever started logging first has its way; tests start many commands in one process.
    drop(started);
    Ok(())
}
