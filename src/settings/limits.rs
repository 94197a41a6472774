//! Limits as other parts of the system take them.

use std::time::Duration;

use crate::settings::{JobSettings, Settings};
use crate::store::{Bounds, InboxBounds};
use crate::worker::{JobLimits, Limits};

impl Settings {
    /// How much of what only people and others look at is kept.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let inbox = InboxBounds {
            entries_max: self.notifications.inbox_max,
            seconds: u64::from(self.notifications.inbox_days) * 24 * 3_600,
        };
        Bounds { feed_max: self.agenda.feed_max, inbox }
    }

    /// The limits of every job.
    #[must_use]
    pub fn job_limits(&self) -> JobLimits {
        let limits = |settings: &JobSettings| Limits {
            concurrency: settings.concurrency,
            attempts_max: settings.attempts_max,
            timeout: Duration::from_secs(settings.timeout_seconds.into()),
        };
        JobLimits::new(self.workers.iter().map(|(job, s)| (*job, limits(s))).collect())
    }
}
