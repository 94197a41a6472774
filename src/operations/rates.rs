//! How many claims came into each status lately.
//!
//! Every process counts its own commits and adds them, every two seconds, to the counts of the
//! running minute in Redis.

use std::sync::atomic::{AtomicU64, Ordering};

use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::Status;

/// How many claims came into a status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rate {
    /// In the last five minutes, the running one included.
    pub last_5_minutes: u64,
    /// In the last hour, the running minute included.
    pub last_60_minutes: u64,
}

/// What a process has counted and not yet handed in.
#[derive(Debug, Default)]
pub struct RateCounters([AtomicU64; Status::ALL.len()]);

impl RateCounters {
    /// So many claims came into a status.
    pub fn add(&self, status: Status, count: u64) {
        let place = Status::ALL.iter().position(|known| *known == status);
        if let Some(counter) = place.and_then(|place| self.0.get(place)) {
            counter.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// What was counted since the last time; the counters start anew.
    pub fn take(&self) -> Vec<(Status, u64)> {
        let counts = self.0.iter().map(|counter| counter.swap(0, Ordering::Relaxed));
        Status::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_not_counted_again() {
        let counters = RateCounters::default();
        counters.add(Status::Notified, 1);
        counters.add(Status::Ended, 2);
        assert_eq!(counters.take(), [(Status::Notified, 1), (Status::Ended, 2)]);
        assert_eq!(counters.take(), []);
    }
}
