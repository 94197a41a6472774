//! The Entra provider: asks Microsoft Entra's public OpenID configuration whose a domain is.
//!
//! Answers are kept for a while, and look-ups of one domain at one time share one request. One
//! look-up takes at most `attempts_max` time limits plus the pauses between them (two seconds
//! each at most); what needs longer is for the job that asked to try again. It deliberately knows
//! no subscriptions: Entra tells those only to the tenant itself.

mod answer;
mod cache;
mod http;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use tokio::time::Instant;

use super::settings::{DirectorySetupError, EntraSettings};
use cache::AnswerCache;
use http::EntraClient;

pub use answer::LookupProblem;
pub(super) use answer::Owner;

/// Domains whose answer is kept; a few megabytes at most.
const CACHE_ENTRIES_MAX: usize = 10_000;

/// The pause after the first attempt; it doubles with every further one.
const PAUSE_FIRST: Duration = Duration::from_millis(100);

/// No pause is longer: beyond it, the queue is the better place to wait.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// The directory could not be asked; trying again later is right.
#[derive(Debug, Clone, thiserror::Error)]
#[error("could not learn from {host} whose the domain {domain} is (attempts: {attempts})")]
pub struct DirectoryError {
    host: String,
    domain: String,
    attempts: u32,
    #[source]
    source: Arc<LookupProblem>,
}

/// Microsoft Entra, or one of its national clouds.
pub struct EntraDirectory {
    asker: Arc<Asker>,
    desk: Arc<Mutex<Desk>>,
}

struct Asker {
    client: EntraClient,
    attempts_max: u32,
}

/// What is known and what is being asked just now.
struct Desk {
    answers: AnswerCache,
    /// Weak, so that a question nobody waits for any more ends with its last look-up.
    asking: HashMap<String, WeakShared<Asking>>,
}

type Asking = BoxFuture<'static, Result<Owner, DirectoryError>>;

impl EntraDirectory {
    /// Checks the settings and prepares the client; asks nothing yet.
    pub(super) fn new(settings: &EntraSettings) -> Result<Self, DirectorySetupError> {
        let attempts_max = settings.attempts_max;
        check_range("directory.entra.attempts_max", attempts_max.into(), 1, 10)?;
        check_range("directory.entra.timeout_ms", settings.timeout_ms, 1, 60_000)?;
        check_range("directory.entra.cache_seconds", settings.cache_seconds, 0, 86_400)?;
        let timeout = Duration::from_millis(settings.timeout_ms);
        let client = EntraClient::new(&settings.base_url, timeout)?;
        let keep = Duration::from_secs(settings.cache_seconds);
        let answers = AnswerCache::new(keep, CACHE_ENTRIES_MAX);
        Ok(Self {
            asker: Arc::new(Asker { client, attempts_max }),
            desk: Arc::new(Mutex::new(Desk { answers, asking: HashMap::new() })),
        })
    }

    /// Whose the domain is: from memory, from a look-up under way, or from Entra.
    pub(super) async fn owner_of(&self, domain: &str) -> Result<Owner, DirectoryError> {
        if !is_domain_name(domain) {
            return Ok(Owner::Nobody);
        }
        let asking = {
            let mut desk = lock(&self.desk);
            if let Some(owner) = desk.answers.get(domain, Instant::now()) {
                return Ok(owner);
            }
            self.join_or_ask(&mut desk, domain)
        };
        asking.await
    }

    fn join_or_ask(&self, desk: &mut Desk, domain: &str) -> Shared<Asking> {
        if let Some(asking) = desk.asking.get(domain).and_then(WeakShared::upgrade) {
            return asking;
        }
        // Those left behind by look-ups that were dropped half-way.
        desk.asking.retain(|_, asking| asking.upgrade().is_some());
        let asking = ask(Arc::clone(&self.asker), Arc::clone(&self.desk), domain.to_owned());
        let asking = asking.boxed().shared();
        desk.asking.extend(asking.downgrade().map(|weak| (domain.to_owned(), weak)));
        asking
    }
}

/// Asks, and leaves the answer on the desk.
async fn ask(
    asker: Arc<Asker>,
    desk: Arc<Mutex<Desk>>,
    domain: String,
) -> Result<Owner, DirectoryError> {
    let outcome = asker.ask(&domain).await;
    let mut desk = lock(&desk);
    desk.asking.remove(&domain);
    if let Ok(owner) = &outcome {
        desk.answers.put(domain, *owner, Instant::now());
    }
    outcome
}

impl Asker {
    async fn ask(&self, domain: &str) -> Result<Owner, DirectoryError> {
        let mut attempt = 1;
        loop {
            let problem = match self.client.owner_of(domain).await {
                Ok(owner) => return Ok(owner),
                Err(problem) => problem,
            };
            let random = RandomState::new().hash_one(attempt);
            match pause_after(attempt, &problem, random) {
                Some(pause) if attempt < self.attempts_max => tokio::time::sleep(pause).await,
                Some(_) | None => return Err(self.give_up(domain, attempt, problem)),
            }
            attempt += 1;
        }
    }

    fn give_up(&self, domain: &str, attempts: u32, problem: LookupProblem) -> DirectoryError {
        DirectoryError {
            host: self.client.host().to_owned(),
            domain: domain.to_owned(),
            attempts,
            source: Arc::new(problem),
        }
    }
}

/// How long to wait before the next attempt; `None` where a quick one would be in vain.
///
/// `random` spreads the pause over the upper half of its length, so that many workers that met
/// one fault do not come back at one instant. A server's own wish is obeyed if it is short.
fn pause_after(attempt: u32, problem: &LookupProblem, random: u64) -> Option<Duration> {
    if !problem.may_pass_soon() {
        return None;
    }
    let doubled = PAUSE_FIRST.saturating_mul(1 << (attempt - 1).min(16)).min(PAUSE_MAX);
    let thousandths = u32::try_from(random % 1_001).unwrap_or(0);
    let pause = doubled / 2 + doubled / 2 * thousandths / 1_000;
    let pause = pause.max(problem.retry_after().unwrap_or_default());
    (pause <= PAUSE_MAX).then_some(pause)
}

/// Whether it may be put into the address that is asked.
///
/// Two labels at least: Entra also takes a tenant's id and words such as `common` in this place,
/// and neither is a domain. No empty label, as `..` would lead out of the path.
fn is_domain_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label)
}

fn check_range(
    key: &'static str,
    value: u64,
    least: u64,
    most: u64,
) -> Result<(), DirectorySetupError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let problem = format!("it is {value}, and must be from {least} to {most}");
    Err(DirectorySetupError::Setting { key, problem })
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
