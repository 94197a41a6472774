//! Instants as the pages write them: in UTC, and on the customer's clocks.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::calendar::Zone;
use crate::http::words;
use crate::view;

/// An instant.
#[derive(Debug, Clone, Serialize)]
pub(super) struct At {
    /// For programs.
    at: String,
    /// In UTC, for people.
    utc: String,
    /// On the customer's clocks, with their offset.
    local: String,
}

impl At {
    /// The instant in UTC and in a zone.
    pub fn of(at: DateTime<Utc>, zone: &Zone) -> Self {
        Self {
            at: view::utc(at),
            utc: at.format("%a %-d %b %Y, %H:%M:%S").to_string(),
            local: zone.local(at).format("%a %-d %b, %H:%M (UTC%:z)").to_string(),
        }
    }
}

/// How far an instant is from now, in words.
pub(super) fn away(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if now <= at {
        return words::from_now(at - now);
    }
    ago(now - at)
}

/// How long ago, in words.
pub(super) fn ago(length: TimeDelta) -> String {
    let length = words::in_units(length);
    if length.is_empty() { "just now".to_owned() } else { format!("{length} ago") }
}

/// The text with a capital at its beginning.
pub(super) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_in_utc_and_at_the_customers() {
        let at = At::of(
            "2026-11-27T21:00:00Z".parse().unwrap(),
            &Zone::parse("Europe/Istanbul").unwrap(),
        );
        assert_eq!(at.at, "2026-11-27T21:00:00Z");
        assert_eq!(at.utc, "Fri 27 Nov 2026, 21:00:00");
        assert_eq!(at.local, "Sat 28 Nov, 00:00 (UTC+03:00)");
    }

    #[test]
    fn lengths_have_a_direction() {
        let now = "2026-11-20T15:00:00Z".parse().unwrap();
        assert_eq!(away(now + TimeDelta::minutes(5), now), "in 5 minutes");
        assert_eq!(away(now, now), "at once");
        assert_eq!(away(now - TimeDelta::minutes(5), now), "5 minutes ago");
        assert_eq!(away(now - TimeDelta::milliseconds(5), now), "just now");
    }
}
