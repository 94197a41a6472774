//! Usage data: how many people use what a customer has, month by month.
//!
//! The service that holds the figures brings them in ([`batch`]), one line for each tenant, item
//! and month; partners read theirs, and every read is kept for the customer ([`read`]). Pure: what
//! is stored, and who may see what, is the business of [`crate::store`] and
//! [`crate::usage_access`].
//!
//! # From which month on
//!
//! A partner sees figures from the month (UTC) in which its association began, that month
//! included. A figure is of a whole month and cannot be cut at a day; monthly active users of the
//! first month are known only after it has ended, when the association is official; and without it
//! a partner would be blind for up to two months. What was before that month is never shown. When
//! the association ends nothing is shown any more, from the commit on that ends it.

pub mod batch;
pub mod chart;
pub mod figures;
pub mod month;
pub mod read;
#[cfg(test)]
mod tests;

use serde::Deserialize;

pub use batch::{Batch, Row};
pub use chart::{ChartWords, chart};
pub use figures::{Figures, Usage};
pub use month::Month;
pub use read::{Read, Reader};

/// Most months that can be kept: ten years.
pub const RETENTION_MONTHS_MAX: u32 = 120;

/// The section `usage` of the settings.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct UsageSettings {
    pub retention_months: u32,
    pub figures_at_once_max: usize,
    pub reads_kept: usize,
}

impl UsageSettings {
    /// The key of a value that cannot be used, and what is wrong with it.
    #[must_use]
    pub fn problem(&self) -> Option<(&'static str, &'static str)> {
        if !(1..=RETENTION_MONTHS_MAX).contains(&self.retention_months) {
            return Some(("usage.retention_months", "must be 1 to 120"));
        }
        if !(1..=1_000_000).contains(&self.figures_at_once_max) {
            return Some(("usage.figures_at_once_max", "must be 1 to 1000000"));
        }
        if !(1..=10_000).contains(&self.reads_kept) {
            return Some(("usage.reads_kept", "must be 1 to 10000"));
        }
        None
    }

    /// The first month that is kept when it is `this` month now.
    #[must_use]
    pub const fn oldest(&self, this: Month) -> Month {
        this.before(self.retention_months.saturating_sub(1))
    }
}
