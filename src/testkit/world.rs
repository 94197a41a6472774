//! A whole deployment of its own, for one test.

mod acts;
mod looks;
mod unfinished;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use unfinished::unfinished;

use crate::app::App;
use crate::calendar::BusinessDays;
use crate::claim::ClaimId;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::store::StoreError;
use crate::testkit::http::HttpServer;
use crate::testkit::redis::shared_redis;
use crate::testkit::smtp::SmtpServer;
use crate::travel::{Way, go, settle, travel, travel_to_next};
use crate::worker;

/// The tenants that the static directory of every world knows.
const DIRECTORY: &str = include_str!("directory.toml");

/// A deployment on a virtual clock, with workers, a mail server and a tenant directory.
///
/// Every method that changes something returns when the world has settled: nothing is due and
/// nothing is running. A world that is dropped while something is due, running or dead fails its
/// test. What cannot be done at all panics and says what was attempted; [`super`] says the rest.
pub struct World {
    app: App,
    smtp: SmtpServer,
    stop: CancellationToken,
    worker: Option<JoinHandle<Result<(), StoreError>>>,
    folder: TempDir,
    /// The timeline is part of a failure that somebody reads; once is enough.
    shown: AtomicBool,
}

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
        let data = folder.path().display().to_string();
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
            ("data.directory", data.as_str()),
            ("calendars.overrides_directory", ""),
        ];
        all.extend_from_slice(overrides);
        let settings = or_fail("read the settings", Settings::built_in(&all));
        let app = or_fail("open the world", App::open(settings).await);
        smtp.follow(app.ledger.clock());
        let (stop, shown) = (CancellationToken::new(), AtomicBool::new(false));
        Self { app, smtp, stop, worker: None, folder, shown }
    }

    /// The parts of the deployment.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// What is configured.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.app.settings
    }

    /// Serves HTTP on a free port, beside the worker.
    pub async fn serve(&self) -> HttpServer {
        HttpServer::start(&self.app).await
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

    /// Replaces the secret keys, as `cpor secret new` prints them; workers that are started from
    /// now on use them.
    pub fn use_secrets(&mut self, keys: &str) {
        self.app.secrets = or_fail("read the keys", Secrets::parse(keys, "the test"));
    }

    /// Travels to `at` (RFC 3339), stopping at every due moment on the way.
    pub async fn travel_to(&self, at: &str) {
        or_fail("travel", travel(self.ledger(), instant(at)).await);
    }

    /// Travels for a while, stopping at every due moment on the way.
    pub async fn travel_for(&self, duration: TimeDelta) {
        or_fail("travel", go(self.ledger(), Way::By(duration)).await);
    }

    /// Travels to the next moment at which anything is due, and says which that is.
    pub async fn travel_to_next(&self) -> DateTime<Utc> {
        or_fail("travel", travel_to_next(self.ledger()).await)
    }

    /// Travels to the end of the given number of business days in the claim's calendar and zone,
    /// counted from now.
    pub async fn travel_business_days(&self, business_days: u32, id: ClaimId) {
        let days = or_fail("count business days", BusinessDays::new(business_days));
        or_fail("travel", go(self.ledger(), Way::BusinessDays { days, claim_id: id }).await);
    }

    /// Travels to one millisecond before the end of the claim's window.
    pub async fn travel_before_end(&self, id: ClaimId) {
        or_fail("travel", go(self.ledger(), Way::BeforeEnd { claim_id: id }).await);
    }

    /// Waits until nothing is due and nothing is running.
    pub async fn settle(&self) {
        if self.worker.is_some() {
            or_fail("settle", settle(self.ledger()).await);
        }
    }
}

/// An instant as a test writes it.
#[track_caller]
#[expect(clippy::panic, reason = "a test that cannot go on panics, and says why")]
pub(super) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("`{text}` is not an instant: {error}"))
}

#[expect(clippy::panic, reason = "a test that cannot go on panics, and says why")]
pub(super) fn or_fail<T, E: std::error::Error + 'static>(doing: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("the test could not {doing}: {}", in_words(&error)))
}

/// An error and everything that caused it.
pub(super) fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl Drop for World {
    /// A test that fails for whatever reason prints the timeline; work that is left fails it.
    fn drop(&mut self) {
        self.stop.cancel();
        if std::thread::panicking() {
            // A second panic would end the process, and the other tests with it.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                if !self.shown.load(Ordering::Relaxed) {
                    eprintln!("{}\n", self.timeline_without_runtime());
                }
            }));
        } else if let Some(left) = unfinished(self.ledger()) {
            let timeline = self.timeline_without_runtime();
            #[expect(clippy::panic, reason = "unfinished work has to fail the test")]
            {
                panic!("the world was dropped with work left: {left}\n\n{timeline}\n");
            }
        }
    }
}
