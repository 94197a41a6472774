//! How many deliveries of one webhook are under way at once.
//!
//! A receiver that hangs keeps its own deliveries waiting, and nobody else's: only a few of them
//! wait inside the worker, and the others go back to the agenda for a while.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::webhook::WebhookId;

/// Webhooks that are remembered; those with nothing under way are forgotten first.
const LANES_MAX: usize = 10_000;
/// Shortest pause of what has to come back later, and what every further one adds to it, in ms.
const PAUSE_MS: i64 = 1_000;
const SPREAD_MS: i64 = 100;
/// Longest pause, in ms.
const PAUSE_MAX_MS: i64 = 60_000;

/// The deliveries of all webhooks that are under way in this process.
#[derive(Debug)]
pub(super) struct Lanes {
    at_once: usize,
    lanes: Mutex<HashMap<WebhookId, Lane>>,
}

#[derive(Debug)]
struct Lane {
    permits: Arc<Semaphore>,
    waiting: Arc<()>,
    put_off: i64,
}

/// Whether a delivery may go ahead.
#[derive(Debug)]
pub enum Pass {
    /// It may, for as long as this is kept.
    Go(OwnedSemaphorePermit),
    /// Too many of this webhook are waiting already: it is to be tried again after this time.
    Later(TimeDelta),
}

impl Lanes {
    pub(super) fn new(at_once: usize) -> Self {
        Self { at_once: at_once.max(1), lanes: Mutex::default() }
    }

    /// Waits for its turn, unless too many do already.
    pub(super) async fn enter(&self, id: WebhookId) -> Pass {
        let (permits, waiting) = match self.look(id) {
            Ok(lane) => lane,
            Err(pause) => return Pass::Later(pause),
        };
        let permit = permits.acquire_owned().await;
        drop(waiting);
        // The semaphore is never closed.
        permit.map_or(Pass::Later(TimeDelta::milliseconds(PAUSE_MS)), Pass::Go)
    }

    /// What to wait with and for, or how long to come back later.
    fn look(&self, id: WebhookId) -> Result<(Arc<Semaphore>, Arc<()>), TimeDelta> {
        let mut lanes = self.lanes.lock();
        if lanes.len() >= LANES_MAX {
            lanes.retain(|_, lane| lane.permits.available_permits() < self.at_once);
        }
        let lane = lanes.entry(id).or_insert_with(|| Lane {
            permits: Arc::new(Semaphore::new(self.at_once)),
            waiting: Arc::default(),
            put_off: 0,
        });
        // Each one waiting keeps a clone, also when it is given up in the middle.
        if lane.permits.available_permits() == 0
            && Arc::strong_count(&lane.waiting) > self.at_once * 2
        {
            let pause_ms = PAUSE_MS + lane.put_off * SPREAD_MS;
            lane.put_off += 1;
            return Err(TimeDelta::milliseconds(pause_ms.min(PAUSE_MAX_MS)));
        }
        lane.put_off = 0;
        Ok((Arc::clone(&lane.permits), Arc::clone(&lane.waiting)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_webhook_that_hangs_holds_up_only_itself() {
        let lanes = Arc::new(Lanes::new(2));
        let (slow, quick) = (WebhookId::random(), WebhookId::random());
        let enter = |id| {
            let lanes = Arc::clone(&lanes);
            tokio::spawn(async move { lanes.enter(id).await })
        };
        let under_way = [enter(slow).await.unwrap(), enter(slow).await.unwrap()];
        let waiting: Vec<_> = (0..4).map(|_| enter(slow)).collect();
        tokio::task::yield_now().await;
        let later: Vec<_> = [lanes.enter(slow).await, lanes.enter(slow).await]
            .into_iter()
            .map(|pass| match pass {
                Pass::Go(_) => 0,
                Pass::Later(pause) => pause.num_milliseconds(),
            })
            .collect();
        assert_eq!(later, [1_000, 1_100]);
        assert!(matches!(lanes.enter(quick).await, Pass::Go(_)));
        drop(under_way);
        for waiting in waiting {
            assert!(matches!(waiting.await.unwrap(), Pass::Go(_)));
        }
        assert!(matches!(lanes.enter(slow).await, Pass::Go(_)));
    }
}
