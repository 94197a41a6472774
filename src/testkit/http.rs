//! The HTTP server of a world, and a small client of it.
//!
//! The client follows no redirect and keeps no cookie: a test sees what was answered.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio_util::sync::CancellationToken;

use super::world::or_fail;
use crate::app::{App, AppError};
use crate::http::server::Server;
use crate::http::{router, sandbox_host_router};
use crate::sandbox::Sandboxes;
use crate::settings::HttpSettings;

/// Time for what was running to finish once the server is stopped.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// A running HTTP server on a free port; it stops when dropped.
pub struct HttpServer {
    address: SocketAddr,
    stop: CancellationToken,
    client: HttpClient,
}

/// A client of one server.
pub struct HttpClient {
    base: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl HttpServer {
    /// Serves a deployment.
    pub async fn start(app: &App) -> Self {
        Self::serving(app, |stop| router(app, stop)).await
    }

    /// Serves sandboxes beside a deployment.
    pub async fn of_sandboxes(app: &App, sandboxes: &Sandboxes) -> Self {
        Self::serving(app, |stop| sandbox_host_router(app, sandboxes.clone(), stop)).await
    }

    async fn serving(
        app: &App,
        router: impl FnOnce(CancellationToken) -> Result<Router, AppError>,
    ) -> Self {
        // A world that says where it is reached is served there.
        let port = app.settings.http.public_url.strip_prefix("http://127.0.0.1:");
        let port = port.and_then(|port| port.parse().ok()).unwrap_or(0);
        let settings = HttpSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], port)),
            ..app.settings.http.clone()
        };
        let server = or_fail("listen", Server::listen(&settings, STOP_TIMEOUT).await);
        let address = or_fail("listen", server.address());
        let stop = CancellationToken::new();
        let router = or_fail("set up HTTP", router(stop.clone()));
        tokio::spawn(server.run(router, stop.clone()));
        Self { address, stop, client: HttpClient::of(&format!("http://{address}")) }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl std::ops::Deref for HttpServer {
    type Target = HttpClient;

    fn deref(&self) -> &HttpClient {
        &self.client
    }
}

impl HttpClient {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn of(base: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { base: base.to_owned(), client }
    }

    /// The address of a path on this server, such as `/v1/claims`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, &[], "").await
    }

    /// Gets a path as the holder of a key.
    pub async fn get_as(&self, key: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {key}");
        self.request(Method::GET, path, &[("authorization", &bearer)], "").await
    }

    /// Posts JSON to a path as the holder of a key.
    pub async fn post_json(&self, path: &str, key: &str, body: impl Into<Bytes>) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        self.request(Method::POST, path, &headers, body).await
    }

    /// Sends a form to a path as a browser does.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.request(Method::POST, path, &headers, urlencoded(fields)).await
    }

    /// Signs in to the operations pages with a key, as their form does.
    ///
    /// # Errors
    ///
    /// The answer, when the key is refused.
    pub async fn sign_in(&self, key: &str) -> Result<String, Answer> {
        self.sign_in_at("/ops/sign-in", key).await
    }

    /// Signs in with a key at this path, `/ops/sign-in` or `/partner/sign-in`.
    ///
    /// # Errors
    ///
    /// The answer, when the key is refused.
    pub async fn sign_in_at(&self, path: &str, key: &str) -> Result<String, Answer> {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [form, ("sec-fetch-site", "same-origin")];
        let fields = urlencoded(&[("credential", key)]);
        let answer = self.request(Method::POST, path, &headers, fields).await;
        match answer.header("set-cookie").split_once(';') {
            Some((cookie, _)) => Ok(cookie.to_owned()),
            None => Err(answer),
        }
    }

    /// Sends a request with these headers and this body, and reads the answer whole.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = or_fail("write the request", request.body(Full::new(body.into())));
        let response = or_fail("send the request", self.client.request(request).await);
        let (parts, body) = response.into_parts();
        let body = or_fail("read the answer", body.collect().await).to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        or_fail("read the answer as JSON", serde_json::from_slice(&self.body))
    }

    /// A header's text; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Fields as browsers send them.
#[must_use]
pub fn urlencoded(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        });
        bytes.collect()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}
