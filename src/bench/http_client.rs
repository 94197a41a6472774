//! A small HTTP client for measurements: one server, connections kept open, nothing retried.

use std::net::SocketAddr;

use futures_util::Stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName};
use hyper::{Method, Request, Response};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::bench::BenchError;

type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;

/// Sends requests to one server with one API key or session; cheap to clone.
#[derive(Clone)]
pub(super) struct Client {
    pool: Pool<HttpConnector, Body>,
    base: String,
    credential: (HeaderName, String),
}

impl Client {
    /// Connects to nothing yet.
    pub(super) fn new(server: SocketAddr, key: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            pool: Pool::builder(TokioExecutor::new()).build(connector),
            base: format!("http://{server}"),
            credential: bearer(key),
        }
    }

    /// The same connections with another API key.
    pub(super) fn with_key(&self, key: &str) -> Self {
        Self { credential: bearer(key), ..self.clone() }
    }

    /// The same connections, signed in to the operations pages with this cookie.
    pub(super) fn with_session(&self, cookie: &str) -> Self {
        Self { credential: (COOKIE, cookie.to_owned()), ..self.clone() }
    }

    /// The status of an answer, and its body as JSON; `null` when it has none.
    pub(super) async fn json(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<(u16, Value), BenchError> {
        let body = Full::new(Bytes::from(body)).boxed_unsync();
        let answer = self.send(method, path, "application/json", body).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.map_err(BenchError::because)?.to_bytes();
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    /// The status of an answer whose body is of no interest.
    pub(super) async fn get(&self, path: &str) -> Result<u16, BenchError> {
        let body = Full::new(Bytes::new()).boxed_unsync();
        whole(self.send(Method::GET, path, "text/plain", body).await?).await
    }

    /// Sends one JSON document; the time it takes ends with the last byte of the answer.
    pub(super) async fn post(&self, path: &str, json: String) -> Result<u16, BenchError> {
        let body = Full::new(Bytes::from(json)).boxed_unsync();
        whole(self.send(Method::POST, path, "application/json", body).await?).await
    }

    /// Sends pieces as they come; the answer begins while they are still being sent.
    pub(super) async fn stream(
        &self,
        path: &str,
        pieces: impl Stream<Item = Result<Frame<Bytes>, std::convert::Infallible>> + Send + 'static,
    ) -> Result<Response<Incoming>, BenchError> {
        let body = StreamBody::new(pieces).boxed_unsync();
        self.send(Method::POST, path, "application/x-ndjson", body).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        media_type: &str,
        body: Body,
    ) -> Result<Response<Incoming>, BenchError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(&self.credential.0, &self.credential.1)
            .header(CONTENT_TYPE, media_type)
            .body(body)
            .map_err(BenchError::because)?;
        self.pool.request(request).await.map_err(BenchError::because)
    }
}

fn bearer(key: &str) -> (HeaderName, String) {
    (AUTHORIZATION, format!("Bearer {key}"))
}

/// Reads the body to its end, so that the connection is free again, and gives the status.
async fn whole(answer: Response<Incoming>) -> Result<u16, BenchError> {
    let status = answer.status().as_u16();
    let mut body = answer.into_body();
    while let Some(frame) = body.frame().await {
        frame.map_err(BenchError::because)?;
    }
    Ok(status)
}
