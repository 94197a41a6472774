//! Differences and entries in English words. Deliberately nothing but words.

use std::fmt;

use super::super::content::{Entry, EntryKind, MaskDay, WeekendMask};
use super::{EntryChange, Span, WeekendChange};

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// `half day "Christmas Eve"`.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.kind, self.name)
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holiday => "holiday",
            Self::Half => "half day",
            Self::Work => "working day",
        })
    }
}

impl fmt::Display for MaskDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.weekday())
    }
}

/// `2026-11-30: holiday "Declared late" added`.
impl fmt::Display for EntryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.date)?;
        match (&self.before, &self.after) {
            (None, Some(after)) => write!(f, "{after} added"),
            (Some(before), None) => write!(f, "{before} removed"),
            (Some(before), Some(after)) => write!(f, "{before} -> {after}"),
            (None, None) => f.write_str("no entry"),
        }
    }
}

/// `weekend from 2026-01-01: Sat, Sun -> Fri, Sat`.
impl fmt::Display for WeekendChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = |days: &Option<Vec<MaskDay>>| match days {
            Some(days) => weekdays(days),
            None => "as before that date".to_owned(),
        };
        write!(f, "weekend from {}: {} -> {}", self.from, days(&self.before), days(&self.after))
    }
}

/// `Sat, Sun from 2023-01-01`.
impl fmt::Display for WeekendMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", weekdays(&self.days), self.from)
    }
}

/// `Sat, Sun`.
fn weekdays(days: &[MaskDay]) -> String {
    if days.is_empty() {
        return "none".to_owned();
    }
    days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
