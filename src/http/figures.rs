//! Numbers and lengths of time as pages show them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// An instant with how long ago it was.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Ago {
    /// The instant, for programs and whoever points at it.
    pub at: String,
    /// How long ago.
    pub ago: String,
}

impl Ago {
    /// How long before `now` it was; a moment ago when it comes from a faster clock.
    pub fn new(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self { at: crate::view::utc(at), ago: age(now - at) }
    }
}

/// A length of time in its two greatest units, such as `3 d 4 h`.
pub(super) fn age(length: TimeDelta) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut left = length.num_seconds().max(0);
    let mut words = Vec::new();
    for (unit, seconds) in units {
        let count = left / seconds;
        left %= seconds;
        if count > 0 {
            words.push(format!("{count} {unit}"));
        }
        // Two units that are neighbors, and no seconds of what is hours old.
        if !words.is_empty() && (count == 0 || words.len() == 2) {
            break;
        }
    }
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

/// A number in groups of three digits, such as `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things, such as `1 dead letter` or `1,234 dead letters`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_two_neighboring_units() {
        let check = |seconds: i64, expected: &str| {
            assert_eq!(age(TimeDelta::seconds(seconds)), expected);
        };
        check(-5, "0 s");
        check(0, "0 s");
        check(59, "59 s");
        check(3_600, "1 h");
        check(3_605, "1 h");
        check(5_000, "1 h 23 min");
        check(5 * 86_400 + 6 * 3_600 + 59, "5 d 6 h");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let check = |number: u64, expected: &str| assert_eq!(grouped(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
        assert_eq!(count(1, "claim", "claims"), "1 claim");
        assert_eq!(count(2_000, "claim", "claims"), "2,000 claims");
    }
}
