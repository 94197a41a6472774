//! How much of a window has passed, stood still, and is left, at one instant.
//!
//! Deliberately not here: the end itself, which the rule alone computes, in whole local days. So
//! what is left while the time stands still is the least the customer gets when it goes on.

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::Span;
use crate::claim::window::Window;

/// The time of a window at one instant; consumed, paused and remaining add up to all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Time that ran.
    pub consumed: TimeDelta,
    /// Time that stood still.
    pub paused: TimeDelta,
    /// Time until the end, or the time until the end at the instant from which it stands still.
    pub remaining: TimeDelta,
    /// Business days that are over.
    pub business_days_passed: u32,
    /// Business days that are not over yet, that of today included.
    pub business_days_left: u32,
}

impl Account {
    /// The whole window: consumed, paused and remaining.
    #[must_use]
    pub fn whole(&self) -> TimeDelta {
        self.consumed + self.paused + self.remaining
    }

    /// All business days of the window.
    #[must_use]
    pub const fn business_days(&self) -> u32 {
        self.business_days_passed + self.business_days_left
    }
}

impl Window {
    /// What has become of the window's time up to `now`. Its time stands still since
    /// `paused_since`, if at all; what was before the opening and after the end does not count.
    #[must_use]
    pub fn account(&self, now: DateTime<Utc>, paused_since: Option<DateTime<Utc>>) -> Account {
        let closes_at = self.closes_at();
        let stopped = paused_since.filter(|since| *since <= now);
        let standing_still = stopped.map_or(TimeDelta::zero(), |since| now - since);
        // The instant at which the window's clock shows what it shows now.
        let at = stopped.unwrap_or(now).clamp(self.opened_at, closes_at.max(self.opened_at));
        let elapsed = Span { from: self.opened_at, to: at };
        let pauses = &self.deadline.adjustments.pauses;
        let stood_still = pauses.iter().map(|pause| elapsed.overlap(*pause).duration()).sum();
        let (passed, left) = self.business_days(at);
        Account {
            consumed: elapsed.duration() - stood_still,
            paused: stood_still + standing_still,
            remaining: closes_at.max(at) - at,
            business_days_passed: passed,
            business_days_left: left,
        }
    }

    /// Business days that are over at an instant, and that are not.
    fn business_days(&self, at: DateTime<Utc>) -> (u32, u32) {
        let today = self.deadline.zone.local(at).date_naive();
        let days = self.deadline.days();
        let counted = days.iter().filter(|day| day.counted);
        let over = at >= self.closes_at();
        counted.fold((0, 0), |(passed, left), day| {
            if over || day.date < today { (passed + 1, left) } else { (passed, left + 1) }
        })
    }
}
