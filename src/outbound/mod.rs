//! Requests to servers of others: one at a time, bounded in time and size, to permitted addresses.
//!
//! hyper with rustls rather than a larger client, because what this must never do (follow a
//! redirect, take a proxy from the environment, keep cookies, unpack a bomb) then is not there
//! to be switched off. It deliberately does not retry; its callers do.

mod address;
mod form;
mod target;

use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use address::GuardedResolver;
pub use form::{encoded, form};
pub use target::{Reach, Target, TargetProblem};

/// Everything before the body of a reply, at most.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Connections to one host kept open for the next requests.
const IDLE_CONNECTIONS_MAX: usize = 4;

const IDLE_LIMIT: Duration = Duration::from_secs(30);

const AGENT: &str = concat!("cpor/", env!("CARGO_PKG_VERSION"));

type Connector = HttpsConnector<HttpConnector<GuardedResolver>>;

/// What one request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From resolving the name to the last byte of the reply.
    pub timeout: Duration,
    /// The body of the reply.
    pub body_bytes_max: usize,
}

/// A complete reply; redirects are replies like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The wait the server asks for in seconds; the form with a date would need a clock.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Bytes,
}

/// Why there is no complete reply.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// No complete reply within the time limit.
    #[error("no complete reply within {} ms", limit.as_millis())]
    TimedOut {
        /// The limit of one request.
        limit: Duration,
    },
    /// No connection, or one that broke.
    #[error("the request could not be carried out")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The reply is larger than is of use.
    #[error("the reply is larger than {limit} bytes")]
    TooLarge {
        /// The HTTP status, which may be all the caller needs.
        status: u16,
        /// The limit, in bytes.
        limit: usize,
    },
}

/// A client for any number of hosts; cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    client: Client<Connector, Full<Bytes>>,
    limits: Limits,
}

impl Outbound {
    /// Prepares TLS; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// When the TLS library refuses its own defaults.
    pub fn new(limits: Limits) -> Result<Self, rustls::Error> {
        let mut connector = HttpConnector::new_with_resolver(GuardedResolver);
        connector.enforce_http(false);
        connector.set_nodelay(true);
        // The request has its own limit; this one ends a connection that nobody waits for.
        connector.set_connect_timeout(Some(limits.timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http() // A target lets http pass for loopback hosts only.
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_LIMIT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .http1_max_buf_size(HEAD_BYTES_MAX)
            .build(connector);
        Ok(Self { client, limits })
    }

    /// Asks for a JSON document.
    ///
    /// # Errors
    ///
    /// When there is no complete reply within the limits.
    pub async fn get(&self, target: &Target) -> Result<Reply, OutboundError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        self.send(Method::GET, target, headers, Bytes::new()).await
    }

    /// Sends a body with the given headers, which name its type.
    ///
    /// # Errors
    ///
    /// When there is no complete reply within the limits; the server may have acted nevertheless.
    pub async fn post(
        &self,
        target: &Target,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply, OutboundError> {
        self.send(Method::POST, target, headers, body).await
    }

    async fn send(
        &self,
        method: Method,
        target: &Target,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply, OutboundError> {
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let request = Request::builder().method(method).uri(target.as_str()).body(Full::new(body));
        let mut request = request.map_err(|error| OutboundError::Unreachable(error.into()))?;
        *request.headers_mut() = headers;
        let limit = self.limits.timeout;
        tokio::time::timeout(limit, self.exchange(request))
            .await
            .unwrap_or(Err(OutboundError::TimedOut { limit }))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Reply, OutboundError> {
        let response = self.client.request(request).await;
        let response = response.map_err(|error| OutboundError::Unreachable(error.into()))?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        let limit = self.limits.body_bytes_max;
        let body = Limited::new(response.into_body(), limit).collect().await;
        let body = body.map_err(|error| match error.downcast::<LengthLimitError>() {
            Ok(_) => OutboundError::TooLarge { status, limit },
            Err(error) => OutboundError::Unreachable(error),
        })?;
        Ok(Reply { status, retry_after, body: body.to_bytes() })
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("limits", &self.limits).finish_non_exhaustive()
    }
}

fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
