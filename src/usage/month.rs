//! A month of the calendar, in UTC, as the figures are counted.

use std::fmt;

use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::Finding;

/// A month, such as `2026-11`; its days begin and end in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(u32);

impl Month {
    /// The month of an instant.
    #[must_use]
    pub fn of(at: DateTime<Utc>) -> Self {
        Self(u32::try_from(at.year()).unwrap_or_default() * 12 + at.month0())
    }

    /// Reads a month written as `2026-11`.
    ///
    /// # Errors
    ///
    /// `month_malformed` for everything else.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let digits = |text: &str, length: usize| {
            let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|_| fits)
        };
        let read = raw.split_once('-').and_then(|(year, month)| {
            let month = digits(month, 2).filter(|month| (1..=12).contains(month))?;
            Some(Self(digits(year, 4)? * 12 + month - 1))
        });
        read.ok_or_else(|| {
            let message = "This is not a month. Write year and month, such as 2026-11.";
            Finding::new("month", "month_malformed", message)
        })
    }

    /// The month so many months earlier.
    #[must_use]
    pub const fn before(self, months: u32) -> Self {
        Self(self.0.saturating_sub(months))
    }

    /// The month after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// How many months this is after another one; 0 when it is not after it.
    #[must_use]
    pub const fn since(self, other: Self) -> u32 {
        self.0.saturating_sub(other.0)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

impl TryFrom<String> for Month {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}
