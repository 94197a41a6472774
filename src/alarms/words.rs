//! Instants, spans and counts as alarms say them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// An instant of the last day by its time, and an earlier one with its date.
pub(super) fn instant(at: DateTime<Utc>, real: DateTime<Utc>) -> String {
    let format = if real - at < TimeDelta::hours(20) { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
    at.format(format).to_string()
}

/// A span in its two greatest units.
pub(super) fn span(span: TimeDelta) -> String {
    let seconds = u64::try_from(span.num_seconds()).unwrap_or_default();
    let whole = match seconds {
        0..3_600 => seconds,
        3_600..86_400 => seconds - seconds % 60,
        _ => seconds - seconds % 3_600,
    };
    humantime::format_duration(Duration::from_secs(whole)).to_string()
}

/// A number of things: `1 notice waits` or `3 notices wait`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// The finding and its remedy, which comes after a semicolon or colon.
pub(super) fn finding(text: &str) -> (String, String) {
    let parts = text.split_once("; ").or_else(|| text.rsplit_once(": "));
    let (says, remedy) = parts.unwrap_or((text, "see `cpor doctor`"));
    (sentence(says), sentence(remedy))
}

/// Text that ends in a full stop and begins in a capital letter.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
