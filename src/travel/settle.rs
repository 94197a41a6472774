//! Waiting until there is nothing more to do at the moment at which the clock stands.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ledger::Ledger;
use crate::store::{Standing, StoreError};
use crate::travel::JourneyError;

/// First pause between two looks at a system that has not settled; it doubles up to the last.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LAST_LOOK: Duration = Duration::from_millis(50);
/// Looks without a worker after which travelling is given up.
const LOOKS_WITHOUT_WORKER_MAX: u32 = 40;

/// A moment at which everything that was due has been worked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    /// Where the clock stood.
    pub now: DateTime<Utc>,
    /// When something falls due next.
    pub next_due: Option<DateTime<Utc>>,
}

/// Waits until nothing is due, nothing is running, and no event waits to be relayed to webhooks.
///
/// # Errors
///
/// When no worker is running although something is due, or Redis fails.
pub async fn settle(ledger: &Ledger) -> Result<(), JourneyError> {
    settled(ledger).await.map(drop)
}

pub(super) async fn settled(ledger: &Ledger) -> Result<Settled, JourneyError> {
    let (mut pause, mut looks_without_worker) = (FIRST_LOOK, 0);
    loop {
        let now = ledger.clock().now().await?;
        if let Some(next_due) = look(ledger, now).await? {
            return Ok(Settled { now, next_due });
        }
        let workers = ledger.store().workers(ledger.clock().real()).await?;
        looks_without_worker = if workers.is_empty() { looks_without_worker + 1 } else { 0 };
        if looks_without_worker > LOOKS_WITHOUT_WORKER_MAX {
            let namespace = ledger.store().keys().namespace().to_owned();
            return Err(JourneyError::NoWorker(namespace));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_LOOK);
    }
}

/// When something falls due next, if nothing is due or running now, every open window is in line
/// with the calendars in force, and every event has been relayed to whoever is told of it.
async fn look(
    ledger: &Ledger,
    now: DateTime<Utc>,
) -> Result<Option<Option<DateTime<Utc>>>, StoreError> {
    let store = ledger.store();
    let Standing { is_busy: false, next_due } = store.standing(now).await? else {
        return Ok(None);
    };
    if !store.pending_sweeps().await?.is_empty() {
        return Ok(None);
    }
    if !store.has_listeners().await? {
        return Ok(Some(next_due));
    }
    if !store.all_relayed().await? {
        return Ok(None);
    }
    // What was relayed after the queues were looked at is on them by now.
    let Standing { is_busy, next_due } = store.standing(now).await?;
    Ok((!is_busy).then_some(next_due))
}
