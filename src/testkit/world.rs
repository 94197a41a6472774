//! A whole deployment of its own, for one test.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::{Job, SubmitClaim};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::calendar::BusinessDays;
use crate::claim::command::Command;
use crate::claim::identity::TenantId;
use crate::claim::{Claim, ClaimId, Recorded, Status};
use crate::ledger::{Applied, Ledger, LedgerError, Submitted};
use crate::settings::Settings;
use crate::store::StoreError;
use crate::store::dead::DeadEntry;
use crate::store::keys::IntakePart;
use crate::testkit::redis::shared_redis;
use crate::testkit::smtp::{Received, SmtpServer};
use crate::travel::{settle, travel, travel_to_next};
use crate::worker;

/// The tenants that the static directory of every world knows.
const DIRECTORY: &str = include_str!("directory.toml");

/// A deployment on a virtual clock, with workers, a mail server and a tenant directory.
///
/// Every method that changes something returns when the world has settled: nothing is due and
/// nothing is running. A world that is dropped while something is due, running or dead fails its
/// test.
pub struct World {
    app: App,
    smtp: SmtpServer,
    stop: CancellationToken,
    worker: Option<JoinHandle<Result<(), StoreError>>>,
    folder: TempDir,
}

#[expect(clippy::missing_panics_doc, reason = "a test that cannot go on panics, and says why")]
#[expect(clippy::panic, reason = "a test that cannot go on panics, and says why")]
impl World {
    /// A world whose clock stands at `at` (RFC 3339).
    pub async fn starting(at: &str) -> Self {
        Self::configured(at, &[]).await
    }

    /// A world whose clock stands at `at`, with some settings of its own (key and value).
    pub async fn configured(at: &str, overrides: &[(&str, &str)]) -> Self {
        let mut world = Self::without_worker(at, overrides).await;
        world.start_worker();
        world
    }

    /// A world in which nobody works until [`World::start_worker`].
    pub async fn without_worker(at: &str, overrides: &[(&str, &str)]) -> Self {
        let smtp = or_fail("start a mail server", SmtpServer::start().await);
        let folder = or_fail("make a folder", TempDir::with_prefix("cpor-world-"));
        let file = folder.path().join("directory.toml");
        or_fail("write the tenant directory", std::fs::write(&file, DIRECTORY));
        let namespace = format!("world-{}", Uuid::new_v4().simple());
        let (port, file) = (smtp.port().to_string(), file.display().to_string());
        let mut all = vec![
            ("redis.url", shared_redis().await),
            ("redis.namespace", namespace.as_str()),
            ("redis.partitions", "2"),
            ("clock.mode", "virtual"),
            ("clock.starts_at", at),
            ("mail.transport", "smtp"),
            ("mail.smtp.host", "127.0.0.1"),
            ("mail.smtp.port", port.as_str()),
            ("mail.from", "Partner claims <claims@cpor.example>"),
            ("directory.file", file.as_str()),
            ("calendars.overrides_directory", ""),
        ];
        all.extend_from_slice(overrides);
        let settings = or_fail("read the settings", Settings::built_in(&all));
        let app = or_fail("open the world", App::open(settings).await);
        Self { app, smtp, stop: CancellationToken::new(), worker: None, folder }
    }

    /// Starts a worker for all jobs.
    pub fn start_worker(&mut self) {
        let context = or_fail("set up the worker", self.app.context(Job::ALL.to_vec()));
        self.stop = CancellationToken::new();
        self.worker = Some(tokio::spawn(worker::run(Arc::new(context), self.stop.clone())));
    }

    /// Stops the worker as SIGTERM would, and waits until it has stopped.
    pub async fn stop_worker(&mut self) {
        self.stop.cancel();
        if let Some(worker) = self.worker.take() {
            let ended = or_fail("wait for the worker", worker.await);
            or_fail("stop the worker", ended);
        }
    }

    /// Stops the worker; a test may end with this to see that stopping works.
    pub async fn finish(mut self) {
        self.settle().await;
        self.stop_worker().await;
    }

    /// The one door to the claims of this world.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.app.ledger
    }

    /// The mail server of this world.
    #[must_use]
    pub const fn smtp(&self) -> &SmtpServer {
        &self.smtp
    }

    /// The file of the static tenant directory; a change is noticed at the next look-up.
    #[must_use]
    pub fn directory_file(&self) -> PathBuf {
        self.folder.path().join("directory.toml")
    }

    /// Submits a claim that has to be accepted, and settles.
    pub async fn submit(&self, submission: SubmitClaim) -> ClaimId {
        match self.try_submit(&submission).await {
            Submitted::Accepted(id) | Submitted::Repeated(id) => id,
            Submitted::Refused(findings) => panic!("the submission was refused: {findings:#?}"),
        }
    }

    /// Submits a claim, says what became of it, and settles.
    pub async fn try_submit(&self, submission: &SubmitClaim) -> Submitted {
        let json = or_fail("write the submission", submission.to_json());
        let submitted = or_fail("submit", self.ledger().submit(json.as_bytes()).await);
        self.settle().await;
        submitted
    }

    /// Pushes raw submissions onto the intake as upstream systems in any language do, and
    /// settles. What is refused is then among [`World::dead_letters`].
    pub async fn intake<R: AsRef<[u8]>>(&self, raw: impl IntoIterator<Item = R>) {
        let store = self.ledger().store();
        let mut push = ::redis::cmd("LPUSH");
        push.arg(store.keys().intake());
        for entry in raw {
            push.arg(entry.as_ref());
        }
        let mut connection = self.redis().await;
        let pushed: Result<u64, _> = push.query_async(&mut connection).await;
        or_fail("push onto the intake", pushed);
        self.settle().await;
    }

    /// A connection of its own to the Redis server of this world.
    pub async fn redis(&self) -> ::redis::aio::MultiplexedConnection {
        let client = or_fail("read the address", ::redis::Client::open(self.redis_url()));
        or_fail("connect to Redis", client.get_multiplexed_async_connection().await)
    }

    /// Where the Redis server of this world listens; other worlds share it.
    #[must_use]
    pub fn redis_url(&self) -> &str {
        self.ledger().store().url()
    }

    /// The namespace that keeps this world apart from others.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.ledger().store().keys().namespace()
    }

    /// Replaces the tenant directory; it counts from the next look-up on.
    pub fn write_directory(&self, toml: &str) {
        let new = self.folder.path().join("directory.new");
        or_fail("write the tenant directory", std::fs::write(&new, toml));
        or_fail("replace the directory", std::fs::rename(new, self.directory_file()));
    }

    /// Applies a command as an operator would, and settles.
    ///
    /// # Errors
    ///
    /// When the command is refused.
    pub async fn apply(&self, id: ClaimId, command: Command) -> Result<Applied, LedgerError> {
        let applied = self.ledger().apply(id, &command, "operator").await;
        self.settle().await;
        applied
    }

    /// The customer rejects now.
    ///
    /// # Errors
    ///
    /// When the rejection is refused.
    pub async fn reject(&self, id: ClaimId) -> Result<Applied, LedgerError> {
        let received_at = self.now().await;
        self.apply(id, Command::Reject { received_at, reason: None }).await
    }

    /// The customer's rejection, received at `received_at` (RFC 3339), is entered only now.
    ///
    /// # Errors
    ///
    /// When the rejection is refused.
    pub async fn reject_received_at(
        &self,
        id: ClaimId,
        received_at: &str,
    ) -> Result<Applied, LedgerError> {
        self.apply(id, Command::Reject { received_at: instant(received_at), reason: None }).await
    }

    /// The customer agrees now.
    ///
    /// # Errors
    ///
    /// When the agreement is refused.
    pub async fn confirm(&self, id: ClaimId) -> Result<Applied, LedgerError> {
        let received_at = self.now().await;
        self.apply(id, Command::Confirm { received_at }).await
    }

    /// The partner takes the claim back now.
    ///
    /// # Errors
    ///
    /// When the claim cannot be withdrawn any more.
    pub async fn withdraw(&self, id: ClaimId) -> Result<Applied, LedgerError> {
        self.apply(id, Command::Withdraw { reason: None }).await
    }

    /// The partner answers an *action required* with a corrected submission.
    ///
    /// # Errors
    ///
    /// When nothing is asked of the partner, or the submission is of another claim.
    pub async fn amend(&self, id: ClaimId, corrected: &SubmitClaim) -> Result<Applied, LedgerError> {
        let json = or_fail("write the submission", corrected.to_json());
        let parsed = self.ledger().parse(json.as_bytes(), self.now().await);
        let submission = parsed.unwrap_or_else(|findings| {
            panic!("the corrected submission was refused: {findings:#?}");
        });
        self.apply(id, Command::Amend(Arc::new(submission))).await
    }

    /// The end of the claim's window.
    pub async fn closes_at(&self, id: ClaimId) -> DateTime<Utc> {
        let claim = self.claim(id).await;
        let window = claim.window().unwrap_or_else(|| panic!("{id} has no window"));
        window.closes_at()
    }

    /// The usage-data grants on the customer's tenant: `<partner> <item>`, in order.
    pub async fn grants(&self, tenant_id: Uuid) -> Vec<String> {
        let tenant_id = or_fail("read the tenant", TenantId::parse(&tenant_id.to_string()));
        let key = self.ledger().store().keys().grants(&tenant_id);
        let mut connection = self.redis().await;
        let found: Result<Vec<String>, _> =
            ::redis::cmd("HKEYS").arg(key).query_async(&mut connection).await;
        let mut grants = or_fail("read the grants", found);
        grants.sort();
        grants
    }

    /// The virtual time.
    pub async fn now(&self) -> DateTime<Utc> {
        or_fail("read the clock", self.ledger().clock().now().await)
    }

    /// Travels to `at` (RFC 3339), stopping at every due moment on the way.
    pub async fn travel_to(&self, at: &str) {
        or_fail("travel", travel(self.ledger(), instant(at)).await);
    }

    /// Travels for a while, stopping at every due moment on the way.
    pub async fn travel_for(&self, duration: TimeDelta) {
        let to = self.now().await + duration;
        or_fail("travel", travel(self.ledger(), to).await);
    }

    /// Travels to the next moment at which anything is due, and says which that is.
    pub async fn travel_to_next(&self) -> DateTime<Utc> {
        or_fail("travel", travel_to_next(self.ledger()).await)
    }

    /// Travels to the end of the given number of business days in the claim's calendar and zone,
    /// counted from now.
    pub async fn travel_business_days(&self, business_days: u32, id: ClaimId) {
        let claim = self.claim(id).await;
        let business_days = or_fail("count business days", BusinessDays::new(business_days));
        let window = &self.ledger().rules().window;
        let deadline = window.deadline(&claim.submission, self.now().await, business_days);
        let to = or_fail("count business days", deadline).closes_at;
        or_fail("travel", travel(self.ledger(), to).await);
    }

    /// Waits until nothing is due and nothing is running.
    pub async fn settle(&self) {
        if self.worker.is_some() {
            or_fail("settle", settle(self.ledger()).await);
        }
    }

    /// The claim as it is now.
    pub async fn claim(&self, id: ClaimId) -> Claim {
        let found = or_fail("read the claim", self.ledger().store().claim(id).await);
        found.unwrap_or_else(|| panic!("there is no claim {id}"))
    }

    /// Where the claim stands.
    pub async fn status(&self, id: ClaimId) -> Status {
        self.claim(id).await.status()
    }

    /// Everything that has happened to the claim.
    pub async fn history(&self, id: ClaimId) -> Vec<Recorded> {
        or_fail("read the history", self.ledger().store().history(id).await)
    }

    /// The names of everything that has happened to the claim.
    pub async fn events(&self, id: ClaimId) -> Vec<&'static str> {
        self.history(id).await.iter().map(|recorded| recorded.event.name()).collect()
    }

    /// The mails that were accepted so far.
    #[must_use]
    pub fn mails(&self) -> Vec<Received> {
        self.smtp.received()
    }

    /// What is left to a person.
    pub async fn dead_letters(&self) -> Vec<DeadEntry> {
        or_fail("list dead letters", self.ledger().store().dead_letters().await)
    }

    /// Forgets all dead letters, once a test has looked at them.
    pub async fn drop_dead_letters(&self) {
        let at = or_fail("read the clock", self.ledger().clock().instant().await);
        for entry in self.dead_letters().await {
            or_fail("drop a dead letter", self.ledger().store().drop_dead(&entry, at).await);
        }
    }
}

/// An instant as a test writes it.
#[expect(clippy::panic, reason = "a test that cannot go on panics, and says why")]
fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("`{text}` is not an instant: {error}"))
}

#[expect(clippy::panic, reason = "a test that cannot go on panics, and says why")]
fn or_fail<T, E: std::error::Error + 'static>(doing: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| {
        let mut text = format!("the test could not {doing}: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        panic!("{text}")
    })
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
        if !std::thread::panicking()
            && let Some(left) = unfinished(self.ledger())
        {
            #[expect(clippy::panic, reason = "unfinished work has to fail the test")]
            {
                panic!("the world was dropped with work left: {left}");
            }
        }
    }
}

/// What is due, running or dead, asked without a runtime.
fn unfinished(ledger: &Ledger) -> Option<String> {
    let store = ledger.store();
    let mut connection = ::redis::Client::open(store.url()).ok()?.get_connection().ok()?;
    let keys = store.keys();
    let now_ms: i64 = ::redis::cmd("GET").arg(keys.clock()).query(&mut connection).ok()?;
    let mut left = Vec::new();
    for (name, command, key) in [
        ("due", "LLEN", keys.intake()),
        ("running", "ZCARD", keys.intake_part(IntakePart::Running)),
        ("dead", "ZCARD", keys.intake_part(IntakePart::Dead)),
    ] {
        let count: u64 = ::redis::cmd(command).arg(key).query(&mut connection).ok()?;
        if count > 0 {
            left.push(format!("{count} submit_claim {name}"));
        }
    }
    for job in Job::ALL {
        for partition in 0..keys.partitions() {
            let agenda = keys.agenda(partition, job);
            let counts: [(&str, ::redis::RedisResult<u64>); 3] = [
                (
                    "due",
                    ::redis::cmd("ZCOUNT").arg(agenda).arg("-inf").arg(now_ms).query(&mut connection),
                ),
                (
                    "running",
                    ::redis::cmd("ZCARD").arg(keys.running(partition, job)).query(&mut connection),
                ),
                ("dead", ::redis::cmd("ZCARD").arg(keys.dead(partition, job)).query(&mut connection)),
            ];
            left.extend(
                counts
                    .into_iter()
                    .filter_map(|(name, count)| Some((name, count.ok()?)))
                    .filter(|(_, count)| *count > 0)
                    .map(|(name, count)| format!("{count} {job} {name}")),
            );
        }
    }
    (!left.is_empty()).then(|| left.join(", "))
}
