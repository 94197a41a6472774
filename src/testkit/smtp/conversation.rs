//! One connection to the test server: commands in, answers out, faults as asked for.
//!
//! What is counted and stored is the server's, see [`State`].

use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::{Conduct, Fault, Received, State, lock};

/// Largest message taken, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One connection.
pub(super) struct Conversation {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    conduct: Conduct,
    state: Arc<Mutex<State>>,
    from: String,
    to: Option<Recipient>,
}

struct Recipient {
    address: String,
    fault: Fault,
    /// Which attempt this is, from 1.
    attempt: usize,
}

/// Whether the conversation goes on.
type Next = io::Result<bool>;

impl Conversation {
    pub(super) fn new(stream: TcpStream, conduct: Conduct, state: Arc<Mutex<State>>) -> Self {
        let (reader, writer) = stream.into_split();
        let reader = BufReader::new(reader);
        Self { reader, writer, conduct, state, from: String::new(), to: None }
    }

    pub(super) async fn run(mut self) -> io::Result<()> {
        match self.conduct.greeting {
            Some(greeting) => self.say(greeting).await?,
            None => return self.stay_silent().await.map(|_| ()),
        };
        let mut mails = 0;
        while mails < self.conduct.mails_per_connection {
            let mut line = String::new();
            if (&mut self.reader).take(4_096).read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            lock(&self.state).commands.push(verb.clone());
            let goes_on = match verb.as_str() {
                "EHLO" => self.hello().await?,
                "MAIL" => self.sender(line).await?,
                "RCPT" => self.recipient(line).await?,
                "DATA" => {
                    mails += 1;
                    self.data().await?
                }
                "RSET" => {
                    self.to = None;
                    self.say("250 2.0.0 Ok").await?
                }
                "NOOP" => self.say("250 2.0.0 Ok").await?,
                "QUIT" => {
                    self.say("221 2.0.0 Bye").await?;
                    false
                }
                _ => self.say("502 5.5.2 Unknown command").await?,
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn say(&mut self, reply: &str) -> Next {
        self.writer.write_all(format!("{reply}\r\n").as_bytes()).await?;
        Ok(true)
    }

    async fn say_and_close(&mut self, reply: &str) -> Next {
        self.say(reply).await.map(|_| false)
    }

    /// Reads until the client has had enough.
    async fn stay_silent(&mut self) -> Next {
        let mut ignored = [0; 4_096];
        while self.reader.read(&mut ignored).await? > 0 {}
        Ok(false)
    }

    async fn hello(&mut self) -> Next {
        let utf8 = if self.conduct.smtputf8 { "250-SMTPUTF8\r\n" } else { "" };
        self.say(&format!("250-testkit\r\n{utf8}250 8BITMIME")).await
    }

    async fn sender(&mut self, line: &str) -> Next {
        self.from = address(line);
        self.to = None;
        self.say(self.conduct.to_sender).await
    }

    async fn recipient(&mut self, line: &str) -> Next {
        let address = address(line);
        let attempt = {
            let mut state = lock(&self.state);
            let attempts = state.attempts.entry(address.clone()).or_default();
            *attempts += 1;
            *attempts
        };
        let fault = Fault::of(&address);
        match fault {
            Fault::Refused => self.say(&format!("550 5.1.1 <{address}>: No such user")).await,
            Fault::Greylisted if attempt <= 2 => self.say("450 4.2.0 Greylisted").await,
            Fault::Full => self.say("452 4.2.2 Mailbox full").await,
            Fault::Busy => self.say_and_close("421 4.3.2 Too busy").await,
            Fault::Silent => self.stay_silent().await,
            Fault::None
            | Fault::Greylisted
            | Fault::DropInData
            | Fault::DropAfterDot
            | Fault::SilentAfterDot
            | Fault::BusyAfterDot
            | Fault::RefusedAfterDot => {
                self.to = Some(Recipient { address, fault, attempt });
                self.say("250 2.1.5 Ok").await
            }
        }
    }

    async fn data(&mut self) -> Next {
        let Some(to) = self.to.take() else {
            return self.say("503 5.5.1 Need RCPT").await;
        };
        self.say("354 End with a dot").await?;
        if to.fault == Fault::DropInData {
            let _ = self.reader.read(&mut [0; 16]).await?;
            return Ok(false);
        }
        let bytes = self.message().await?;
        match to.fault {
            Fault::RefusedAfterDot => self.say("554 5.7.1 Looks like spam").await,
            Fault::BusyAfterDot if to.attempt == 1 => self.say("451 4.3.0 Try later").await,
            Fault::DropAfterDot if to.attempt == 1 => {
                self.store(to, bytes);
                Ok(false)
            }
            Fault::SilentAfterDot => {
                self.store(to, bytes);
                self.stay_silent().await
            }
            Fault::None
            | Fault::Refused
            | Fault::Greylisted
            | Fault::Full
            | Fault::Busy
            | Fault::Silent
            | Fault::DropInData
            | Fault::DropAfterDot
            | Fault::BusyAfterDot => {
                let number = self.store(to, bytes);
                self.say(&format!("250 2.0.0 Ok: queued as {number}")).await
            }
        }
    }

    /// The message up to the final dot, without its dot-stuffing.
    async fn message(&mut self) -> io::Result<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let start = message.len();
            let read = self.reader.read_until(b'\n', &mut message).await?;
            if read == 0 || message.len() > MESSAGE_BYTES_MAX {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if &message[start..] == b".\r\n" {
                message.truncate(start);
                return Ok(message);
            }
            if message[start] == b'.' {
                message.remove(start);
            }
        }
    }

    fn store(&self, to: Recipient, bytes: Vec<u8>) -> usize {
        let message_id = header(&bytes, "Message-ID: ");
        let from = self.from.clone();
        let mut state = lock(&self.state);
        let received_at = state.clock.as_ref().map(|clock| clock.working_instant().now);
        state.received.push(Received { from, to: to.address, message_id, bytes, received_at });
        state.received.len()
    }
}

/// What stands between the angle brackets of a command.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// A header's value, if it stands on one line.
fn header(message: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(message);
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_default().to_owned()
}
