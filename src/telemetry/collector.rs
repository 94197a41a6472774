//! The way to the collector: a queue, and a task that empties it.
//!
//! Nothing waits for the collector. Spans that do not fit into the queue, or that the collector
//! does not take, are lost and counted; that the collector is in trouble is said once, and once
//! that it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use opentelemetry::KeyValue;
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use super::TelemetryError;
use super::settings::TracingSettings;

/// Spans that wait for the collector at most, about 8 MB.
const WAITING_MAX: usize = 8_192;
/// Spans that are sent at once at most.
const BATCH_MAX: usize = 512;
/// How long the first span of a batch waits for others.
const GATHER: Duration = Duration::from_secs(1);
/// How long the collector may take for a batch.
const EXPORT_LIMIT: Duration = Duration::from_secs(10);
/// How long the end of the process waits for the collector.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// The end of the queue into which spans are put.
#[derive(Debug, Clone)]
pub(super) struct Finished {
    queue: Sender<SpanData>,
    lost: Arc<AtomicU64>,
}

/// The other end, and the task that empties it.
#[derive(Debug)]
pub(super) struct Collector {
    stop: CancellationToken,
    sending: JoinHandle<()>,
}

impl Finished {
    /// Puts a span into the queue, unless that is full.
    pub fn put(&self, span: SpanData) {
        if self.queue.try_send(span).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Collector {
    /// Prepares the way; connects to nothing yet.
    pub fn start(settings: &TracingSettings) -> Result<(Self, Finished), TelemetryError> {
        let exporter = exporter(settings)?;
        let (queue, waiting) = channel(WAITING_MAX);
        let (stop, lost) = (CancellationToken::new(), Arc::<AtomicU64>::default());
        let finished = Finished { queue, lost: Arc::clone(&lost) };
        let in_trouble = false;
        let sending = Sending { exporter, waiting, stop: stop.clone(), lost, in_trouble };
        Ok((Self { stop, sending: tokio::spawn(sending.run()) }, finished))
    }

    /// Hands over what waits, for as long as that may take at the end of a process.
    pub async fn stop(self) {
        self.stop.cancel();
        if timeout(STOP_LIMIT, self.sending).await.is_err() {
            warn!("the last spans are lost: the collector did not take them in time");
        }
    }
}

struct Sending {
    exporter: SpanExporter,
    waiting: Receiver<SpanData>,
    stop: CancellationToken,
    lost: Arc<AtomicU64>,
    in_trouble: bool,
}

impl Sending {
    async fn run(mut self) {
        loop {
            let batch = self.batch().await;
            if batch.is_empty() {
                return;
            }
            let count = batch.len();
            let sent = timeout(EXPORT_LIMIT, self.exporter.export(batch)).await;
            match sent {
                Ok(Ok(())) => self.went_well(),
                Ok(Err(error)) => self.failed(count, &error.to_string()),
                Err(_) => self.failed(count, "no answer within the time limit"),
            }
        }
    }

    /// What there is, after waiting a little for more; nothing when there will be no more.
    async fn batch(&mut self) -> Vec<SpanData> {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        self.more(&mut batch).await;
        let full_at = Instant::now() + GATHER;
        while batch.len() < BATCH_MAX {
            match timeout_at(full_at, self.more(&mut batch)).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        batch
    }

    async fn more(&mut self, batch: &mut Vec<SpanData>) -> usize {
        let room = BATCH_MAX - batch.len();
        tokio::select! {
            count = self.waiting.recv_many(batch, room) => return count,
            () = self.stop.cancelled(), if !self.waiting.is_closed() => self.waiting.close(),
        }
        self.waiting.recv_many(batch, room).await
    }

    fn went_well(&mut self) {
        if std::mem::take(&mut self.in_trouble) {
            let lost = self.lost.swap(0, Ordering::Relaxed);
            info!(spans.lost = lost, "the collector takes spans again; {lost} were lost");
        }
    }

    fn failed(&mut self, count: usize, error: &str) {
        self.lost.fetch_add(u64::try_from(count).unwrap_or_default(), Ordering::Relaxed);
        if !std::mem::replace(&mut self.in_trouble, true) {
            warn!(error, "the collector in tracing.otlp_endpoint takes no spans; going on without");
        }
    }
}

fn exporter(settings: &TracingSettings) -> Result<SpanExporter, TelemetryError> {
    let client = HyperClient::new(connector()?, EXPORT_LIMIT, None);
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(settings.traces_url())
        .build();
    let mut exporter = exporter?;
    exporter.set_resource(&resource(settings));
    Ok(exporter)
}

/// Trusts what this machine trusts, as a collector is often a company's own.
fn connector() -> Result<HttpsConnector<HttpConnector>, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(EXPORT_LIMIT));
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
    Ok(builder.enable_http1().wrap_connector(http))
}

/// Who we are: as the settings say, or else the environment, or else `cpor`.
fn resource(settings: &TracingSettings) -> Resource {
    let named = std::env::var("OTEL_SERVICE_NAME").is_ok_and(|name| !name.is_empty());
    let name = match settings.service_name.as_str() {
        "" if named => None,
        "" => Some("cpor".to_owned()),
        name => Some(name.to_owned()),
    };
    let instance = Uuid::new_v4().to_string();
    let builder = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", instance));
    match name {
        Some(name) => builder.with_service_name(name).build(),
        None => builder.build(),
    }
}
