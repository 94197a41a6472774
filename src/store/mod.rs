//! Redis and nothing but Redis: where claims, their agenda and their items are kept.
//!
//! Every change is one script over keys that share a partition's hash tag, so a claim's state and
//! its jobs never disagree. No rule about claims is decided here, and no clock is read: times
//! come in as arguments.

pub mod agenda;
pub mod api_keys;
pub mod archive;
pub mod backup;
mod batch;
mod bounds;
pub mod claims;
pub mod closing;
mod cluster;
mod commit;
mod connection;
mod controls;
pub mod dead;
mod documents;
mod drafts;
pub mod editions;
pub(crate) mod erase;
mod error;
pub mod feed;
pub mod grants;
mod hasten;
pub mod inbox;
pub mod indexes;
pub mod inspect;
pub mod intake;
mod items;
pub mod keys;
mod lease;
pub mod listeners;
pub mod looks;
pub mod meta;
mod notifications;
pub mod numbers;
pub mod open_windows;
mod overview;
mod processes;
mod questions;
mod rates;
pub mod raw;
mod relay;
pub mod report;
pub mod restore;
pub mod sandboxes;
pub mod scan;
pub mod search;
pub mod server;
mod settle;
mod standing;
mod submissions;
pub(crate) mod turn;
pub mod usage;
pub mod wake;
mod watched;
pub mod webhooks;
mod windows;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use redis::Script;
use tokio::sync::Notify;

use crate::metrics::Metrics;
use crate::operations::RateCounters;
use batch::{Answer, Batch};
pub use bounds::{Bounds, InboxBounds};
pub(crate) use commit::PreparedCommit;
pub use commit::{Commit, Committed, Companion};
pub use connection::{Connection, redacted};
pub use error::StoreError;
pub use keys::Keys;
pub use relay::{Relayed, Unrelayed};
pub use standing::{Planned, Standing};
use submissions::Submissions;

/// An instant on both clocks a script needs.
///
/// The agenda is on the deployment's clock, which may be virtual; leases are on Redis's own time,
/// so that travelling in time does not end them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// The deployment's time.
    pub now: DateTime<Utc>,
    /// Redis's own time.
    pub real: DateTime<Utc>,
    /// How far `now` may be from Redis's time; `None` with the virtual clock.
    pub skew_ms: Option<i64>,
}

/// The way to Redis; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    connection: Connection,
    keys: Arc<Keys>,
    scripts: Arc<Scripts>,
    url: Arc<str>,
    bounds: Bounds,
    submissions: Submissions,
    takes: Arc<AtomicU64>,
    /// Claims that came into a status by commits of this process, until they are handed in.
    rates: Arc<RateCounters>,
    /// What this process counts in this namespace.
    metrics: Arc<Metrics>,
    /// Told of every change, where all of them are made by this process.
    changed: Option<Arc<Notify>>,
}

#[derive(Debug)]
struct Scripts {
    commit: Script,
    take: Script,
    intake_take: Script,
    inspect: Script,
    next_closing: Script,
    read_feed: Script,
    relay: Script,
    standing: Script,
    backup_read: Script,
}

impl Store {
    /// A store over an open connection to `url`.
    #[must_use]
    pub fn new(connection: Connection, url: &str, keys: Keys, bounds: Bounds) -> Self {
        let scripts = Scripts {
            commit: Script::new(include_str!("lua/commit.lua")),
            take: Script::new(include_str!("lua/take.lua")),
            intake_take: Script::new(include_str!("lua/intake_take.lua")),
            inspect: Script::new(include_str!("lua/inspect.lua")),
            next_closing: Script::new(include_str!("lua/next_closing.lua")),
            read_feed: Script::new(include_str!("lua/read_feed.lua")),
            relay: Script::new(include_str!("lua/relay.lua")),
            standing: Script::new(include_str!("lua/standing.lua")),
            backup_read: Script::new(include_str!("lua/backup_read.lua")),
        };
        Self {
            connection,
            keys: Arc::new(keys),
            scripts: Arc::new(scripts),
            url: Arc::from(url),
            bounds,
            submissions: Submissions::new(),
            takes: Arc::default(),
            rates: Arc::default(),
            metrics: Arc::default(),
            changed: None,
        }
    }

    /// Another namespace over the same connection, which this process has for itself: its worker
    /// is woken without a detour over Redis. What is remembered of submissions is shared: no two
    /// claims have the same id, and who asks has found the claim in its own namespace.
    #[must_use]
    pub fn beside(&self, keys: Keys) -> Self {
        Self {
            keys: Arc::new(keys),
            takes: Arc::default(),
            rates: Arc::default(),
            metrics: Arc::default(),
            changed: Some(Arc::default()),
            ..self.clone()
        }
    }

    /// What is told of every change, where all of them are made by this process.
    #[must_use]
    pub const fn changed(&self) -> Option<&Arc<Notify>> {
        self.changed.as_ref()
    }

    /// Something has changed that a worker may have to look at.
    pub(crate) fn tell_changed(&self) {
        if let Some(changed) = &self.changed {
            changed.notify_one();
        }
    }

    /// What fences the leases of one take. A worker that has an entry twice has two leases: what
    /// comes late of the first must not end the second.
    fn fence(&self, token: &str) -> String {
        format!("{token}.{}", self.takes.fetch_add(1, Ordering::Relaxed))
    }

    /// The names of the keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What this process counts in this namespace: every part that has something to count has a
    /// store.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The server's address, password included.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the server says about itself.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached.
    pub async fn info(&self) -> Result<redis::InfoDict, StoreError> {
        let mut connection = self.connection();
        redis::cmd("INFO")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("ask the server about itself"))
    }

    /// Processor time that the server has spent on commands since its start. What a script calls
    /// is in it twice.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached.
    pub(crate) async fn command_time(&self) -> Result<Duration, StoreError> {
        let mut connection = self.connection();
        let stats: redis::InfoDict = redis::cmd("INFO")
            .arg("commandstats")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("ask the server what commands have cost"))?;
        let spent = |line: String| {
            line.split(',').find_map(|p| p.strip_prefix("usec=")?.parse::<u64>().ok())
        };
        let names: Vec<String> = stats.keys().cloned().collect();
        let spent = names.iter().filter_map(|name| spent(stats.get::<String>(name)?));
        Ok(Duration::from_micros(spent.sum()))
    }

    /// Loads the script of commits, which a server that was restarted has forgotten.
    pub(crate) async fn load_scripts(&self) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let loaded = self.scripts.commit.prepare_invoke().load_async(&mut connection).await;
        loaded.map(drop).map_err(StoreError::doing("load the scripts"))
    }

    /// A handle on the shared connection.
    pub(crate) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// Runs the writes of a batch if its guards hold.
    async fn run(
        &self,
        batch: &Batch,
        partition: u16,
        at: Instant,
        doing: impl Fn() -> String + Send,
    ) -> Result<Answer, StoreError> {
        let channel = self.keys.wake_channel();
        let now_ms = at.now.timestamp_millis();
        let wake = (channel.as_str(), partition);
        let command = batch.command(&self.scripts.commit, now_ms, at.skew_ms, wake);
        let failed = |source| StoreError::Redis { doing: doing(), source };
        let mut connection = self.connection.clone();
        let mut reply: Result<Vec<redis::Value>, _> = command.query_async(&mut connection).await;
        if let Err(error) = &reply
            && error.kind() == redis::ErrorKind::Server(redis::ServerErrorKind::NoScript)
        {
            self.load_scripts().await?;
            reply = command.query_async(&mut connection).await;
        }
        let reply = reply.map_err(failed)?;
        self.tell_changed();
        answer(&reply).ok_or_else(|| StoreError::malformed(doing(), format!("reply {reply:?}")))
    }
}

fn answer(reply: &[redis::Value]) -> Option<Answer> {
    let text = |i: usize| reply.get(i).and_then(|v| redis::from_redis_value_ref::<String>(v).ok());
    let number = |i: usize| reply.get(i).and_then(|v| redis::from_redis_value_ref::<i64>(v).ok());
    match text(0)?.as_str() {
        "done" => Some(Answer::Done),
        "guard" => {
            let number = usize::try_from(number(1)?).ok()?.checked_sub(1)?;
            Some(Answer::Guard { number, found: text(2)? })
        }
        "skew" => Some(Answer::Skew { theirs_ms: number(1)? }),
        _ => None,
    }
}
