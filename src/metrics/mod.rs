//! The figures that Prometheus reads, and the table that describes them.
//!
//! Two kinds: what this process counts where it happens ([`Metrics`], which the store carries to
//! whoever has something to count), and what the whole deployment has in Redis ([`Deployment`]).
//!
//! Labels name queues, statuses, calendars, releases, templates of routes and codes: never a
//! person, a partner, a tenant or a claim, and nothing of which there can be arbitrarily many.

mod counted;
mod deployment;
mod format;
mod table;
mod words;
mod written;

use std::fmt;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use crate::calendar::tzdb_version;
pub use counted::Metrics;
pub use deployment::Deployment;
pub use format::{Format, OPENMETRICS, TEXT};
pub use table::{FIGURES, Figure, describe};
use table::{own, shared};
pub use words::{Committing, Ending, Operation, Reached, Seeing, Stage, Submitting, Way};

/// Names with words that are not known beforehand.
type Labels = Vec<(&'static str, String)>;
type Gauges = Family<Labels, Gauge>;

impl Metrics {
    /// All figures as text; `deployment` is nothing when Redis does not answer.
    ///
    /// # Errors
    ///
    /// Never in practice: writing to a text does not fail.
    pub fn render(
        &self,
        ready: bool,
        deployment: Option<&Deployment>,
        format: Format,
    ) -> Result<String, fmt::Error> {
        let mut registry = Registry::default();
        let version = |version: &str| Info::new(vec![("version", version.to_owned())]);
        register(&mut registry, own::BUILD, version(env!("CARGO_PKG_VERSION")));
        register(&mut registry, own::TZDB, version(tzdb_version()));
        register(&mut registry, own::READY, ConstGauge::new(i64::from(ready)));
        self.register(&mut registry);
        let is_up = i64::from(deployment.is_some());
        register(&mut registry, shared::REDIS_UP, ConstGauge::new(is_up));
        if let Some(deployment) = deployment {
            deployment.register(&mut registry);
        }
        let mut text = String::new();
        encode_registry(&mut text, &registry)?;
        encode_eof(&mut text)?;
        Ok(format.of(text))
    }
}

/// The library ends the name of an info in `_info`, that of a counter in `_total`, and every help
/// in a full stop.
fn register(registry: &mut Registry, figure: Figure, metric: impl Metric) {
    let name = figure.name.trim_end_matches("_info").trim_end_matches("_total");
    registry.register(name, figure.help, metric);
}
