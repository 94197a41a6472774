//! Medians, percentiles, processor time and what the figures were measured on.

use std::time::Duration;

use serde_json::{Value, json};

use crate::calendar::tzdb_version;

/// The value below which the given share of the samples lies; 0 when there are none.
pub(super) fn percentile(samples: &mut [Duration], share: f64) -> Duration {
    samples.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a list of samples"
    )]
    let index = (samples.len() as f64 * share) as usize;
    samples.get(index.min(samples.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// Milliseconds with three decimals.
pub(super) fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// How many a second.
pub(super) fn rate(count: usize, took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let count = count as f64;
    (count / took.as_secs_f64()).round()
}

/// Microseconds for each of `count`.
pub(super) fn each(total: Duration, count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let count = count.max(1) as f64;
    (total.as_secs_f64() * 1e6 / count).round()
}

/// A ratio with two decimals.
pub(super) fn ratio(of: f64, to: f64) -> f64 {
    (of / to * 100.0).round() / 100.0
}

/// Processor time this process has used so far (Linux; elsewhere zero).
pub(super) fn cpu_time() -> Duration {
    cpu_time_of("self")
}

/// Processor time that the process of this id, or `self`, has used so far.
pub(super) fn cpu_time_of(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    // Linux reports hundredths of a second to programs, whatever the kernel's own tick.
    Duration::from_millis(ticks * 10)
}

/// Version, processor and cores.
pub(super) fn surroundings() -> Value {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned());
    json!({
        "cpor": env!("CARGO_PKG_VERSION"),
        "tzdb": tzdb_version(),
        "optimized": !cfg!(debug_assertions),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "cpu": model,
    })
}
