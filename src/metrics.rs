//! The figures that Prometheus reads, and the table that describes them.
//!
//! Labels name calendars, releases and codes: never a person, a partner, a tenant or a claim, and
//! nothing of which there can be arbitrarily many. What a figure is computed from is gathered
//! elsewhere; here it only gets its name.

use std::fmt;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use crate::calendar::coverage::AlarmCode;
use crate::calendar::tzdb_version;
use crate::coverage::Covered;

/// The media type of what is rendered.
pub const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One figure: its name, its type, its labels, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The name, as queries have it.
    pub name: &'static str,
    /// `gauge` or `info`.
    pub kind: &'static str,
    /// The labels.
    pub labels: &'static [&'static str],
    /// What it says, as a sentence without its full stop.
    pub help: &'static str,
}

const BUILD: Figure = Figure {
    name: "cpor_build_info",
    kind: "info",
    labels: &["version"],
    help: "The version of cpor that answers",
};
const TZDB: Figure = Figure {
    name: "cpor_tzdb_info",
    kind: "info",
    labels: &["version"],
    help: "The release of the time zone database built into it",
};
const REDIS_UP: Figure = Figure {
    name: "cpor_redis_up",
    kind: "gauge",
    labels: &[],
    help: "1 when Redis has answered lately; when it is 0, figures that come from Redis are absent",
};
const WINDOWS_OPEN: Figure = Figure {
    name: "cpor_windows_open",
    kind: "gauge",
    labels: &["calendar", "tzdb"],
    help: "Open windows, by the calendar and the time zone data they were computed with",
};
const HORIZON: Figure = Figure {
    name: "cpor_calendar_horizon_days",
    kind: "gauge",
    labels: &["calendar"],
    help: "Days until a calendar that open windows use ends; negative when it has ended",
};
const ALARMS: Figure = Figure {
    name: "cpor_calendar_alarms",
    kind: "gauge",
    labels: &["code"],
    help: "Alarms about calendars and time zone data, as cpor doctor explains them",
};

/// Every figure there is.
pub const FIGURES: [Figure; 6] = [BUILD, TZDB, REDIS_UP, WINDOWS_OPEN, HORIZON, ALARMS];

type Labels = Vec<(&'static str, String)>;
type Gauges = Family<Labels, Gauge>;

/// The figures of this process.
#[derive(Debug)]
pub struct Metrics {
    /// What lasts as long as the process.
    lasting: Registry,
}

impl Metrics {
    /// The figures of a process that has just started.
    #[must_use]
    pub fn new() -> Self {
        let mut lasting = Registry::default();
        let version = |version: &str| Info::new(vec![("version", version.to_owned())]);
        register(&mut lasting, BUILD, version(env!("CARGO_PKG_VERSION")));
        register(&mut lasting, TZDB, version(tzdb_version()));
        Self { lasting }
    }

    /// All figures as text; `covered` is nothing when Redis does not answer.
    ///
    /// # Errors
    ///
    /// Never in practice: writing to a text does not fail.
    pub fn render(&self, covered: Option<&Covered>) -> Result<String, fmt::Error> {
        let mut now = Registry::default();
        register(&mut now, REDIS_UP, ConstGauge::new(i64::from(covered.is_some())));
        if let Some(covered) = covered {
            coverage(&mut now, covered);
        }
        let mut text = String::new();
        encode_registry(&mut text, &self.lasting)?;
        encode_registry(&mut text, &now)?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn coverage(registry: &mut Registry, covered: &Covered) {
    let windows = Gauges::default();
    for (used, open) in &covered.in_use {
        let labels = vec![("calendar", used.calendar.to_string()), ("tzdb", used.tzdb.clone())];
        windows.get_or_create(&labels).inc_by(i64::try_from(*open).unwrap_or(i64::MAX));
    }
    register(registry, WINDOWS_OPEN, windows);
    let horizons = Gauges::default();
    for (calendar, days) in &covered.judgement.horizons {
        horizons.get_or_create(&vec![("calendar", calendar.to_string())]).set(*days);
    }
    register(registry, HORIZON, horizons);
    let alarms = Gauges::default();
    for code in AlarmCode::ALL {
        let count = i64::try_from(covered.judgement.count(code)).unwrap_or(i64::MAX);
        alarms.get_or_create(&vec![("code", code.to_string())]).set(count);
    }
    register(registry, ALARMS, alarms);
}

/// The library ends the name of an info in `_info`, and every help in a full stop.
fn register(registry: &mut Registry, figure: Figure, metric: impl Metric) {
    registry.register(figure.name.trim_end_matches("_info"), figure.help, metric);
}

/// The table of figures, as Markdown.
#[must_use]
pub fn describe() -> String {
    let mut text = String::from(include_str!("metrics.md"));
    text.push_str("| figure | type | labels | says |\n|---|---|---|---|\n");
    for Figure { name, kind, labels, help } in FIGURES {
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        text.push_str(&format!("| `{name}` | {kind} | {} | {help}. |\n", labels.join(", ")));
    }
    text
}
