//! Doing a sweep: one process at a time, which has a lease of Redis's own time, takes up a sweep
//! where the process before it has left it.
//!
//! Doing a part of it twice does no harm: a window that is in line is left alone.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use crate::claim::ClaimId;
use crate::editions::alignment::Alignment;
use crate::editions::{EditionError, Editions, Problem, Sweep};
use crate::ledger::{Adjustment, LedgerError};
use crate::store::open_windows::{OpenWindows, WindowPage};
use crate::store::{Store, StoreError};
use crate::worker::with_causes;

/// How long a process that sweeps may be silent before another takes over.
const LEASE: Duration = Duration::from_secs(10);
/// Windows that are moved at once.
const IN_FLIGHT: usize = 64;
/// Pause between two looks at whether every process follows.
const FOLLOW_PAUSE: Duration = Duration::from_millis(100);

/// How a process has left what was to be swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepEnd {
    /// There is nothing to sweep any more.
    Done,
    /// Another process does it.
    Elsewhere,
}

/// Who is told how far a sweep is: its name, and what it has done.
pub type Told<'a> = &'a (dyn Fn(&str, &Sweep) + Sync);

impl Editions {
    /// Does what is to be done to open windows, unless another process does it.
    ///
    /// # Errors
    ///
    /// When Redis is in trouble, or a claim kept changing; the sweep is taken up again then.
    pub async fn sweep_pending(
        &self,
        process: &str,
        told: Told<'_>,
    ) -> Result<SweepEnd, EditionError> {
        let store = self.ledger.store();
        if store.pending_sweeps().await?.is_empty() {
            return Ok(SweepEnd::Done);
        }
        if !store.hold_sweeper(process, LEASE).await? {
            return Ok(SweepEnd::Elsewhere);
        }
        let end = self.sweep_all(process, told).await;
        store.hold_sweeper(process, Duration::ZERO).await?;
        end
    }

    async fn sweep_all(&self, process: &str, told: Told<'_>) -> Result<SweepEnd, EditionError> {
        let store = self.ledger.store();
        while let Some(id) = store.pending_sweeps().await?.first() {
            let Some(mut sweep) = self.sweep(id).await? else {
                store.save_sweep(id, "null", true).await?;
                continue;
            };
            if !self.all_follow(process, sweep.task.needs_edition()).await? {
                return Ok(SweepEnd::Elsewhere);
            }
            for partition in sweep.partitions_done..store.keys().partitions() {
                let part = Part { editions: self, process, id, partition, told };
                if !part.sweep(&mut sweep).await? {
                    return Ok(SweepEnd::Elsewhere);
                }
            }
            sweep.done = true;
            save(store, id, &sweep).await?;
            told(id, &sweep);
            tracing::info!(
                sweep.id = id,
                sweep.moved = sweep.moved,
                "{id} was applied to open windows: {} looked at, {} moved, {} not computed",
                sweep.looked_at,
                sweep.moved,
                sweep.failed
            );
        }
        Ok(SweepEnd::Done)
    }

    /// Waits until no running process opens windows with older calendars; false when the lease was
    /// lost meanwhile.
    async fn all_follow(&self, process: &str, edition: u64) -> Result<bool, EditionError> {
        let (store, clock) = (self.ledger.store(), self.ledger.clock());
        loop {
            let own = self.follow().await?;
            let others = store.followed(clock.real()).await?.unwrap_or(own);
            if edition <= own.min(others) {
                return Ok(true);
            }
            tokio::time::sleep(FOLLOW_PAUSE).await;
            if !store.hold_sweeper(process, LEASE).await? {
                return Ok(false);
            }
        }
    }
}

/// The sweep of one partition.
struct Part<'a> {
    editions: &'a Editions,
    process: &'a str,
    id: &'a str,
    partition: u16,
    told: Told<'a>,
}

impl Part<'_> {
    /// False when the lease was lost; somebody else goes on then.
    async fn sweep(&self, sweep: &mut Sweep) -> Result<bool, EditionError> {
        let ledger = &self.editions.ledger;
        let (store, mut looked_at) = (ledger.store(), 0);
        for which in OpenWindows::ALL {
            let mut cursor = Some(0);
            while let Some(from) = cursor {
                if !store.hold_sweeper(self.process, LEASE).await? {
                    return Ok(false);
                }
                let page = store.open_windows(self.partition, which, from).await?;
                cursor = page.next;
                looked_at += page.snapshots.len() as u64;
                self.page(&page, sweep).await?;
                save(store, self.id, sweep).await?;
                let so_far = sweep.looked_at + looked_at;
                (self.told)(self.id, &Sweep { looked_at: so_far, ..sweep.clone() });
            }
        }
        sweep.partitions_done = self.partition + 1;
        sweep.looked_at += looked_at;
        save(store, self.id, sweep).await?;
        Ok(true)
    }

    async fn page(&self, page: &WindowPage, sweep: &mut Sweep) -> Result<(), EditionError> {
        let ledger = &self.editions.ledger;
        let policy = ledger.rules().window();
        let now = ledger.clock().now().await?;
        let alignment = Alignment::with(&policy, Arc::clone(&policy.calendars), now);
        let mut concerned = Vec::new();
        for (claim_id, snapshot) in &page.snapshots {
            if alignment.concerns(&sweep.task, *claim_id, snapshot)? {
                concerned.push(*claim_id);
            }
        }
        let adjustment = sweep.task.adjustment();
        let author = sweep.author.clone();
        let move_one = |claim_id| self.move_one(claim_id, &adjustment, author.as_str());
        let mut moving = stream::iter(concerned).map(move_one).buffer_unordered(IN_FLIGHT);
        while let Some(moved) = moving.next().await {
            match moved? {
                Moved::Yes => sweep.moved += 1,
                Moved::No => {}
                Moved::Cannot(problem) => sweep.note(problem),
            }
        }
        Ok(())
    }

    async fn move_one(
        &self,
        claim_id: ClaimId,
        adjustment: &Adjustment,
        author: &str,
    ) -> Result<Moved, LedgerError> {
        let ledger = &self.editions.ledger;
        match ledger.adjust(claim_id, adjustment, author).await {
            Ok(applied) if applied.events.is_empty() => Ok(Moved::No),
            Ok(_) => Ok(Moved::Yes),
            // It was decided meanwhile.
            Err(LedgerError::NoClaim(_) | LedgerError::Refused { .. }) => Ok(Moved::No),
            Err(LedgerError::Calendar { claim_id, source }) => {
                let claim = ledger.store().claim(claim_id).await?;
                let window = claim.as_ref().and_then(|claim| claim.open_window());
                let Some(window) = window else { return Ok(Moved::No) };
                let calendar = window.deadline.calendar.clone();
                let problem = with_causes(&source);
                Ok(Moved::Cannot(Problem { claim_id, calendar, problem }))
            }
            Err(error) => Err(error),
        }
    }
}

enum Moved {
    Yes,
    No,
    Cannot(Problem),
}

async fn save(store: &Store, id: &str, sweep: &Sweep) -> Result<(), StoreError> {
    let doing = format!("write down how far the sweep {id} is");
    let json = serde_json::to_string(sweep).map_err(|error| StoreError::malformed(doing, error))?;
    store.save_sweep(id, &json, sweep.done).await
}
