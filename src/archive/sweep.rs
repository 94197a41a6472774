//! Moves claims that were closed long enough ago: which, and in which order.
//!
//! One process at a time does it, under a lease of Redis's own time; doing it twice does no harm.
//! A claim leaves after the end of the day (UTC) on which it was closed and the retention, so that
//! all claims of a day leave together. One that cannot leave yet is left for the next sweep.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant as Timer};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use schemars::JsonSchema;
use serde::Serialize;

use super::departure::{Departures, HISTORY_MAX};
use super::{Archive, ArchiveError, Day};
use crate::calendar::Span;
use crate::claim::ClaimId;
use crate::ledger::Ledger;
use crate::store::inspect::Inspection;
use crate::store::listeners::Listeners;
use crate::store::turn::Turn;

/// How long a process that changes the archive may be silent before another takes over.
const LEASE: Duration = Duration::from_secs(300);
/// Claims of one partition and day that leave in one sweep.
const CLAIMS_MAX: usize = 100_000;
/// Claims that are read before anything is done with them.
const PAGE: usize = 256;
/// Claims that are read at once.
const AT_ONCE: usize = 32;
/// How long to wait for the relay to bring events to webhooks.
const RELAY_PATIENCE: Duration = Duration::from_secs(5);
/// Pause between two looks at the relay.
const RELAY_PAUSE: Duration = Duration::from_millis(50);

/// Who changes the archive: moves claims into it, and erases in it.
#[derive(Debug, Clone)]
pub struct Archivist {
    pub(super) ledger: Ledger,
    pub(super) archive: Archive,
    retention_days: u32,
    process: String,
}

/// How a sweep ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SweepEnd {
    /// There is nothing to move any more, but for what is kept.
    Done(SweepReport),
    /// Another process is at work on the archive.
    Elsewhere,
}

/// What a sweep has done, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SweepReport {
    /// Nothing was changed: this is what would be done.
    pub dry_run: bool,
    /// Days on which claims were closed that left.
    pub days: u64,
    /// Claims that left.
    pub claims: u64,
    /// Bytes that were written.
    pub bytes: u64,
    /// Claims that cannot leave yet.
    pub kept: Kept,
}

/// Claims that cannot leave yet, by the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Kept {
    /// A mail about its end is still owed, or could not be sent.
    pub owed: u64,
    /// Webhooks are still to be told of it, or could not be.
    pub untold: u64,
    /// It changed meanwhile.
    pub changed: u64,
    /// It cannot be read; `cpor check` says more.
    pub unreadable: u64,
}

/// Who is told how far a sweep is.
pub type Progress<'a> = &'a (dyn Fn(Day, &SweepReport) + Sync);

impl Archivist {
    /// An archivist of this process; claims leave `retention_days` after the day on which they
    /// were closed, or never with 0.
    #[must_use]
    pub const fn new(
        ledger: Ledger,
        archive: Archive,
        retention_days: u32,
        process: String,
    ) -> Self {
        Self { ledger, archive, retention_days, process }
    }

    /// The archive.
    #[must_use]
    pub const fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Moves everything that was closed long enough ago, unless another process is at it.
    ///
    /// # Errors
    ///
    /// When Redis or the object store is in trouble; what was done is done, and the next sweep
    /// goes on.
    pub async fn sweep(&self, dry_run: bool, told: Progress<'_>) -> Result<SweepEnd, ArchiveError> {
        if !self.hold().await? {
            return Ok(SweepEnd::Elsewhere);
        }
        let end = self.sweep_days(dry_run, told).await;
        self.release().await?;
        match end {
            Err(ArchiveError::Elsewhere) => Ok(SweepEnd::Elsewhere),
            end => Ok(SweepEnd::Done(end?)),
        }
    }

    /// Becomes or stays the only one who changes the archive.
    pub(super) async fn hold(&self) -> Result<bool, ArchiveError> {
        Ok(self.ledger.store().hold(Turn::Archive, &self.process, LEASE).await?)
    }

    pub(super) async fn release(&self) -> Result<(), ArchiveError> {
        self.ledger.store().hold(Turn::Archive, &self.process, Duration::ZERO).await?;
        Ok(())
    }

    /// Goes on only while nobody else changes the archive.
    pub(super) async fn keep_hold(&self) -> Result<(), ArchiveError> {
        if self.hold().await? { Ok(()) } else { Err(ArchiveError::Elsewhere) }
    }

    async fn sweep_days(
        &self,
        dry_run: bool,
        told: Progress<'_>,
    ) -> Result<SweepReport, ArchiveError> {
        let store = self.ledger.store();
        let mut report = SweepReport { dry_run, ..SweepReport::default() };
        if !dry_run {
            for partition in 0..store.keys().partitions() {
                store.index_closed(partition).await?;
                store.finish_departures(partition).await?;
            }
        }
        let now = self.ledger.clock().now().await?;
        let retention = TimeDelta::days(self.retention_days.into());
        let Some(newest) = now.checked_sub_signed(retention).filter(|_| !retention.is_zero())
        else {
            return Ok(report);
        };
        let mut within = Span { from: DateTime::UNIX_EPOCH, to: Day::of(newest).span().from };
        while let Some(day) = self.first_day(within).await? {
            self.sweep_day(day, &mut report).await?;
            told(day, &report);
            within.from = day.span().to;
        }
        Ok(report)
    }

    async fn first_day(&self, within: Span) -> Result<Option<Day>, ArchiveError> {
        if within.to <= within.from {
            return Ok(None);
        }
        let store = self.ledger.store();
        let mut first: Option<DateTime<Utc>> = None;
        for partition in 0..store.keys().partitions() {
            let found = store.first_closed(partition, within).await?;
            first = first.into_iter().chain(found).min();
        }
        Ok(first.map(Day::of))
    }

    async fn sweep_day(&self, day: Day, report: &mut SweepReport) -> Result<(), ArchiveError> {
        let store = self.ledger.store();
        self.keep_hold().await?;
        let before = report.claims;
        let listeners = store.listeners().await?;
        let written = self.archive.written(day).await?;
        let mut departures = Departures::new(self, day, &written);
        for partition in 0..store.keys().partitions() {
            let ids = store.closed_within(partition, day.span(), CLAIMS_MAX).await?;
            for page in ids.chunks(PAGE) {
                self.keep_hold().await?;
                let ready = self.ready(partition, page, &listeners, &mut report.kept).await?;
                for (id, seen) in ready {
                    departures.add(id, seen, report).await?;
                }
            }
        }
        departures.finish(report).await?;
        report.days += u64::from(report.claims > before);
        Ok(())
    }

    /// Those of the claims about which nothing is on its way any more.
    async fn ready(
        &self,
        partition: u16,
        ids: &[ClaimId],
        listeners: &Listeners,
        kept: &mut Kept,
    ) -> Result<Vec<(ClaimId, Inspection)>, ArchiveError> {
        let store = self.ledger.store();
        let look = async |id: ClaimId| store.inspect(id, None).await.map(|seen| (id, seen));
        let mut seen: Vec<(ClaimId, Inspection)> =
            iter(ids.to_vec()).map(look).buffered(AT_ONCE).try_collect().await?;
        // The events of what was read are in the feed before this end of it.
        let end = store.newest_commit(partition).await?;
        let since = Timer::now();
        while !store.is_relayed(partition, listeners, end).await? {
            if since.elapsed() > RELAY_PATIENCE {
                kept.untold += ids.len() as u64;
                return Ok(Vec::new());
            }
            tokio::time::sleep(RELAY_PAUSE).await;
        }
        let asked: HashSet<ClaimId> = ids.iter().copied().collect();
        let untold = store.with_deliveries(partition, &asked).await?;
        seen.retain(|(id, seen)| {
            let readable = seen.head.is_some() && seen.history.len() < HISTORY_MAX;
            let counter = if !readable {
                &mut kept.unreadable
            } else if !seen.entries.is_empty() {
                &mut kept.owed
            } else if untold.contains(id) {
                &mut kept.untold
            } else {
                return true;
            };
            *counter += 1;
            false
        });
        Ok(seen)
    }
}

impl Archive {
    /// The claims that a day has, each at its newest revision.
    pub(super) async fn written(&self, day: Day) -> Result<HashMap<ClaimId, u64>, ArchiveError> {
        let mut written = HashMap::new();
        for part in self.parts_of(day).await? {
            let mut lines = self.lines(part.part).await?;
            while let Some(line) = lines.next().await? {
                let head: super::line::Head =
                    serde_json::from_slice(&line).map_err(|error| lines.bad(error.into()))?;
                let newest = written.entry(head.id).or_default();
                *newest = head.revision.max(*newest);
            }
        }
        Ok(written)
    }
}
