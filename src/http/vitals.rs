//! What readiness and metrics look at, kept for a moment, so that nobody can load Redis by asking,
//! and bounded in time, so that a Redis that hangs does not make them hang.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::coverage::{Covered, glance};
use crate::http::Web;
use crate::store::StoreError;
use crate::worker::with_causes;

/// How long what was seen is believed.
const BELIEVED: Duration = Duration::from_secs(1);
/// The same of calendars and zones, which change by the day.
const COVERAGE_BELIEVED: Duration = Duration::from_secs(5);
/// Time for Redis to answer one look: probes usually give up after a second.
const LOOK_TIMEOUT: Duration = Duration::from_millis(400);

/// One thing that this process needs to do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Check {
    /// What was looked at: `redis`, `namespace` or `calendars`.
    name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    says: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

/// What was seen last.
#[derive(Debug)]
pub(super) struct Vitals {
    allow_unsafe: bool,
    was_ready: AtomicBool,
    checks: Remembered<Arc<[Check]>>,
    covered: Remembered<Option<Arc<Covered>>>,
}

/// A value that is looked at again once it is too old; whoever asks meanwhile waits for it.
#[derive(Debug)]
pub(super) struct Remembered<T>(Mutex<Option<(Instant, T)>>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Remembered<T> {
    /// The value, looked at again when it is older than it is believed.
    pub async fn get(&self, believed: Duration, look: impl Future<Output = T>) -> T {
        let mut known = self.0.lock().await;
        if let Some((at, value)) = known.as_ref()
            && at.elapsed() < believed
        {
            return value.clone();
        }
        let value = look.await;
        *known = Some((Instant::now(), value.clone()));
        value
    }

    /// Believes nothing any more.
    pub async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

impl Vitals {
    pub fn new(allow_unsafe: bool) -> Self {
        let was_ready = AtomicBool::new(true);
        let (checks, covered) = (Remembered::default(), Remembered::default());
        Self { allow_unsafe, was_ready, checks, covered }
    }
}

impl Web {
    /// Everything that this process needs to do its work.
    pub(super) async fn checks(&self) -> Arc<[Check]> {
        self.vitals.checks.get(BELIEVED, self.look()).await
    }

    /// What calendars and zones cover; nothing when Redis does not say.
    pub(super) async fn covered(&self) -> Option<Arc<Covered>> {
        let look = async {
            let now = self.ledger.clock().now().await?;
            glance(&self.ledger, now).await
        };
        let look = async {
            match timeout(LOOK_TIMEOUT, look).await {
                Ok(Ok(covered)) => Some(Arc::new(covered)),
                Ok(Err(error)) => {
                    warn!(error = with_causes(&error), "could not tell what windows have in use");
                    None
                }
                Err(_) => None,
            }
        };
        self.vitals.covered.get(COVERAGE_BELIEVED, look).await
    }

    async fn look(&self) -> Arc<[Check]> {
        let calendars = calendars(self.ledger.rules().window().calendars.ids().count());
        let redis = timeout(LOOK_TIMEOUT, self.redis()).await.unwrap_or_else(|_| {
            let says = format!("Redis does not answer within {} ms", LOOK_TIMEOUT.as_millis());
            vec![redis_trouble(says)]
        });
        let checks: Arc<[Check]> = redis.into_iter().chain([calendars]).collect();
        self.tell(&checks);
        checks
    }

    async fn redis(&self) -> Vec<Check> {
        let (store, mode) = (self.ledger.store(), self.ledger.clock().mode());
        let findings = match store.server_findings().await {
            Ok(findings) => findings,
            Err(error) => return vec![self.unreachable(&error)],
        };
        let mut checks: Vec<Check> = findings.iter().map(|finding| self.unfit(finding)).collect();
        if checks.is_empty() {
            checks.push(fine("redis", "Redis answers, and is fit for use"));
        }
        checks.push(match store.check_namespace(mode).await {
            Ok(()) => fine("namespace", "the namespace is what this process was started for"),
            Err(StoreError::Unfit(says)) => found("namespace", &says),
            Err(error) => self.unreachable(&error),
        });
        checks
    }

    /// Anybody may ask, so nothing is said of addresses; the log has it all, once.
    fn unreachable(&self, error: &StoreError) -> Check {
        if self.vitals.was_ready.load(Ordering::Relaxed) {
            warn!(error = with_causes(error), "Redis was asked whether it is there");
        }
        redis_trouble("Redis cannot be reached, or does not do what it is asked".to_owned())
    }

    /// A server that was allowed to be unfit when this process started still is.
    fn unfit(&self, finding: &str) -> Check {
        Check { ok: self.vitals.allow_unsafe, ..found("redis", finding) }
    }

    /// Logged when it changes, and not as often as somebody asks.
    fn tell(&self, checks: &[Check]) {
        let wrong: Vec<&str> =
            checks.iter().filter(|check| !check.ok).map(|check| check.says.as_str()).collect();
        let ready = wrong.is_empty();
        if self.vitals.was_ready.swap(ready, Ordering::Relaxed) == ready {
            return;
        }
        if ready {
            info!("ready again");
        } else {
            warn!(why = wrong.join("; "), "not ready: {}", wrong.join("; "));
        }
    }
}

fn fine(name: &'static str, says: &str) -> Check {
    Check { name, ok: true, says: says.to_owned(), remedy: None }
}

/// A finding that has its remedy after a semicolon or colon.
fn found(name: &'static str, finding: &str) -> Check {
    let parts = finding.split_once("; ").or_else(|| finding.rsplit_once(": "));
    let (says, remedy) = parts.unwrap_or((finding, "see `cpor doctor`"));
    Check { name, ok: false, says: says.to_owned(), remedy: Some(remedy.to_owned()) }
}

fn redis_trouble(says: String) -> Check {
    let remedy = "look at the Redis server and the way to it; `cpor doctor` says more".to_owned();
    Check { name: "redis", ok: false, says, remedy: Some(remedy) }
}

fn calendars(count: usize) -> Check {
    if count > 0 {
        return fine("calendars", &format!("{count} calendars are in force"));
    }
    found("calendars", "no calendar is in force; see calendars.directory in `cpor settings`")
}
