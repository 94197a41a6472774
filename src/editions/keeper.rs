//! Keeps a process in step with the edition in force, and does what is to be done to open windows,
//! in the background of every process that serves or works.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{error, warn};

use crate::editions::{EditionError, Editions, SweepEnd};
use crate::worker::with_causes;

/// How often it is looked whether another edition is in force, also when nothing was heard.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Keeps one process in step.
#[derive(Debug)]
pub struct Keeper {
    editions: Editions,
    process: String,
    changed: Arc<Notify>,
    followed: Notify,
}

impl Keeper {
    /// Keeps the process of this name in step; `changed` tells it to look at once.
    #[must_use]
    pub fn new(editions: Editions, process: String, changed: Arc<Notify>) -> Self {
        Self { editions, process, changed, followed: Notify::new() }
    }

    /// Says which edition this process follows, and follows the one in force. A process does so
    /// before it opens its first window: whoever sweeps then either hears of it and waits, or is
    /// heard.
    ///
    /// # Errors
    ///
    /// When Redis is in trouble, or the edition is of no use to this release.
    pub async fn follow(&self) -> Result<(), EditionError> {
        let ledger = &self.editions.ledger;
        let (store, real) = (ledger.store(), ledger.clock().real());
        let before = ledger.rules().edition();
        store.follows(&self.process, before, real).await?;
        let now = self.editions.follow().await?;
        if now != before {
            store.follows(&self.process, now, real).await?;
        }
        Ok(())
    }

    /// Follows and sweeps for as long as it is polled.
    pub async fn run(&self) {
        tokio::join!(self.keep_following(), self.keep_sweeping());
    }

    async fn keep_following(&self) {
        loop {
            match self.follow().await {
                Ok(()) => {}
                Err(EditionError::Calendars { number, source }) => error!(
                    calendars.edition = number,
                    error = with_causes(&source),
                    "edition {number} of the calendars is of no use to this release, which goes \
                     on with the one before"
                ),
                Err(error) => {
                    warn!(error = with_causes(&error), "cannot follow the calendars in force");
                }
            }
            self.followed.notify_one();
            tokio::select! {
                () = self.changed.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn keep_sweeping(&self) {
        loop {
            self.followed.notified().await;
            match self.editions.sweep_pending(&self.process, &|_, _| {}).await {
                Ok(SweepEnd::Done | SweepEnd::Elsewhere) => {}
                Err(error) => warn!(
                    error = with_causes(&error),
                    "cannot go on applying a change to open windows; trying again soon"
                ),
            }
        }
    }

    /// Says that this process has stopped.
    pub async fn stop(&self) {
        if let Err(error) = self.editions.ledger.store().follows_no_more(&self.process).await {
            warn!(error = with_causes(&error), "going without saying so");
        }
    }
}
