//! One request to Entra: bounded in time and size, to permitted addresses only.
//!
//! hyper with rustls rather than a larger client, because what this must never do (follow a
//! redirect, take a proxy from the environment, keep cookies, unpack a bomb) then is not there
//! to be switched off. It deliberately does not retry; its caller does.

use std::net::IpAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::address::{AddressRule, GuardedResolver};
use super::answer::{self, LookupProblem, Owner};
use crate::directory::settings::DirectorySetupError;

/// Entra's configuration documents have about 2 KiB.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The same for everything before the body.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Connections kept open for the next look-ups.
const IDLE_CONNECTIONS_MAX: usize = 4;

const IDLE_LIMIT: Duration = Duration::from_secs(30);

type Connector = HttpsConnector<HttpConnector<GuardedResolver>>;

/// A client for one Entra cloud.
pub(super) struct EntraClient {
    client: Client<Connector, Empty<Bytes>>,
    base: Base,
    timeout: Duration,
}

/// The checked `base_url`.
struct Base {
    /// Without a slash at its end.
    url: String,
    host: String,
    rule: AddressRule,
}

impl EntraClient {
    /// Checks the address and prepares TLS; connects to nothing yet.
    pub(super) fn new(base_url: &str, timeout: Duration) -> Result<Self, DirectorySetupError> {
        let base = Base::parse(base_url).map_err(|problem| DirectorySetupError::Setting {
            key: "directory.entra.base_url",
            problem: format!("{problem}; an address such as https://login.microsoftonline.com"),
        })?;
        let mut connector = HttpConnector::new_with_resolver(GuardedResolver { rule: base.rule });
        connector.enforce_http(false);
        connector.set_nodelay(true);
        // The attempt has its own limit; this one ends a connection that nobody waits for.
        connector.set_connect_timeout(Some(timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .map_err(DirectorySetupError::Tls)?
            .https_or_http() // Base::parse lets http pass for loopback hosts only.
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_LIMIT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .http1_max_buf_size(HEAD_BYTES_MAX)
            .build(connector);
        Ok(Self { client, base, timeout })
    }

    /// The host that is asked, for messages.
    pub(super) fn host(&self) -> &str {
        &self.base.host
    }

    /// Asks once whose the domain is. The domain is already known to be safe in a path.
    pub(super) async fn owner_of(&self, domain: &str) -> Result<Owner, LookupProblem> {
        let limit = self.timeout;
        tokio::time::timeout(limit, self.exchange(domain))
            .await
            .unwrap_or(Err(LookupProblem::TimedOut { limit }))
    }

    async fn exchange(&self, domain: &str) -> Result<Owner, LookupProblem> {
        let url = format!("{}/{domain}/v2.0/.well-known/openid-configuration", self.base.url);
        let request = Request::get(url)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("cpor/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())
            .map_err(|error| LookupProblem::Unreachable(error.into()))?;
        let response = self.client.request(request).await;
        let response = response.map_err(|error| LookupProblem::Unreachable(error.into()))?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        let body = Limited::new(response.into_body(), BODY_BYTES_MAX).collect().await;
        let body = body.map_err(|error| match error.downcast::<LengthLimitError>() {
            Ok(_) => LookupProblem::TooLarge { limit: BODY_BYTES_MAX },
            Err(error) => LookupProblem::Unreachable(error),
        })?;
        answer::read(status, retry_after, &body.to_bytes())
    }
}

/// The wait a server asks for in seconds; the form with a date would need a clock.
fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

impl Base {
    fn parse(base_url: &str) -> Result<Self, &'static str> {
        let uri: Uri = base_url.parse().map_err(|_| "it is not an address")?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or("it has no host")?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("it has a user name in it");
        }
        if uri.query().is_some() || base_url.contains('#') {
            return Err("it has more than scheme, host and path");
        }
        let ip = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let rule = match ip {
            Some(ip) if ip.is_loopback() => AddressRule::Loopback,
            None if host.eq_ignore_ascii_case("localhost") => AddressRule::Loopback,
            Some(_) | None => AddressRule::Public,
        };
        // An address instead of a name never meets the resolver.
        if ip.is_some_and(|ip| !rule.permits(ip)) {
            return Err("it is an address inside a private network");
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if rule == AddressRule::Loopback => {}
            Some(_) | None => return Err("it must be https, unless its host is loopback"),
        }
        let url = base_url.trim_end_matches('/').to_owned();
        Ok(Self { url, host: host.to_owned(), rule })
    }
}
