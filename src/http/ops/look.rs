//! What the pages know of the deployment: looked at once a second at most, whoever asks, so that
//! open pages cost Redis next to nothing.
//!
//! An outage of Redis is something to show, and not an error: then there is the one alarm that
//! says so, and nothing else is known.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::timeout;
use tracing::warn;

use crate::alarms::{Alarm, Facts, facts, judge, unreachable};
use crate::http::Web;
use crate::http::problem::{Problem, ProblemType};
use crate::http::vitals::Remembered;
use crate::store::StoreError;
use crate::worker::with_causes;

/// How long what was seen is believed.
const BELIEVED: Duration = Duration::from_secs(1);
/// Time for Redis to answer one look; whoever reads a page waits for it.
pub(super) const LOOK_TIMEOUT: Duration = Duration::from_secs(2);
/// Nothing is wrong: no instant has this number.
const NO_TROUBLE: i64 = i64::MIN;

/// What was seen last, of one server.
#[derive(Debug)]
pub(in crate::http) struct Looks {
    last: Remembered<Arc<Look>>,
    /// Since when Redis does not answer, in ms since the epoch.
    trouble_since_ms: AtomicI64,
}

impl Default for Looks {
    fn default() -> Self {
        Self { last: Remembered::default(), trouble_since_ms: AtomicI64::new(NO_TROUBLE) }
    }
}

/// One look.
#[derive(Debug)]
pub(super) struct Look {
    /// What needs a person, the most pressing first.
    pub alarms: Vec<Alarm>,
    /// What is known; nothing when Redis does not say.
    pub known: Option<Known>,
}

/// What is known when Redis answers.
#[derive(Debug)]
pub(super) struct Known {
    /// The deployment as alarms see it.
    pub facts: Facts,
    /// Windows that end within [`SOON`].
    pub closing: Vec<usize>,
}

/// The spans within which ends of windows are counted.
pub(super) const SOON: [(&str, TimeDelta); 3] = [
    ("the next hour", TimeDelta::hours(1)),
    ("the next 24 hours", TimeDelta::hours(24)),
    ("the next 7 days", TimeDelta::days(7)),
];

impl Web {
    /// How the deployment stands, a second ago at most.
    pub(super) async fn glance(&self) -> Arc<Look> {
        self.looks.last.get(BELIEVED, self.look_anew()).await
    }

    /// Nothing is asked of a Redis of which is known that it does not answer.
    pub(super) async fn answers(&self) -> Result<(), Problem> {
        if self.glance().await.known.is_some() { Ok(()) } else { Err(away()) }
    }

    /// Somebody has changed something, and wants to see that.
    pub(super) async fn look_away(&self) {
        self.looks.last.forget().await;
    }

    async fn look_anew(&self) -> Arc<Look> {
        let real = self.ledger.clock().real();
        let trouble = match timeout(LOOK_TIMEOUT, self.known()).await {
            Ok(Ok(known)) => {
                self.looks.trouble_since_ms.store(NO_TROUBLE, Ordering::Relaxed);
                let (alarms, known) = (judge(&known.facts), Some(known));
                return Arc::new(Look { alarms, known });
            }
            Ok(Err(error)) => with_causes(&error),
            Err(_) => format!("Redis has not answered within {} s", LOOK_TIMEOUT.as_secs()),
        };
        let since = self.in_trouble_since(real, &trouble);
        Arc::new(Look { alarms: vec![unreachable(since, real)], known: None })
    }

    async fn known(&self) -> Result<Known, StoreError> {
        let facts = facts(&self.ledger, self.settings.intake_length_max).await?;
        let now = facts.overview.now;
        let store = self.ledger.store();
        let (ended, _) = store.windows_ended_before(now).await?;
        let mut closing = Vec::with_capacity(SOON.len());
        for (_, span) in SOON {
            let (windows, _) = store.windows_ended_before(now + span).await?;
            closing.push(windows.saturating_sub(ended));
        }
        Ok(Known { facts, closing })
    }

    /// Logged when it begins, and not as often as somebody asks.
    fn in_trouble_since(&self, real: DateTime<Utc>, trouble: &str) -> DateTime<Utc> {
        let (since, now_ms) = (&self.looks.trouble_since_ms, real.timestamp_millis());
        match since.compare_exchange(NO_TROUBLE, now_ms, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => {
                warn!(error = trouble, "the operations pages cannot show how things stand");
                real
            }
            Err(known_ms) => DateTime::from_timestamp_millis(known_ms).unwrap_or(real),
        }
    }
}

/// A page has nothing to show, because Redis does not answer.
pub(super) fn away() -> Problem {
    let remedy = "Look at the Redis server and the way to it (`cpor doctor` says more). Everything \
                  goes on by itself then.";
    let detail = "How things stand is not known right now, because Redis does not answer.";
    Problem::new(ProblemType::Unavailable, detail, remedy)
}
