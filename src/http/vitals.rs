//! What readiness and metrics look at, kept for a moment, so that nobody can load Redis by asking,
//! and bounded in time, so that a Redis that hangs does not make them hang.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cpor_jobs::Job;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::coverage::{Covered, glance};
use crate::http::Web;
use crate::http::stalled::Queues;
use crate::metrics::Deployment;
use crate::settings::Settings;
use crate::store::StoreError;
use crate::worker::progress::Progress;
use crate::worker::{JobLimits, with_causes};

/// How long what was seen is believed.
const BELIEVED: Duration = Duration::from_secs(1);
/// The same of calendars and zones, which change by the day.
const COVERAGE_BELIEVED: Duration = Duration::from_secs(5);
/// Time for Redis to answer all that figures are made of: Prometheus gives up after ten seconds.
const FIGURES_TIMEOUT: Duration = Duration::from_secs(2);
/// Time for Redis to answer one look: probes usually give up after a second.
const LOOK_TIMEOUT: Duration = Duration::from_millis(400);

/// One thing that this process needs to do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Check {
    /// What was looked at: `redis`, `namespace`, `queues` or `calendars`.
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
    progress: Progress,
    limits: JobLimits,
    stalled: Duration,
    queues: parking_lot::Mutex<Queues>,
    was_ready: AtomicBool,
    checks: Remembered<Arc<[Check]>>,
    covered: Remembered<Option<Arc<Covered>>>,
    deployment: Remembered<Option<Arc<Deployment>>>,
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
    pub fn new(settings: &Settings, progress: Progress) -> Self {
        Self {
            allow_unsafe: settings.redis.allow_unsafe,
            progress,
            limits: settings.job_limits(),
            stalled: Duration::from_secs(settings.http.stalled_seconds.into()),
            queues: parking_lot::Mutex::default(),
            was_ready: AtomicBool::new(true),
            checks: Remembered::default(),
            covered: Remembered::default(),
            deployment: Remembered::default(),
        }
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

    /// The deployment in figures; nothing when Redis does not say.
    pub(super) async fn deployment(&self) -> Option<Arc<Deployment>> {
        let look = async {
            match timeout(FIGURES_TIMEOUT, Deployment::look(&self.ledger)).await {
                Ok(Ok(deployment)) => Some(Arc::new(deployment)),
                Ok(Err(error)) => {
                    warn!(error = with_causes(&error), "could not read the figures");
                    None
                }
                Err(_) => None,
            }
        };
        self.vitals.deployment.get(BELIEVED, look).await
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
        checks.extend(self.queues().await);
        checks
    }

    /// Only those that this process works: what another one leaves undone is said by that one.
    async fn queues(&self) -> Vec<Check> {
        let counts = self.vitals.progress.counts();
        if counts.is_empty() {
            return Vec::new();
        }
        let due = async {
            let now = self.ledger.clock().now().await?;
            self.ledger.store().due_jobs(now).await
        };
        let due = match due.await {
            Ok(due) => due,
            Err(error) => return vec![self.unreachable(&error)],
        };
        let limit = |job| self.vitals.limits.of(job).timeout + self.vitals.stalled;
        let stalled = self.vitals.queues.lock().stalled(&counts, &due, Instant::now(), limit);
        if stalled.is_empty() {
            return vec![fine("queues", "what is due is being worked")];
        }
        stalled.into_iter().map(|(job, still)| stalled_queue(job, still)).collect()
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
            warn!(error = wrong.join("; "), "not ready: {}", wrong.join("; "));
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

fn stalled_queue(job: Job, still: Duration) -> Check {
    let says = format!(
        "{job}: something is due, and no attempt of this process has ended for {} s",
        still.as_secs()
    );
    let remedy = format!("look at the log for {job}, run `cpor doctor`, and restart the process");
    Check { name: "queues", ok: false, says, remedy: Some(remedy) }
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
