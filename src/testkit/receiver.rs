//! A receiver of webhooks whose answers are scripted, for tests.
//!
//! It listens on this machine only, answers 200 unless told otherwise, and remembers everything.
//! Each path is a receiver of its own, so that one server serves many webhooks. It never sleeps:
//! what is silent is silent until the other side gives up.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use sha2::Sha256;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How the receiver answers a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// With this status and nothing else.
    Status(u16),
    /// With 307 and this address.
    Redirect(String),
    /// Not at all, for as long as the other side waits.
    Silence,
}

/// A request that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Delivered {
    /// The text of a header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether one of the signatures is right under this secret, as Standard Webhooks has it.
    #[must_use]
    pub fn verifies(&self, secret: &str) -> bool {
        let key = secret.strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok());
        let Some(mut mac) = key.and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok()) else {
            return false;
        };
        let signed = format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(signed.as_bytes());
        mac.update(&self.body);
        let expected = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}

/// A running receiver; dropping it closes it.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    received: HashMap<String, Vec<Delivered>>,
    next: HashMap<String, VecDeque<Answer>>,
    always: HashMap<String, Answer>,
}

impl State {
    fn answer(&mut self, path: &str) -> Answer {
        let next = self.next.get_mut(path).and_then(VecDeque::pop_front);
        next.or_else(|| self.always.get(path).cloned()).unwrap_or(Answer::Status(200))
    }
}

impl Receiver {
    /// Starts a receiver.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::<Mutex<State>>::default();
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { address, state, accepting })
    }

    /// The port it listens on, at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address of a path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How the next requests to a path are answered.
    pub fn answer(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.state).next.entry(path.to_owned()).or_default().extend(answers);
    }

    /// How all others are answered from now on.
    pub fn always_answer(&self, path: &str, answer: Answer) {
        lock(&self.state).always.insert(path.to_owned(), answer);
    }

    /// What has come to a path so far, in its order.
    pub fn received(&self, path: &str) -> Vec<Delivered> {
        lock(&self.state).received.get(path).cloned().unwrap_or_default()
    }

    /// The names of the events that have come to a path so far.
    pub fn events(&self, path: &str) -> Vec<String> {
        let name = |delivered: &Delivered| delivered.json()["event"].as_str().map(str::to_owned);
        self.received(path).iter().filter_map(name).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A test that panicked elsewhere leaves what was received as it was.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&state)));
    }
}

async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let state = Arc::clone(&state);
        async move { Ok::<_, Infallible>(respond(request, &state).await) }
    });
    // However a connection ends, the other side sees it; the receiver has nothing to add.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: Request<Incoming>, state: &Mutex<State>) -> Response<Empty<Bytes>> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
    let answer = {
        let mut state = lock(state);
        let delivered = Delivered { headers: head.headers, body };
        state.received.entry(path.clone()).or_default().push(delivered);
        state.answer(&path)
    };
    let mut response = Response::new(Empty::new());
    match answer {
        Answer::Status(status) => {
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        }
        Answer::Redirect(to) => {
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            response.headers_mut().extend(to.parse().ok().map(|to| (LOCATION, to)));
        }
        Answer::Silence => std::future::pending::<()>().await,
    }
    response
}
