//! What a process says about itself: log lines on standard error, and spans of claims' traces to a
//! collector. `docs/tracing.md` is the operator's side of it.
//!
//! | file | holds |
//! |---|---|
//! | `spans.rs` | every span there is, and the names that are used |
//! | `ids.rs` | the ids of traces and spans, which follow from the claim |
//! | `claim_spans.rs` | the spans of a claim as a whole, made from its commits |
//! | `claim_traces.rs` | turns the process's spans into those of claims' traces |
//! | `collector.rs` | the way to the collector, in the background |
//! | `link.rs` | what a caller's own trace is called |
//! | `json_lines.rs` | log lines for programs |
//! | `settings.rs` | what can be set |
//!
//! It decides nothing about what is logged where; metrics are not here.

mod claim_spans;
mod claim_traces;
mod collector;
mod ids;
mod json_lines;
mod link;
mod settings;
pub mod spans;

use std::io::IsTerminal;

use opentelemetry_otlp::ExporterBuildError;
use tracing::{Level, Metadata, Span};
use tracing_subscriber::filter::{FilterExt as _, ParseError, filter_fn};
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::claim::ClaimId;
use crate::settings::{LogFormat, LogSettings};
use claim_traces::ClaimTraces;
use collector::Collector;
use json_lines::JsonLines;

pub(crate) use claim_spans::tell_outcome;
pub use ids::{root_span_id, trace_id};
pub(crate) use link::caller_trace;
pub use settings::TracingSettings;

/// Logging or tracing could not be set up.
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
    /// The way to the collector cannot be set up.
    #[error("could not set up the way to the collector in tracing.otlp_endpoint")]
    Collector(#[from] ExporterBuildError),
    /// The TLS library refuses its own defaults.
    #[error("could not set up TLS for the collector in tracing.otlp_endpoint")]
    Tls(#[from] rustls::Error),
}

/// What has been started, to be stopped before the process ends.
#[derive(Debug)]
#[must_use = "spans that are still here are lost unless it is stopped"]
pub struct Telemetry(Option<Collector>);

impl Telemetry {
    /// Hands over what is still here, for a few seconds at most.
    pub async fn stop(self) {
        if let Some(collector) = self.0 {
            collector.stop().await;
        }
    }
}

/// Starts logging to standard error, for the rest of the process. A second call changes nothing.
///
/// # Errors
///
/// When `log.filter` does not parse.
pub fn start(settings: &LogSettings) -> Result<(), TelemetryError> {
    start_layers(settings, None)
}

/// Starts logging, and tracing where a collector is set; within a runtime.
///
/// # Errors
///
/// When `log.filter` does not parse, or the collector's address cannot be used.
pub fn start_with_traces(
    log: &LogSettings,
    tracing: &TracingSettings,
) -> Result<Telemetry, TelemetryError> {
    if tracing.otlp_endpoint.is_empty() {
        start_layers(log, None)?;
        return Ok(Telemetry(None));
    }
    let (collector, finished) = Collector::start(tracing)?;
    start_layers(log, Some(ClaimTraces::new(finished, tracing.sample_ratio)))?;
    Ok(Telemetry(Some(collector)))
}

fn start_layers(settings: &LogSettings, traces: Option<ClaimTraces>) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|source| TelemetryError::Filter { filter: settings.filter.clone(), source })?
        .and(filter_fn(may_be_logged));
    // Standard error may be a closed pipe, which is nothing to complain about there.
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    let lines = match settings.format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => {
            let lines = lines.with_ansi(false).fmt_fields(JsonFields::new());
            lines.event_format(JsonLines).with_filter(filter).boxed()
        }
    };
    let traces = traces.map(|traces| traces.with_filter(filter_fn(spans::is_of_a_claim)));
    let started = Registry::default().with(lines).with(traces).try_init();
    // Whoever started logging first has its way; tests start many commands in one process.
    drop(started);
    Ok(())
}

/// What the crates below us say in detail may have headers, bodies and addresses in it, so no
/// setting lets it into the log.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || spans::is_ours(metadata)
}

/// The request that is being answered is about this claim.
pub(crate) fn about(claim_id: ClaimId) {
    Span::current().record(spans::CLAIM_ID, tracing::field::display(claim_id));
}
