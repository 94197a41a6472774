//! A deployment of its own for a measurement: private server, virtual or system clock, workers.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cpor_jobs::Job;
use futures_util::{StreamExt, stream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::{ApiKeys, Authority, Caller, IssuedApiKey, NewApiKey, Sessions};
use crate::app::App;
use crate::bench::{BenchError, claims};
use crate::claim::Status;
use crate::claim::identity::{Line, Source};
use crate::editions::Editions;
use crate::http::router;
use crate::http::server::Server;
use crate::ledger::{Ledger, Submitted};
use crate::settings::Settings;
use crate::store::StoreError;
use crate::travel::travel_to_next;
use crate::worker;

/// Submissions in flight at once.
const IN_FLIGHT: usize = 512;
/// Jobs that are tried again before windows count as not to be opened.
const RETRIES_MAX: usize = 20;

/// A running deployment; stopped by [`Deployment::close`].
pub(super) struct Deployment {
    app: App,
    stop: CancellationToken,
    worker: Option<JoinHandle<Result<(), StoreError>>>,
    server: Option<JoinHandle<()>>,
    sink: Option<Child>,
    folder: std::path::PathBuf,
}

impl Deployment {
    /// Opens a deployment whose directory knows the tenants of `claims` claims.
    pub(super) async fn open(
        claims: usize,
        mode: &str,
        overrides: &[(&str, &str)],
    ) -> Result<Self, BenchError> {
        let name = format!("cpor-bench-{}", uuid::Uuid::new_v4().simple());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).map_err(BenchError::because)?;
        let directory = folder.join("directory.toml");
        std::fs::write(&directory, claims::directory(claims)).map_err(BenchError::because)?;
        let (data, directory) = (folder.display().to_string(), directory.display().to_string());
        let mut all = vec![
            ("data.directory", data.as_str()),
            ("clock.mode", mode),
            ("clock.starts_at", "2026-11-20T15:00:00Z"),
            ("mail.transport", "discard"),
            ("calendars.overrides_directory", ""),
        ];
        if claims > 0 {
            all.push(("directory.file", directory.as_str()));
        }
        all.extend_from_slice(overrides);
        let settings = Settings::built_in(&all).map_err(BenchError::because)?;
        let app = App::open(settings).await.map_err(BenchError::because)?;
        let stop = CancellationToken::new();
        Ok(Self { app, stop, worker: None, server: None, sink: None, folder })
    }

    pub(super) const fn ledger(&self) -> &Ledger {
        &self.app.ledger
    }

    /// Starts a worker for all jobs.
    pub(super) fn work(&mut self) -> Result<(), BenchError> {
        let context = self.app.context(Job::ALL.to_vec()).map_err(BenchError::because)?;
        self.worker = Some(tokio::spawn(worker::run(Arc::new(context), self.stop.clone())));
        Ok(())
    }

    /// Stops the workers.
    pub(super) async fn rest(&mut self) -> Result<(), BenchError> {
        self.stop.cancel();
        self.stop = CancellationToken::new();
        if let Some(worker) = self.worker.take() {
            worker.await.map_err(BenchError::because)?.map_err(BenchError::because)?;
        }
        Ok(())
    }

    /// The calendars in force.
    pub(super) fn editions(&self) -> Editions {
        self.app.editions()
    }

    /// Serves HTTP on a free port of this machine.
    pub(super) async fn serve(&mut self) -> Result<SocketAddr, BenchError> {
        let settings = &self.app.settings.http;
        let server = Server::listen(settings, Duration::from_secs(5)).await;
        let server = server.map_err(BenchError::because)?;
        let address = server.address().map_err(BenchError::because)?;
        let router = router(&self.app, self.stop.clone()).map_err(BenchError::because)?;
        self.server = Some(tokio::spawn(server.run(router, self.stop.clone())));
        Ok(address)
    }

    /// An API key of an upstream source.
    pub(super) async fn key_of(&self, source: &str) -> Result<String, BenchError> {
        let source = Source::parse(source).map_err(|finding| BenchError::because(finding.message));
        let issued = self.issue(Authority::UpstreamSource(source?)).await?;
        Ok(issued.key.reveal())
    }

    /// The cookie of a reviewer who is signed in to the operations pages.
    pub(super) async fn session(&self) -> Result<String, BenchError> {
        let name = format!("key:{}", self.issue(Authority::Reviewer).await?.key.id());
        let caller = Caller { name, authority: Authority::Reviewer };
        let sessions = Sessions::new(self.app.secrets.clone());
        let now = self.app.ledger.clock().real();
        Ok(format!("cpor-session={}", sessions.begin(&caller, None, None, now)))
    }

    async fn issue(&self, authority: Authority) -> Result<IssuedApiKey, BenchError> {
        let label = Line::parse("bench").map_err(|finding| BenchError::because(finding.message));
        let new = NewApiKey { authority, label: label?, expires_at: None };
        let now = self.app.ledger.clock().real();
        let keys = ApiKeys::new(self.app.ledger.store().clone());
        keys.create(&new, now).await.map_err(BenchError::because)
    }

    /// A folder that is removed with the deployment.
    pub(super) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Keeps a mail server for as long as the deployment is open.
    pub(super) fn keep(&mut self, sink: Child) {
        self.sink = Some(sink);
    }

    /// Submits `claims` claims with many in flight.
    pub(super) async fn submit(&self, run: &str, claims: usize) -> Result<(), BenchError> {
        let mut submissions =
            stream::iter(0..claims)
                .map(|number| async move {
                    self.ledger().submit(claims::raw(run, number).as_bytes()).await
                })
                .buffer_unordered(IN_FLIGHT);
        while let Some(submitted) = submissions.next().await {
            match submitted.map_err(BenchError::because)? {
                Submitted::Accepted(_) => {}
                other => return Err(BenchError::because(format!("not accepted: {other:?}"))),
            }
        }
        Ok(())
    }

    /// Opens the window of each of `claims` new claims. What failed is tried again, as anywhere:
    /// the clock goes on to the next attempt, which is far from the end of any window.
    pub(super) async fn open_windows(&self, claims: usize) -> Result<(), BenchError> {
        self.submit("open", claims).await?;
        self.settle().await?;
        for _ in 0..RETRIES_MAX {
            if self.count(Status::Notified).await? == claims {
                return Ok(());
            }
            travel_to_next(self.ledger()).await.map_err(BenchError::because)?;
        }
        let mut stand = Vec::new();
        for status in Status::ALL {
            stand.push(format!("{} {status}", self.count(status).await?));
        }
        let stand = stand.join(", ");
        Err(BenchError::because(format!("not all of {claims} windows are open: {stand}")))
    }

    /// Waits until nothing is due and nothing is running.
    pub(super) async fn settle(&self) -> Result<(), BenchError> {
        crate::travel::settle(self.ledger()).await.map_err(BenchError::because)
    }

    /// Processor time that Redis has used so far.
    pub(super) async fn redis_cpu(&self) -> Result<Duration, BenchError> {
        let info = self.ledger().store().info().await.map_err(BenchError::because)?;
        let used = |name: &str| info.get::<f64>(name).unwrap_or_default();
        let seconds = used("used_cpu_user") + used("used_cpu_sys");
        Ok(Duration::from_secs_f64(seconds.max(0.0)))
    }

    /// How many claims have the given status.
    pub(super) async fn count(&self, status: Status) -> Result<usize, BenchError> {
        self.ledger().store().count(status).await.map_err(BenchError::because)
    }

    /// Stops the workers and the server and removes everything.
    pub(super) async fn close(mut self) -> Result<(), BenchError> {
        self.stop.cancel();
        if let Some(server) = self.server.take() {
            server.await.map_err(BenchError::because)?;
        }
        if let Some(worker) = self.worker.take() {
            worker.await.map_err(BenchError::because)?.map_err(BenchError::because)?;
        }
        if let Some(mut sink) = self.sink.take() {
            let _ = sink.kill();
            let _ = sink.wait();
        }
        self.app.close().await.map_err(BenchError::because)?;
        std::fs::remove_dir_all(&self.folder).map_err(BenchError::because)
    }
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> Result<u16, BenchError> {
    let free = TcpListener::bind("127.0.0.1:0").map_err(BenchError::because)?;
    Ok(free.local_addr().map_err(BenchError::because)?.port())
}

/// Starts Postfix's `smtp-sink`, which accepts every mail, and says on which port.
pub(super) async fn smtp_sink() -> Result<(Child, u16), BenchError> {
    let port = free_port()?;
    let mut command = Command::new("smtp-sink");
    // As root it insists on giving its rights up.
    if rustix::process::geteuid().is_root() {
        command.args(["-u", "nobody"]);
    }
    let child = command
        .arg(format!("127.0.0.1:{port}"))
        .arg("1000")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            BenchError::because(format!("smtp-sink (Debian: apt-get install postfix): {error}"))
        })?;
    for _ in 0..500 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok((child, port));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err(BenchError::because("smtp-sink did not start"))
}
