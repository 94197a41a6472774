//! Sandboxes: short-lived namespaces for tests, many in one process. Each has data, a virtual
//! clock, credentials and mails of its own, and is gone after an hour.
//!
//! | file | holds |
//! |---|---|
//! | `one.rs` | one of them: awake while somebody asks, asleep otherwise |
//! | `removal.rs` | removing those that are over, and those of a process that was killed |
//!
//! All share what costs time or memory to make: the connection to Redis, what is known of its
//! time, calendars, catalogue, templates, tenant directory. A sandbox that nobody asks anything
//! costs nothing but its keys in Redis and its mails.
//!
//! The namespace of the server itself has the register of the sandboxes and nothing else of them.
//! One server makes the sandboxes of a namespace: at its start it removes what it finds there.

mod one;
mod removal;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::access::{ApiKey, ApiKeyError, ApiKeys, Authority, NewApiKey};
use crate::app::{App, AppError, Equipment, rules};
use crate::claim::identity::{Line, MpnId, Source};
use crate::http::{Common, in_a_sandbox};
use crate::ledger::{Ledger, Rules};
use crate::settings::{Settings, SettingsError};
use crate::store::StoreError;
use crate::store::meta::ClockMode;
use crate::store::sandboxes::SANDBOX_PREFIX;
pub use one::Sandbox;
use removal::Doomed;

/// Handlers of one job that run at once in one sandbox: there may be thousands of them, each with
/// a few claims.
const CONCURRENCY_MAX: usize = 8;

/// The sandboxes of a server; cheap to clone.
#[derive(Clone)]
pub struct Sandboxes(Arc<Server>);

struct Server {
    /// The namespace that has the register, and the way to Redis.
    host: App,
    rules: Arc<Rules>,
    equipment: Equipment,
    common: Common,
    all: Mutex<HashMap<String, Arc<Sandbox>>>,
    doomed: Doomed,
    /// Somebody waits for a removal.
    remove: Notify,
}

/// What somebody wants of a new sandbox.
#[derive(Debug)]
pub struct Wish {
    /// Where its clock starts; at Redis's time unless given.
    pub starts_at: Option<DateTime<Utc>>,
    /// How long it lives; as long as the settings say unless given, and never longer.
    pub lifetime: Option<TimeDelta>,
    /// The source of its key for upstream systems.
    pub source: Source,
    /// The partner of its key for a partner's people.
    pub mpn_id: MpnId,
}

/// A sandbox that was just made: the only time its keys are there.
pub struct Made {
    /// The sandbox.
    pub sandbox: Arc<Sandbox>,
    /// Where its clock stands.
    pub now: DateTime<Utc>,
    /// One key for each role.
    pub keys: Vec<(Authority, ApiKey)>,
}

/// There is no new sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// There are as many as allowed.
    #[error("there are {count_max} sandboxes already, as many as `sandbox.count_max` allows")]
    Full {
        /// How many are allowed.
        count_max: usize,
        /// When the next one is over.
        free_at: DateTime<Utc>,
    },
    /// It could not be set up.
    #[error("could not set up a sandbox")]
    SetUp(#[from] AppError),
    /// Its keys could not be made.
    #[error("could not make the keys of a sandbox")]
    Keys(#[from] ApiKeyError),
}

impl From<StoreError> for SandboxError {
    fn from(error: StoreError) -> Self {
        Self::SetUp(error.into())
    }
}

impl Sandboxes {
    /// A server of sandboxes whose register is in the namespace of `host`, without any so far.
    ///
    /// # Errors
    ///
    /// When the deployment may not travel in time, or a setting cannot be used.
    pub fn new(host: &App) -> Result<Self, AppError> {
        let mut settings = host.settings.clone();
        if !settings.clock.travel_allowed {
            return Err(AppError::Settings(SettingsError::OutOfRange {
                key: "clock.travel_allowed".to_owned(),
                problem: "is false, as in the production profile, and a sandbox is nothing but \
                          travelling in time; run sandboxes under another profile"
                    .to_owned(),
            }));
        }
        settings.clock.mode = ClockMode::Virtual;
        Ok(Self(Arc::new(Server {
            rules: Arc::new(rules(&settings, host.ledger.rules().window().calendars.clone())?),
            equipment: host.equipment()?,
            common: Common::of(host, in_a_sandbox)?,
            all: Mutex::default(),
            doomed: Doomed::default(),
            remove: Notify::new(),
            host: host.share(),
        })))
    }

    /// Makes a sandbox.
    ///
    /// # Errors
    ///
    /// When there are too many, or Redis fails.
    pub async fn make(&self, wish: Wish) -> Result<Made, SandboxError> {
        let server = &self.0;
        let real = server.ledger().clock().real();
        let longest = TimeDelta::minutes(server.host.settings.sandbox.lifetime_minutes.into());
        let expires_at = real + wish.lifetime.unwrap_or(longest).min(longest);
        let id = format!("{SANDBOX_PREFIX}{:032x}", rand::random::<u128>());
        let sandbox = Arc::new(Sandbox::new(&server.host.settings, id.clone(), expires_at));
        server.admit(&sandbox)?;
        let made = self.set_up(&sandbox, &wish, real).await;
        if made.is_err() {
            // Whatever has been written by then goes with the next removal.
            server.discard(&id);
        }
        made
    }

    async fn set_up(
        &self,
        sandbox: &Arc<Sandbox>,
        wish: &Wish,
        real: DateTime<Utc>,
    ) -> Result<Made, SandboxError> {
        let server = &self.0;
        server.ledger().store().register_sandbox(sandbox.id(), sandbox.expires_at()).await?;
        let app = sandbox.open(server, wish.starts_at).await?;
        let store = app.ledger.store().clone();
        let now = app.ledger.clock().now().await?;
        let authorities = [
            Authority::UpstreamSource(wish.source.clone()),
            Authority::IncentivesAdmin(wish.mpn_id.clone()),
            Authority::Reviewer,
            Authority::Operator,
            Authority::UsageDataService,
        ];
        let label = Line::parse("of the sandbox").map_err(|_| malformed_label())?;
        let new = authorities.clone().map(|authority| NewApiKey {
            authority,
            label: label.clone(),
            expires_at: None,
        });
        let keys = ApiKeys::new(store).create_all(&new, real).await?;
        let keys = authorities.into_iter().zip(keys).collect();
        Ok(Made { sandbox: Arc::clone(sandbox), now, keys })
    }

    /// A sandbox that is not over.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<Sandbox>> {
        let real = self.0.ledger().clock().real();
        let found = self.0.all.lock().get(id).map(Arc::clone);
        found.filter(|sandbox| real < sandbox.expires_at())
    }

    /// What answers the requests of a sandbox, with its workers at work; nothing when it is over.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn awake(&self, sandbox: &Sandbox) -> Result<Option<Router>, SandboxError> {
        Ok(sandbox.awake(&self.0).await?)
    }

    /// Redis's own time, by which sandboxes end.
    #[must_use]
    pub fn real(&self) -> DateTime<Utc> {
        self.0.ledger().clock().real()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.all.lock().len()
    }
}

fn malformed_label() -> StoreError {
    StoreError::malformed("label the keys of a sandbox", "a label that is none")
}

impl Server {
    fn ledger(&self) -> &Ledger {
        &self.host.ledger
    }

    /// Lets a sandbox in if there is room.
    fn admit(&self, sandbox: &Arc<Sandbox>) -> Result<(), SandboxError> {
        let count_max = self.host.settings.sandbox.count_max;
        let mut all = self.all.lock();
        if all.len() >= count_max {
            let ends = all.values().map(|sandbox| sandbox.expires_at());
            let free_at = ends.min().unwrap_or_else(|| sandbox.expires_at());
            return Err(SandboxError::Full { count_max, free_at });
        }
        all.insert(sandbox.id().to_owned(), Arc::clone(sandbox));
        Ok(())
    }

    /// The settings of a sandbox's own deployment.
    fn settings(&self, sandbox: &Sandbox, starts_at: Option<DateTime<Utc>>) -> Settings {
        let mut settings = self.host.settings.clone();
        settings.clock.mode = ClockMode::Virtual;
        settings.clock.starts_at = starts_at;
        sandbox.id().clone_into(&mut settings.redis.namespace);
        settings.redis.partitions = 1;
        sandbox.base_url().clone_into(&mut settings.http.public_url);
        settings.access.development_keys = false;
        settings.access.development_user.name.clear();
        for job in settings.workers.values_mut() {
            job.concurrency = job.concurrency.min(CONCURRENCY_MAX);
        }
        settings
    }
}

/// How sandboxes end.
impl Sandboxes {
    /// Looks after the sandboxes until `stop` is cancelled: puts those to sleep that nobody asks,
    /// and removes those that are over. Then removes all of them.
    pub async fn keep(&self, stop: &CancellationToken) {
        removal::keep(&self.0, stop).await;
    }

    /// Removes the sandboxes that are over at `real`, and puts those to sleep that nobody has
    /// asked anything for a while then.
    pub async fn tidy_up(&self, real: DateTime<Utc>) {
        removal::look(&self.0, real).await;
    }

    /// Removes a sandbox, and returns when none of its keys is left.
    ///
    /// # Errors
    ///
    /// When Redis fails; the removal is tried again then.
    pub async fn remove(&self, id: &str) -> Result<(), StoreError> {
        removal::remove(&self.0, id).await
    }

    /// Removes what a process that was killed has left in the register. Says how many sandboxes
    /// there were.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn remove_left_behind(&self) -> Result<usize, StoreError> {
        removal::left_behind(&self.0).await
    }
}
