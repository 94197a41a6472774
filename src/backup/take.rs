//! Taking a backup; the order of its steps is argued in [`crate::backup`].

use std::collections::BTreeSet;
use std::io::Write;

use cpor_jobs::Job;
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};

use crate::backup::line::{
    ClaimLine, DeliveriesLine, FORMAT, Footer, Header, KeyLine, Line, PartitionLine,
};
use crate::backup::others::{beginning, is_other};
use crate::backup::write::Lines;
use crate::backup::{AT_ONCE, FileError, Progress, Told};
use crate::claim::{ClaimId, Status};
use crate::drafts::DraftId;
use crate::ledger::Ledger;
use crate::secrets::Secrets;
use crate::store::agenda::{Names, names};
use crate::store::backup::STEP_MAX;
use crate::store::editions::Counted;
use crate::store::feed::FeedPosition;

use crate::store::raw::From;
use crate::store::scan::ClaimSet;
use crate::store::{Store, StoreError};

/// Entries of the feed that are looked at in one go.
const FEED_PAGE: usize = 1_000;
/// What is gone by itself within a day is nothing to restore.
const PASSING_MS: i64 = 24 * 3_600 * 1_000;

/// A backup could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Redis cannot be reached or refuses.
    #[error(transparent)]
    Store(StoreError),
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// What changed meanwhile is not known any more.
    #[error(
        "the feed of partition {partition} was trimmed faster than it could be read, so what \
         changed during the backup is not known; make it again at a quieter time, or raise \
         `agenda.feed_max`"
    )]
    FeedTrimmed {
        /// Which partition.
        partition: u16,
    },
    /// Calendars were put in force, or an outage recorded.
    #[error(
        "calendars were put in force, or an outage was recorded, while the backup was made; make \
         it again"
    )]
    CalendarsChanged,
}

/// What was backed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Lines, claims and their digest.
    pub footer: Footer,
    /// Claims whose events cannot be read; they are in the backup as they are.
    pub unreadable: Vec<ClaimId>,
}

/// Writes a backup of the whole namespace to `out`.
///
/// # Errors
///
/// When Redis or the file fails, or the deployment changes in a way that a backup cannot follow.
pub async fn take(
    ledger: &Ledger,
    secrets: &Secrets,
    out: impl Write,
    told: Told<'_>,
) -> Result<Taken, BackupError> {
    let store = ledger.store();
    let mut taking =
        Taking { store, lines: Lines::new(out), unreadable: BTreeSet::new(), total: 0, told };
    let editions = steps(store).await?;
    taking.write(Line::Backup(Header {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        namespace: store.keys().namespace().to_owned(),
        partitions: store.keys().partitions(),
        clock: ledger.clock().mode(),
        at: ledger.clock().now().await?,
        secret_keys: secrets.ids().collect(),
    }))?;
    for partition in 0..store.keys().partitions() {
        taking.total += store.counters(partition).await?.1;
    }
    taking.beginning().await?;
    for partition in 0..store.keys().partitions() {
        taking.partition(partition).await?;
    }
    taking.others().await?;
    if steps(store).await? != editions {
        return Err(BackupError::CalendarsChanged);
    }
    let unreadable = taking.unreadable.into_iter().collect();
    Ok(Taken { footer: taking.lines.end()?, unreadable })
}

async fn steps(store: &Store) -> Result<(u64, u64), StoreError> {
    Ok((store.counted(Counted::Editions).await?, store.counted(Counted::Outages).await?))
}

struct Taking<'a, W> {
    store: &'a Store,
    lines: Lines<W>,
    unreadable: BTreeSet<ClaimId>,
    total: u64,
    told: Told<'a>,
}

impl<W: Write> Taking<'_, W> {
    fn write(&mut self, line: Line) -> Result<(), BackupError> {
        Ok(self.lines.write(&line)?)
    }

    /// What is read before any claim.
    async fn beginning(&mut self) -> Result<(), BackupError> {
        for key in beginning(self.store.keys()) {
            self.key(&key, "+").await?;
        }
        for partition in 0..self.store.keys().partitions() {
            self.drafts(partition).await?;
        }
        Ok(())
    }

    /// Drafts are read before the claims that they become.
    async fn drafts(&mut self, partition: u16) -> Result<(), BackupError> {
        let (keys, mut next) = (self.store.keys(), Some(0));
        while let Some(cursor) = next {
            let page = self.store.index_entries(&keys.drafts_changed(partition), cursor).await?;
            next = page.next;
            for id in page.found.iter().filter_map(|(id, _)| DraftId::parse(id).ok()) {
                self.key(&keys.draft(id), "+").await?;
            }
        }
        Ok(())
    }

    /// A key as it is, whatever it is, page by page; of a stream what there is up to `stream_end`.
    async fn key(&mut self, key: &str, stream_end: &str) -> Result<(), BackupError> {
        let Some(name) = self.store.keys().general(key) else { return Ok(()) };
        let (kind, expires_ms) = self.store.nature_of(key).await?;
        if kind == "none" || expires_ms.is_some_and(|ms| ms < PASSING_MS) {
            return Ok(());
        }
        let (mut next, mut first) = (Some(From::Start), true);
        while let Some(from) = next {
            let (values, further) = self.store.raw_page(key, &kind, &from, stream_end).await?;
            self.write(Line::Key(KeyLine { name: name.clone(), first, expires_ms, values }))?;
            (next, first) = (further, false);
        }
        Ok(())
    }

    async fn partition(&mut self, number: u16) -> Result<(), BackupError> {
        let mut position = self.store.feed_end_of(number).await?;
        let mut changed = BTreeSet::new();
        for status in Status::ALL {
            let mut next = Some(0);
            while let Some(cursor) = next {
                let set = ClaimSet::Status(status);
                let page = self.store.claims_in(number, set, cursor).await?;
                next = page.next;
                let ids = page.found.iter().filter_map(|(id, _)| ClaimId::parse(id).ok());
                self.claims(number, ids.collect(), Line::Claim).await?;
                self.follow(number, &mut position, &mut changed).await?;
            }
        }
        self.claims(number, changed.into_iter().collect(), Line::Changed).await?;
        // That nothing was trimmed while those were read; what is there is read in the last steps.
        self.follow(number, &mut position.clone(), &mut BTreeSet::new()).await?;
        let mut upto = position.in_partition(number).to_string();
        let step = loop {
            let step = self.store.read_step(number, &[], Some(&upto)).await?;
            for claim in &step.claims {
                self.claim(claim.clone(), Line::Changed)?;
            }
            if step.is_complete {
                break step;
            }
            upto = step.upto;
        };
        self.key(&self.store.keys().feed(number), &step.upto).await?;
        let removed = self.store.feed_removed(number).await?;
        let (upto, relay) = (step.upto, step.relay);
        self.write(Line::Partition(PartitionLine { number, upto, removed, relay }))?;
        self.deliveries(number).await
    }

    /// Notes which claims have changed since the position, and moves it on.
    async fn follow(
        &self,
        partition: u16,
        position: &mut FeedPosition,
        changed: &mut BTreeSet<ClaimId>,
    ) -> Result<(), BackupError> {
        loop {
            let page = self.store.read_feed_of(&[partition], position, FEED_PAGE).await?;
            if !page.gaps.is_empty() {
                return Err(BackupError::FeedTrimmed { partition });
            }
            changed.extend(page.entries.iter().map(|entry| entry.claim_id));
            *position = page.position;
            if page.entries.len() < FEED_PAGE {
                return Ok(());
            }
        }
    }

    async fn claims(
        &mut self,
        partition: u16,
        ids: Vec<ClaimId>,
        line: fn(ClaimLine) -> Line,
    ) -> Result<(), BackupError> {
        let store = self.store;
        let steps = ids.chunks(STEP_MAX).map(|ids| store.read_step(partition, ids, None));
        let mut steps = iter(steps).buffered(AT_ONCE);
        while let Some(step) = steps.try_next().await? {
            for claim in step.claims {
                self.claim(claim, line)?;
            }
        }
        (self.told)(Progress { done: self.lines.claims(), total: self.total });
        Ok(())
    }

    fn claim(&mut self, claim: ClaimLine, line: fn(ClaimLine) -> Line) -> Result<(), BackupError> {
        if claim.claim().is_none() {
            self.unreadable.insert(claim.id);
        }
        self.write(line(claim))
    }

    /// An entry that was ever taken has a record of its attempts until it is done, so what leaves
    /// the agenda while that is read is found among them.
    async fn deliveries(&mut self, partition: u16) -> Result<(), BackupError> {
        for job in Job::ALL {
            if matches!(names(job), Names::Event | Names::Subscription) {
                self.deliveries_of(partition, job).await?;
            }
        }
        Ok(())
    }

    async fn deliveries_of(&mut self, partition: u16, job: Job) -> Result<(), BackupError> {
        let keys = self.store.keys();
        let places = [
            (keys.agenda(partition, job), "zset"),
            (keys.attempts(partition, job), "hash"),
            (keys.dead_letters(partition, job), "hash"),
        ];
        for (place, (key, kind)) in places.iter().enumerate() {
            let mut next = Some(From::Start);
            while let Some(from) = next {
                let (values, further) = self.store.raw_page(key, kind, &from, "+").await?;
                next = further;
                let line = DeliveriesLine::of(partition, job, place, values);
                if !(line.due.is_empty() && line.tried.is_empty() && line.dead.is_empty()) {
                    self.write(Line::Deliveries(line))?;
                }
            }
        }
        Ok(())
    }

    /// Everything that is neither a claim's nor read already.
    async fn others(&mut self) -> Result<(), BackupError> {
        for node in self.store.nodes().await? {
            let mut next = Some(0);
            while let Some(cursor) = next {
                let page = self.store.all_keys(&node, cursor).await?;
                next = page.next;
                for key in page.found.iter().filter(|key| is_other(self.store.keys(), key)) {
                    self.key(key, "+").await?;
                }
            }
        }
        Ok(())
    }
}
