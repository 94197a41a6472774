//! What operators look at, kept for a moment: one look per second at most, however many pages and
//! programs ask, and bounded in time.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use parking_lot::Mutex;
use tokio::time::timeout;
use tracing::warn;

use crate::alarms::{Alarm, Facts, facts, judge, unreachable};
use crate::http::Web;
use crate::http::vitals::Remembered;
use crate::worker::with_causes;

/// How long what was seen is believed.
const BELIEVED: Duration = Duration::from_secs(1);
/// Time for one look.
const LOOK_TIMEOUT: Duration = Duration::from_secs(2);

/// What was seen last.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seen: Remembered<Arc<Seen>>,
    paused: Remembered<Arc<[Job]>>,
    /// Since when nothing could be seen.
    lost_at: Mutex<Option<DateTime<Utc>>>,
}

/// How the deployment stands.
#[derive(Debug)]
pub(super) struct Seen {
    /// What is known; nothing while Redis does not answer.
    pub facts: Option<Facts>,
    /// What is to be said about it, the most pressing first.
    pub alarms: Vec<Alarm>,
}

impl Web {
    /// How the deployment stands, as seen within the last second.
    pub(super) async fn seen(&self) -> Arc<Seen> {
        self.watch.seen.get(BELIEVED, async { Arc::new(self.look_around().await) }).await
    }

    /// Something was changed: the next one who asks looks again.
    pub(super) async fn look_again(&self) {
        self.watch.seen.forget().await;
    }

    /// The jobs that operators have paused; none while Redis does not answer.
    pub(super) async fn paused(&self) -> Arc<[Job]> {
        let look = async {
            let settings = timeout(LOOK_TIMEOUT, self.ledger.store().queue_settings()).await;
            let Ok(Ok(settings)) = settings else { return Arc::default() };
            Job::ALL.into_iter().filter(|job| settings.is_paused(*job)).collect()
        };
        self.watch.paused.get(BELIEVED, look).await
    }

    async fn look_around(&self) -> Seen {
        let look = timeout(LOOK_TIMEOUT, facts(&self.ledger, self.settings.intake_length_max));
        let why = match look.await {
            Ok(Ok(facts)) => {
                *self.watch.lost_at.lock() = None;
                let alarms = judge(&facts);
                return Seen { facts: Some(facts), alarms };
            }
            Ok(Err(error)) => with_causes(&error),
            Err(_) => format!("no answer within {} s", LOOK_TIMEOUT.as_secs()),
        };
        let real = self.ledger.clock().real();
        let mut lost_at = self.watch.lost_at.lock();
        if lost_at.is_none() {
            warn!(error = why, "cannot see how the deployment stands");
        }
        let since = *lost_at.get_or_insert(real);
        Seen { facts: None, alarms: vec![unreachable(since, real)] }
    }
}
