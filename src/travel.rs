//! Travelling in time: the virtual clock moves from one due moment to the next, and waits at each
//! until the system has settled, so that everything happens at its own time and in its order.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::clock::TravelError;
use crate::ledger::Ledger;
use crate::store::StoreError;

/// First pause between two looks at a system that has not settled; it doubles up to the last.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LAST_LOOK: Duration = Duration::from_millis(50);
/// Looks without a worker after which travelling is given up.
const LOOKS_WITHOUT_WORKER_MAX: u32 = 40;

/// The journey could not be made.
#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// The clock cannot be moved like that.
    #[error(transparent)]
    Travel(#[from] TravelError),
    /// Nobody works what falls due.
    #[error(
        "work is due and no worker is running in the namespace `{0}`, so the system cannot \
         settle; start `cpor work` and advance again"
    )]
    NoWorker(String),
    /// Nothing is planned.
    #[error("nothing is on the agenda, so there is no next due entry to travel to")]
    NothingDue,
}

impl From<StoreError> for JourneyError {
    fn from(error: StoreError) -> Self {
        Self::Travel(TravelError::Store(error))
    }
}

/// Moves the clock to `to`, stopping at every due moment on the way until everything has settled.
///
/// # Errors
///
/// When the clock is not virtual or stands later already, no worker is running, or Redis fails.
pub async fn travel(ledger: &Ledger, to: DateTime<Utc>) -> Result<(), JourneyError> {
    let clock = ledger.clock();
    let now = clock.now().await?;
    // Refuses a clock that cannot be moved before anything else happens.
    clock.set(now).await?;
    if to < now {
        return Err(TravelError::Backwards { now, to }.into());
    }
    settle(ledger).await?;
    while let Some(due_at) = ledger.store().next_due().await?.filter(|due_at| *due_at <= to) {
        let now = clock.now().await?;
        clock.set(due_at.max(now)).await?;
        settle(ledger).await?;
    }
    clock.set(to).await?;
    settle(ledger).await
}

/// Moves the clock to the next due entry, and says which moment that is.
///
/// # Errors
///
/// As [`travel`], and when nothing is planned.
pub async fn travel_to_next(ledger: &Ledger) -> Result<DateTime<Utc>, JourneyError> {
    settle(ledger).await?;
    let next = ledger.store().next_due().await?.ok_or(JourneyError::NothingDue)?;
    travel(ledger, next).await?;
    Ok(next)
}

/// Waits until nothing is due, nothing is running, and no event waits to be relayed to webhooks.
///
/// # Errors
///
/// When no worker is running although something is due, or Redis fails.
pub async fn settle(ledger: &Ledger) -> Result<(), JourneyError> {
    let (mut pause, mut looks_without_worker) = (FIRST_LOOK, 0);
    loop {
        if is_settled(ledger).await? {
            return Ok(());
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

/// Nothing is due or running, every open window is in line, and no event waits for being relayed
/// to webhooks.
async fn is_settled(ledger: &Ledger) -> Result<bool, StoreError> {
    let store = ledger.store();
    if !is_idle(ledger).await? || !store.pending_sweeps().await?.is_empty() {
        return Ok(false);
    }
    if !store.has_webhooks().await? {
        return Ok(true);
    }
    // What was relayed after the queues were looked at is on them by now.
    Ok(store.all_relayed().await? && is_idle(ledger).await?)
}

async fn is_idle(ledger: &Ledger) -> Result<bool, StoreError> {
    let now = ledger.clock().now().await?;
    let queues = ledger.store().queues(now).await?;
    Ok(queues.iter().all(|queue| queue.due == 0 && queue.running == 0))
}
