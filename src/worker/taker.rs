//! Takes what is due and puts it on the desks.
//!
//! One taker per process serves all jobs: it sleeps until the next entry falls due, until it is
//! woken, or until a desk has room again, and never longer than a bound, so that a wake-up that
//! was lost with its connection costs seconds and not a claim.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::clock::Clock;
use crate::store::agenda::{Outcome, Take, Taken};
use crate::store::dead::QUARANTINED;
use crate::store::meta::ClockMode;
use crate::store::wake::Wake;
use crate::store::{Instant, Store, StoreError};
use crate::worker::desk::{Delivery, Desk, Work};
use crate::worker::error::with_causes;
use crate::worker::flags::Flags;
use crate::worker::settle::Settler;

/// Longest sleep; equal to the horizon up to which a commit wakes us.
const SLEEP_MAX: Duration = Duration::from_secs(5);
/// Pause after Redis could not be asked.
const TROUBLE_PAUSE: Duration = Duration::from_millis(200);
/// Most entries of one job taken from one partition at once.
const BATCH_MAX: usize = 500;

/// Fills the desks of a process.
pub struct Taker {
    /// Where the agenda is.
    pub store: Store,
    /// The deployment's time.
    pub clock: Clock,
    /// One desk per job that this process works.
    pub desks: Vec<Arc<Desk>>,
    /// Where to look.
    pub flags: Arc<Flags>,
    /// Names this start of this process; fences its leases.
    pub token: String,
    /// How long an entry is ours before it has to be renewed.
    pub lease: TimeDelta,
    /// After so many deliveries without an outcome an entry is quarantined.
    pub deliveries_max: u32,
    /// Longest entry on the intake list, in bytes.
    pub entry_bytes_max: usize,
    /// Ends the leases of entries that cannot be worked.
    pub settler: Settler,
}

/// When a partition is to be looked at again without being woken.
#[derive(Debug, Clone, Copy, Default)]
struct Next {
    due: Option<DateTime<Utc>>,
    lease_end: Option<DateTime<Utc>>,
}

impl Taker {
    /// Takes until told to stop.
    pub async fn run(&self, stop: &CancellationToken) {
        let partitions = usize::from(self.store.keys().partitions());
        let mut next = vec![Next::default(); partitions];
        let mut looked_at = tokio::time::Instant::now();
        while !stop.is_cancelled() {
            if looked_at.elapsed() >= SLEEP_MAX {
                self.flags.raise(Wake::Everything);
                looked_at = tokio::time::Instant::now();
            }
            let pause = match self.round(&mut next).await {
                Ok(pause) => pause,
                Err(error) => {
                    warn!(
                        error = with_causes(&error),
                        "cannot take due entries; looking again soon"
                    );
                    self.flags.raise(Wake::Everything);
                    TROUBLE_PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.flags.raised(), if pause != TROUBLE_PAUSE => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Looks wherever there may be something, once, and says how long to sleep.
    async fn round(&self, next: &mut [Next]) -> Result<Duration, StoreError> {
        let at = self.clock.instant().await?;
        // Trouble with the intake is no trouble of the agenda, and the other way round.
        let intake = self.take_intake(at).await;
        if let Err(error) = &intake {
            warn!(error = with_causes(&error), "cannot take from the intake; looking again soon");
            self.flags.raise(Wake::Intake);
        }
        let rooms: Vec<(Job, usize)> = self.rooms();
        if rooms.is_empty() {
            return Ok(SLEEP_MAX);
        }
        let look: Vec<u16> = (0u16..)
            .zip(next.iter())
            .filter(|(p, n)| self.is_due(*p, n, at))
            .map(|(p, _)| p)
            .collect();
        let all_well = look.is_empty() || self.take_from(&look, &rooms, next, at).await;
        if intake.is_err() || !all_well {
            return Ok(TROUBLE_PAUSE);
        }
        Ok(self.pause(next, at))
    }

    /// Takes from the partitions side by side; false when one of them could not be asked. Trouble
    /// with one does not keep what the others gave.
    async fn take_from(
        &self,
        look: &[u16],
        rooms: &[(Job, usize)],
        next: &mut [Next],
        at: Instant,
    ) -> bool {
        let share = |room: usize| room.div_ceil(look.len()).min(BATCH_MAX);
        let wanted: Vec<(Job, usize)> =
            rooms.iter().map(|&(job, room)| (job, share(room))).collect();
        let lease_end = at.real + self.lease;
        let takes = look
            .iter()
            .map(|&partition| self.store.take(partition, &wanted, &self.token, lease_end, at));
        let mut all_well = true;
        for (&partition, take) in look.iter().zip(join_all(takes).await) {
            match take {
                Ok(take) => self.spread(take, &mut next[usize::from(partition)], at).await,
                Err(error) => {
                    warn!(
                        error = with_causes(&error),
                        redis.partition = partition,
                        "cannot take from this partition; looking again soon"
                    );
                    self.flags.raise(Wake::Partition(partition));
                    all_well = false;
                }
            }
        }
        all_well
    }

    /// The jobs that have room on their desk.
    fn rooms(&self) -> Vec<(Job, usize)> {
        self.desks
            .iter()
            .filter(|desk| desk.job() != Job::SubmitClaim)
            .map(|desk| (desk.job(), desk.room()))
            .filter(|(_, room)| *room > 0)
            .collect()
    }

    fn is_due(&self, partition: u16, next: &Next, at: Instant) -> bool {
        self.flags.lower(partition)
            || next.due.is_some_and(|due| due <= at.now)
            || next.lease_end.is_some_and(|end| end <= at.real)
    }

    /// Puts what was taken on the desks, and remembers when to look again.
    async fn spread(&self, take: Take, next: &mut Next, at: Instant) {
        *next = Next { due: take.next_due, lease_end: take.next_lease_end };
        let metrics = self.store.metrics();
        for taken in take.entries {
            match taken.due_at {
                Some(due_at) => metrics.taken(taken.lease.job(), at.now - due_at),
                None => metrics.taken_over(taken.lease.job()),
            }
            self.deliver(taken).await;
        }
    }

    fn desk(&self, job: Job) -> Option<&Arc<Desk>> {
        self.desks.iter().find(|desk| desk.job() == job)
    }

    async fn deliver(&self, taken: Taken) {
        let lease = taken.lease;
        let hopeless = if lease.deliveries() > self.deliveries_max {
            Some(quarantined(lease.deliveries()))
        } else {
            taken.claim.as_ref().err().cloned()
        };
        if let Some(error) = hopeless {
            error!(job.name = %lease.job(), job.entry = lease.entry(), error,
                claim.id = lease.claim_id().map(display),
                "{} is left to a person: `cpor dead list`", lease.job());
            self.store.metrics().poisoned(lease.job());
            return self.settler.settle(&lease, &Outcome::Dead { error }).await;
        }
        if let (Ok(claim), Some(desk)) = (taken.claim, self.desk(lease.job())) {
            let work = claim.map_or(Work::Entry, |claim| Work::Claim(Box::new(claim)));
            desk.put(Delivery { lease, work });
        }
    }

    async fn take_intake(&self, at: Instant) -> Result<(), StoreError> {
        let Some(desk) = self.desk(Job::SubmitClaim) else { return Ok(()) };
        while self.flags.lower_intake() {
            let room = desk.room().min(BATCH_MAX);
            if room == 0 {
                return Ok(());
            }
            let bytes_max = self.entry_bytes_max;
            let lease_end = at.real + self.lease;
            let (entries, left) =
                self.store.take_intake(room, bytes_max, &self.token, lease_end, at).await?;
            if left > 0 || entries.len() >= room {
                self.flags.raise(Wake::Intake);
            }
            for entry in entries {
                if entry.lease.deliveries() > self.deliveries_max {
                    let error = quarantined(entry.lease.deliveries());
                    self.store.metrics().poisoned(entry.lease.job());
                    self.settler.settle(&entry.lease, &Outcome::Dead { error }).await;
                } else {
                    desk.put(Delivery { lease: entry.lease, work: Work::Raw(entry.raw) });
                }
            }
        }
        Ok(())
    }

    /// How long there is nothing to do, unless something happens.
    fn pause(&self, next: &[Next], at: Instant) -> Duration {
        let until = |instant: Option<DateTime<Utc>>, now: DateTime<Utc>| {
            instant.map(|instant| (instant - now).to_std().unwrap_or(Duration::ZERO))
        };
        let leases = next.iter().filter_map(|next| until(next.lease_end, at.real));
        let due = next.iter().filter_map(|next| match self.clock.mode() {
            ClockMode::System => until(next.due, at.now),
            // Virtual time does not pass by itself, but what is due already is due.
            ClockMode::Virtual => next.due.filter(|due| *due <= at.now).map(|_| Duration::ZERO),
        });
        leases.chain(due).min().unwrap_or(SLEEP_MAX).min(SLEEP_MAX)
    }
}

fn quarantined(deliveries: u32) -> String {
    format!(
        "{QUARANTINED}{} deliveries ended without an outcome, so it may be what ends its worker",
        deliveries - 1
    )
}
