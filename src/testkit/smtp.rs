//! A mail server that misbehaves on request, for tests.
//!
//! It holds a real SMTP conversation on a port of its own. What goes wrong is chosen by the
//! recipient, so that one server serves many faults at once: the part of the address before the
//! `@`, up to a `+`, names the [`Fault`]. It never sleeps: a fault is an answer, a closed
//! connection, or silence until the client gives up. It knows neither TLS nor logins.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::conversation::Conversation;
use crate::clock::Clock;

mod conversation;
mod text;

/// What goes wrong with a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// `refused`: 550 to the recipient, always.
    Refused,
    /// `greylisted`: 450 to the recipient, the first two times.
    Greylisted,
    /// `full`: 452 to the recipient, always.
    Full,
    /// `busy`: 421 to the recipient, and the connection is closed, always.
    Busy,
    /// `silent`: the recipient is never answered.
    Silent,
    /// `drop-in-data`: the connection is closed within the message; nothing is stored.
    DropInData,
    /// `drop-after-dot`: the message is stored and the connection closed without an answer, the
    /// first time.
    DropAfterDot,
    /// `silent-after-dot`: the message is stored and never answered.
    SilentAfterDot,
    /// `busy-after-dot`: 451 to the whole message, the first time; nothing is stored.
    BusyAfterDot,
    /// `refused-after-dot`: 554 to the whole message, always; nothing is stored.
    RefusedAfterDot,
}

impl Fault {
    /// The fault an address asks for.
    fn of(address: &str) -> Self {
        let local = address.split('@').next().unwrap_or_default();
        match local.split('+').next().unwrap_or_default() {
            "refused" => Self::Refused,
            "greylisted" => Self::Greylisted,
            "full" => Self::Full,
            "busy" => Self::Busy,
            "silent" => Self::Silent,
            "drop-in-data" => Self::DropInData,
            "drop-after-dot" => Self::DropAfterDot,
            "silent-after-dot" => Self::SilentAfterDot,
            "busy-after-dot" => Self::BusyAfterDot,
            "refused-after-dot" => Self::RefusedAfterDot,
            _ => Self::None,
        }
    }
}

/// How the server treats every connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conduct {
    /// The first thing said on a connection; `None` is silence.
    pub greeting: Option<&'static str>,
    /// The answer to `MAIL FROM`.
    pub to_sender: &'static str,
    /// Whether SMTPUTF8 is offered.
    pub smtputf8: bool,
    /// After how many mails a connection is closed without a word.
    pub mails_per_connection: usize,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            greeting: Some("220 testkit ESMTP"),
            to_sender: "250 2.1.0 Ok",
            smtputf8: true,
            mails_per_connection: usize::MAX,
        }
    }
}

/// A message the server has stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    /// The header `Message-ID`, or nothing.
    pub message_id: String,
    /// The message as it was before dot-stuffing, with its last line end.
    pub bytes: Vec<u8>,
    /// When it came in, by the clock that the server follows: the virtual time of its world.
    pub received_at: Option<DateTime<Utc>>,
}

/// A running server; dropping it closes it.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    /// How often each recipient has been named.
    attempts: HashMap<String, usize>,
    /// The commands of all connections, as they came.
    commands: Vec<String>,
    open: usize,
    open_max: usize,
    opened: usize,
    /// Tells the time of what comes in.
    clock: Option<Clock>,
}

impl SmtpServer {
    /// Starts a server that behaves, but for the faults its recipients ask for.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Conduct::default()).await
    }

    /// Starts a server that treats every connection as told.
    pub async fn start_with(conduct: Conduct) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::<Mutex<State>>::default();
        let accepting = tokio::spawn(accept(listener, conduct, Arc::clone(&state)));
        Ok(Self { address, state, accepting })
    }

    /// From now on every message is stored with the time that this clock shows.
    pub fn follow(&self, clock: &Clock) {
        lock(&self.state).clock = Some(clock.clone());
    }

    /// The port it listens on, at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The messages stored so far, in their order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// How often a recipient has been named.
    pub fn attempts(&self, recipient: &str) -> usize {
        lock(&self.state).attempts.get(recipient).copied().unwrap_or_default()
    }

    /// How often a command, such as `RSET`, has come.
    pub fn commands(&self, verb: &str) -> usize {
        lock(&self.state).commands.iter().filter(|seen| *seen == verb).count()
    }

    /// The most connections that were open at once.
    pub fn connections_max(&self) -> usize {
        lock(&self.state).open_max
    }

    /// How many connections have been opened.
    pub fn connections(&self) -> usize {
        lock(&self.state).opened
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A test that panicked elsewhere leaves the counts as they were.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, conduct: Conduct, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        {
            let mut state = lock(&state);
            state.open += 1;
            state.opened += 1;
            state.open_max = state.open_max.max(state.open);
        }
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            // However a conversation ends, the client sees it; the server has nothing to add.
            let _ = Conversation::new(stream, conduct, Arc::clone(&state)).run().await;
            lock(&state).open -= 1;
        });
    }
}
