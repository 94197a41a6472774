//! The one place that reads the time.
//!
//! The clock everybody agrees on is Redis's: each process keeps the offset of Redis's time to its
//! own monotonic clock and computes the time from it. With the virtual clock the deployment's time
//! is a number in Redis that moves only when told to, so that every process travels together.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use redis::Script;
use tracing::warn;

use crate::store::meta::ClockMode;
use crate::store::wake::WAKE_ALL;
use crate::store::{Instant, Store, StoreError};

/// How often the offset to Redis's time is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(1);
/// How far a caller's time may be from Redis's before its commits are refused, in ms.
pub const SKEW_MAX_MS: i64 = 5_000;

/// The deployment's time.
#[derive(Debug, Clone)]
pub struct Clock {
    mode: ClockMode,
    store: Store,
    started: std::time::Instant,
    offset_ms: Arc<AtomicI64>,
    seen_ms: Arc<AtomicI64>,
}

/// The virtual clock cannot be moved like that.
#[derive(Debug, thiserror::Error)]
pub enum TravelError {
    /// The deployment follows Redis's own time.
    #[error(
        "the namespace `{0}` follows the system clock and cannot travel in time; only one created \
         with `clock.mode = \"virtual\"` can"
    )]
    SystemClock(String),
    /// Time does not run backwards.
    #[error("the clock stands at {now} and cannot go back to {to}")]
    Backwards {
        /// Where the clock stands.
        now: DateTime<Utc>,
        /// Where it was to go.
        to: DateTime<Utc>,
    },
    /// The clock could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// This machine's own time, which nothing about a claim is decided by.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the time")]
pub fn host_time() -> DateTime<Utc> {
    Utc::now()
}

/// Today's date by this machine's clock, in UTC, for what has no deployment to ask.
pub fn host_date() -> NaiveDate {
    host_time().date_naive()
}

impl Clock {
    /// The clock of the store's namespace; a virtual one that is new starts at `starts_at`, or
    /// at Redis's time.
    ///
    /// # Errors
    ///
    /// When Redis cannot be asked for its time.
    pub async fn open(
        store: &Store,
        mode: ClockMode,
        starts_at: Option<DateTime<Utc>>,
    ) -> Result<Self, StoreError> {
        let clock = Self {
            mode,
            store: store.clone(),
            started: std::time::Instant::now(),
            offset_ms: Arc::new(AtomicI64::new(0)),
            seen_ms: Arc::new(AtomicI64::new(0)),
        };
        clock.measure().await?;
        clock.create_at(starts_at.unwrap_or_else(|| clock.real())).await?;
        Ok(clock)
    }

    /// A virtual clock of another namespace on the same server, which shares what is known of
    /// Redis's time; a new one starts at `starts_at`, or at Redis's time.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached.
    pub async fn beside(
        &self,
        store: &Store,
        starts_at: Option<DateTime<Utc>>,
    ) -> Result<Self, StoreError> {
        let clock = Self {
            mode: ClockMode::Virtual,
            store: store.clone(),
            seen_ms: Arc::new(AtomicI64::new(0)),
            ..self.clone()
        };
        clock.create_at(starts_at.unwrap_or_else(|| clock.real())).await?;
        Ok(clock)
    }

    /// Sets a virtual clock that has never been set before, and remembers when that was.
    async fn create_at(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut connection = self.store.connection();
        let keys = self.store.keys();
        let doing = || StoreError::doing("create the clock of the namespace");
        let () = redis::cmd("HSETNX")
            .arg(keys.meta())
            .arg("created_at")
            .arg(self.real().to_rfc3339())
            .query_async(&mut connection)
            .await
            .map_err(doing())?;
        if self.mode == ClockMode::System {
            return Ok(());
        }
        redis::cmd("SET")
            .arg(keys.clock())
            .arg(at.timestamp_millis())
            .arg("NX")
            .query_async::<Option<String>>(&mut connection)
            .await
            .map(drop)
            .map_err(doing())
    }

    /// Whose time this is.
    #[must_use]
    pub const fn mode(&self) -> ClockMode {
        self.mode
    }

    /// The deployment's time now.
    ///
    /// # Errors
    ///
    /// When the virtual time cannot be read.
    pub async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        Ok(self.instant().await?.now)
    }

    /// The time now, as scripts need it.
    ///
    /// # Errors
    ///
    /// When the virtual time cannot be read.
    pub async fn instant(&self) -> Result<Instant, StoreError> {
        let real = self.real();
        match self.mode {
            ClockMode::System => Ok(Instant { now: real, real, skew_ms: Some(SKEW_MAX_MS) }),
            ClockMode::Virtual => {
                Ok(Instant { now: self.virtual_now().await?, real, skew_ms: None })
            }
        }
    }

    /// The time as a job in hand has it: with the virtual clock, what this process last read,
    /// which its taker does before it takes anything. So a handler's time is never earlier than
    /// the due time of its entry, and needs no round trip.
    #[must_use]
    pub fn working_instant(&self) -> Instant {
        let real = self.real();
        match self.mode {
            ClockMode::System => Instant { now: real, real, skew_ms: Some(SKEW_MAX_MS) },
            ClockMode::Virtual => {
                let seen_ms = self.seen_ms.load(Ordering::SeqCst);
                let now = DateTime::from_timestamp_millis(seen_ms).unwrap_or(real);
                Instant { now, real, skew_ms: None }
            }
        }
    }

    /// Redis's own time, whatever the mode.
    #[must_use]
    pub fn real(&self) -> DateTime<Utc> {
        let ms = self.elapsed_ms() + self.offset_ms.load(Ordering::Relaxed);
        DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// How far Redis's time is ahead of this machine's own, for people who look for a wrong clock.
    #[must_use]
    pub fn ahead_of_host(&self) -> TimeDelta {
        self.real() - host_time()
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    async fn virtual_now(&self) -> Result<DateTime<Utc>, StoreError> {
        let mut connection = self.store.connection();
        let ms: i64 = redis::cmd("GET")
            .arg(self.store.keys().clock())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the virtual clock"))?;
        self.seen_ms.fetch_max(ms, Ordering::SeqCst);
        DateTime::from_timestamp_millis(ms)
            .ok_or_else(|| StoreError::malformed("read the virtual clock", ms))
    }

    async fn measure(&self) -> Result<(), StoreError> {
        let mut connection = self.store.connection();
        let before_ms = self.elapsed_ms();
        let (seconds, micros): (i64, i64) = redis::cmd("TIME")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("ask Redis for its time"))?;
        let middle_ms = i64::midpoint(before_ms, self.elapsed_ms());
        self.offset_ms.store(seconds * 1_000 + micros / 1_000 - middle_ms, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps the offset to Redis's time fresh for as long as it is polled.
    pub async fn keep(&self) {
        loop {
            tokio::time::sleep(MEASURE_EVERY).await;
            if let Err(error) = self.measure().await {
                let error = &error as &(dyn std::error::Error + 'static);
                warn!(error, "going on with the last known offset to Redis's time");
            }
        }
    }
}

/// The right to move a clock, which only a virtual one gives: a deployment on the system clock has
/// none to give, and a namespace that was made with it never gets another clock.
#[derive(Debug, Clone)]
pub struct Traveller {
    clock: Clock,
}

impl Clock {
    /// Who may move this clock: nobody, unless it is virtual.
    #[must_use]
    pub fn traveller(&self) -> Option<Traveller> {
        match self.mode {
            ClockMode::System => None,
            ClockMode::Virtual => Some(Traveller { clock: self.clone() }),
        }
    }
}

impl Traveller {
    /// Moves the clock to `to` and wakes everybody, whatever is due on the way.
    ///
    /// # Errors
    ///
    /// When the clock stands later already, or cannot be written.
    pub async fn set(&self, to: DateTime<Utc>) -> Result<(), TravelError> {
        let now = self.move_to(None, to).await?;
        if now > to { Err(TravelError::Backwards { now, to }) } else { Ok(()) }
    }

    /// Moves the clock from `from` to `to` and wakes everybody, unless another traveller has moved
    /// it meanwhile. Says where it stands then.
    ///
    /// # Errors
    ///
    /// When the clock cannot be written.
    pub async fn step(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, StoreError> {
        self.move_to(Some(from), to).await
    }

    async fn move_to(
        &self,
        from: Option<DateTime<Utc>>,
        to: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, StoreError> {
        let keys = self.clock.store.keys();
        let mut connection = self.clock.store.connection();
        let doing = "move the virtual clock";
        let stands_ms: i64 = Script::new(include_str!("store/lua/move_clock.lua"))
            .key(keys.clock())
            .arg(to.timestamp_millis())
            .arg(from.map_or_else(String::new, |from| from.timestamp_millis().to_string()))
            .arg(keys.wake_channel())
            .arg(WAKE_ALL)
            .invoke_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing))?;
        self.clock.store.tell_changed();
        DateTime::from_timestamp_millis(stands_ms)
            .ok_or_else(|| StoreError::malformed(doing, stands_ms))
    }
}
