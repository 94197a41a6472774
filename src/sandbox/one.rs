//! One sandbox. It sleeps until somebody asks something of it; then its workers start, and stop
//! again when it has been idle for a while. Its data is in Redis all the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Server;
use crate::app::{App, AppError};
use crate::http::sandbox_router;
use crate::mail::{Mailer, Outbox};
use crate::operations::{Presence, ProcessKind};
use crate::settings::Settings;
use crate::store::StoreError;
use crate::worker;

/// Its workers are found at work for as long as anything can last.
const AT_WORK: TimeDelta = TimeDelta::days(366);

/// A short-lived namespace for tests.
pub struct Sandbox {
    id: String,
    base_path: String,
    base_url: String,
    expires_at: DateTime<Utc>,
    outbox: Outbox,
    awake: Mutex<Option<Awake>>,
    /// Requests under way.
    visitors: AtomicUsize,
    /// When the last request ended, in ms.
    left_ms: AtomicI64,
    /// Cancelled when it is over: what is under way then ends.
    over: CancellationToken,
}

/// What runs while somebody asks.
struct Awake {
    router: Router,
    stop: CancellationToken,
    worker: JoinHandle<Result<(), StoreError>>,
}

/// A request under way; the sandbox does not fall asleep meanwhile.
pub struct Visit<'a>(&'a Sandbox);

impl Sandbox {
    pub(super) fn new(host: &Settings, id: String, expires_at: DateTime<Utc>) -> Self {
        let base_path = format!("/sandboxes/{id}");
        Self {
            base_url: format!("{}{base_path}", host.public_url()),
            base_path,
            id,
            expires_at,
            outbox: Outbox::default(),
            awake: Mutex::default(),
            visitors: AtomicUsize::new(0),
            left_ms: AtomicI64::new(0),
            over: CancellationToken::new(),
        }
    }

    /// Its name, which is also its namespace, and nobody can guess it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where all of its HTTP is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The path of that address.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// When it is over, in real time.
    #[must_use]
    pub const fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// Cancelled when it is over.
    #[must_use]
    pub const fn over(&self) -> &CancellationToken {
        &self.over
    }

    /// Notes that a request begins; it ends when the visit is dropped.
    pub fn visit(&self, real: DateTime<Utc>) -> Visit<'_> {
        self.visitors.fetch_add(1, Ordering::SeqCst);
        self.left_ms.fetch_max(real.timestamp_millis(), Ordering::SeqCst);
        Visit(self)
    }

    /// Opens the namespace, which is made if it is not there.
    pub(super) async fn open(
        &self,
        server: &Server,
        starts_at: Option<DateTime<Utc>>,
    ) -> Result<App, AppError> {
        let settings = server.settings(self, starts_at);
        server.host.beside(settings, Arc::clone(&server.rules)).await
    }

    /// What answers its requests, with the workers at work; nothing when it is over.
    pub(super) async fn awake(&self, server: &Server) -> Result<Option<Router>, AppError> {
        let mut awake = self.awake.lock().await;
        if let Some(awake) = &*awake {
            return Ok(Some(awake.router.clone()));
        }
        if self.over.is_cancelled() {
            return Ok(None);
        }
        let app = self.open(server, None).await?;
        let (ledger, outbox) = (&app.ledger, self.outbox.clone());
        Presence::new(ledger, self.id.clone(), ProcessKind::Serve, None, None)
            .stay(AT_WORK)
            .await?;
        let (path, over) = (self.base_path.clone(), self.over.clone());
        let router = sandbox_router(&app, &server.common, outbox.clone(), path, over)?;
        let mailer = Mailer::Memory(outbox);
        let context = app.context_with(Job::ALL.to_vec(), &server.equipment, mailer);
        let stop = CancellationToken::new();
        let worker = tokio::spawn(worker::run(Arc::new(context), stop.clone()));
        *awake = Some(Awake { router: router.clone(), stop, worker });
        Ok(Some(router))
    }

    /// Whether nobody has asked anything for a while.
    pub(super) fn is_idle(&self, real: DateTime<Utc>, idle: TimeDelta) -> bool {
        let left_ms = self.left_ms.load(Ordering::SeqCst);
        self.visitors.load(Ordering::SeqCst) == 0
            && real.timestamp_millis() - left_ms >= idle.num_milliseconds()
    }

    /// Stops what runs, once what is running has ended. While the lock is held nobody wakes it.
    pub(super) async fn sleep(&self, still: impl Fn(&Self) -> bool) {
        let mut awake = self.awake.lock().await;
        if !still(self) {
            return;
        }
        let Some(Awake { stop, worker, .. }) = awake.take() else { return };
        stop.cancel();
        match worker.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(sandbox = self.id, error = %error, "a worker ended early"),
            Err(error) => warn!(sandbox = self.id, error = %error, "a worker ended early"),
        }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.visitors.fetch_sub(1, Ordering::SeqCst);
    }
}
