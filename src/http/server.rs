//! Connections: how many, how long they may dawdle, and how they end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::settings::HttpSettings;

/// Pause after a connection could not be accepted, as when the process is out of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listening socket that nobody serves yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    connections: Arc<Semaphore>,
    header_timeout: Duration,
    stop_timeout: Duration,
}

impl Server {
    /// Listens where the settings say; requests wait until [`Server::run`].
    ///
    /// # Errors
    ///
    /// When the address cannot be had, which usually means that another program has it.
    pub async fn listen(settings: &HttpSettings, stop_timeout: Duration) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind(settings.listen).await?,
            connections: Arc::new(Semaphore::new(settings.connections_max)),
            header_timeout: Duration::from_secs(settings.header_timeout_seconds.into()),
            stop_timeout,
        })
    }

    /// Where it listens; the port is known here when any was asked for.
    ///
    /// # Errors
    ///
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers requests until `stop` is cancelled; requests that are running then may finish.
    pub async fn run(self, router: Router, stop: CancellationToken) {
        let graceful = GracefulShutdown::new();
        while let Some((stream, permit)) = self.next(&stop).await {
            let service = TowerToHyperService::new(router.clone());
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(self.header_timeout)
                .max_buf_size(64 * 1024)
                .serve_connection(TokioIo::new(stream), service);
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    debug!(error = %error, "a connection ended early");
                }
                drop(permit);
            });
        }
        drop(self.listener);
        if tokio::time::timeout(self.stop_timeout, graceful.shutdown()).await.is_err() {
            warn!("requests that were still running have been cut off");
        }
    }

    /// The next connection, as soon as there is room for it; `None` when it is time to stop.
    async fn next(&self, stop: &CancellationToken) -> Option<(TcpStream, OwnedSemaphorePermit)> {
        tokio::select! {
            () = stop.cancelled() => None,
            next = self.accept() => Some(next),
        }
    }

    async fn accept(&self) -> (TcpStream, OwnedSemaphorePermit) {
        loop {
            let permit = Arc::clone(&self.connections).acquire_owned().await;
            match (self.listener.accept().await, permit) {
                (Ok((stream, _)), Ok(permit)) => {
                    // Answers are small and written at once; waiting for more only delays them.
                    let _ = stream.set_nodelay(true);
                    return (stream, permit);
                }
                (accepted, _) => {
                    let error = accepted.err();
                    warn!(error = ?error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}
