//! The typed enqueue over Redis for upstream systems. Feature `client`.
//!
//! A submission is pushed on the list `<namespace>:intake` as one line of JSON. Repeating a push
//! is harmless, because `source` and `idempotency_key` always lead to the same claim; therefore
//! everything that may pass (a lost connection, a server that is loading or busy) is tried again,
//! a bounded number of times, even when it is unknown whether the first attempt arrived.
//!
//! The client deliberately does not look at answers: what became of a submission is asked of cpor.
//! Nor does it follow the redirections of a Redis Cluster: give it the address of the node that
//! holds the intake list.

mod error;
mod retry;
mod room;
mod settings;
mod signing_key;

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::Cmd;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

pub use error::{ConnectError, EnqueueAllError, EnqueueError};
pub use settings::ClientSettings;
pub use signing_key::{SigningKey, SigningKeyError};

use crate::{SubmitClaim, limits};
use room::{Advice, Room};

/// The most submissions in one push.
const BATCH_ENTRIES_MAX: usize = 500;
/// A push is sent once it has this many bytes, however few its submissions.
const BATCH_BYTES_MAX: usize = 1024 * 1024;
/// How long a full intake is left alone before it is asked again.
const ROOM_POLL_INTERVAL: Duration = Duration::from_millis(100);
/// A connection to the Redis server of a cpor deployment, for upstream systems.
///
/// It is cheap to clone, and clones share one connection, which is made again when it is lost.
///
/// ```no_run
/// use cpor_jobs::SubmitClaim;
/// use cpor_jobs::client::{Client, ClientSettings};
///
/// # async fn example(claim: SubmitClaim) -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::connect(ClientSettings::new("redis://127.0.0.1/")).await?;
/// client.enqueue(&claim).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    connection: ConnectionManager,
    settings: ClientSettings,
    intake: String,
    room: Arc<Room>,
}

impl Client {
    /// Connects to the server. See the example of [`Client`].
    ///
    /// # Errors
    /// [`ConnectError`] when the address is wrong or the server cannot be reached in time.
    pub async fn connect(settings: ClientSettings) -> Result<Self, ConnectError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(settings.connection_timeout))
            .set_response_timeout(Some(settings.response_timeout))
            .set_number_of_retries(settings.attempts_max as usize)
            .set_min_delay(retry::BACK_OFF_MIN)
            .set_max_delay(retry::BACK_OFF_MAX);
        let connect = async {
            let server = redis::Client::open(settings.url.as_str())?;
            ConnectionManager::new_with_config(server, config).await
        };
        let connection = connect.await.map_err(|source| ConnectError { source })?;
        let intake = format!("{}:intake", settings.namespace);
        Ok(Self { connection, settings, intake, room: Arc::new(Room::unknown()) })
    }

    /// Puts one submission on the intake list.
    ///
    /// ```no_run
    /// # async fn example(client: cpor_jobs::client::Client, claim: cpor_jobs::SubmitClaim) {
    /// use cpor_jobs::client::EnqueueError;
    ///
    /// match client.enqueue(&claim).await {
    ///     Ok(()) => println!("cpor has it"),
    ///     Err(EnqueueError::IntakeFull { .. }) => println!("later, then: it is harmless"),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`EnqueueError::IntakeFull`] at once when the list is at its limit; otherwise see
    /// [`EnqueueError`]. After any error the same submission may be enqueued again.
    pub async fn enqueue(&self, claim: &SubmitClaim) -> Result<(), EnqueueError> {
        let entry = self.entry(claim)?;
        self.check_room().await?;
        self.push(&[entry]).await
    }

    /// Puts many submissions on the intake list, in order, in pushes of at most 500 entries and
    /// about 1 MiB; a push arrives whole or not at all. Returns how many there were.
    ///
    /// While the list is at its limit it waits for room, up to [`ClientSettings::room_wait_max`]
    /// before each push.
    ///
    /// ```no_run
    /// # async fn example(client: cpor_jobs::client::Client, claims: Vec<cpor_jobs::SubmitClaim>) {
    /// if let Err(error) = client.enqueue_all(&claims).await {
    ///     println!("{error}; go on with claim number {}", error.enqueued);
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`EnqueueAllError`] with the number of submissions that arrived for certain. Those after
    /// them may be enqueued again, or all of them.
    pub async fn enqueue_all<'a>(
        &self,
        claims: impl IntoIterator<Item = &'a SubmitClaim>,
    ) -> Result<usize, EnqueueAllError> {
        let mut enqueued = 0;
        let mut batch = Vec::new();
        let mut batch_bytes = 0;
        for claim in claims {
            let entry = match self.entry(claim) {
                Ok(entry) => entry,
                Err(source) => {
                    enqueued += self.push_when_room(&mut batch, enqueued).await?;
                    return Err(EnqueueAllError { enqueued, source });
                }
            };
            batch_bytes += entry.len();
            batch.push(entry);
            if batch.len() == BATCH_ENTRIES_MAX || batch_bytes >= BATCH_BYTES_MAX {
                enqueued += self.push_when_room(&mut batch, enqueued).await?;
                batch_bytes = 0;
            }
        }
        enqueued += self.push_when_room(&mut batch, enqueued).await?;
        Ok(enqueued)
    }

    /// Pushes the batch when there is room, and leaves it empty. Returns how many entries it had.
    async fn push_when_room(
        &self,
        batch: &mut Vec<String>,
        enqueued: usize,
    ) -> Result<usize, EnqueueAllError> {
        if batch.is_empty() {
            return Ok(0);
        }
        let pushed = async {
            self.wait_for_room().await?;
            self.push(batch).await
        };
        pushed.await.map_err(|source| EnqueueAllError { enqueued, source })?;
        let count = batch.len();
        batch.clear();
        Ok(count)
    }

    /// Waits until the list is below its limit, or the time to wait is over.
    async fn wait_for_room(&self) -> Result<(), EnqueueError> {
        let polls = self.settings.room_wait_max.as_millis() / ROOM_POLL_INTERVAL.as_millis();
        for _ in 0..polls {
            match self.check_room().await {
                Err(EnqueueError::IntakeFull { .. }) => {
                    tokio::time::sleep(ROOM_POLL_INTERVAL).await;
                }
                room_or_error => return room_or_error,
            }
        }
        self.check_room().await
    }

    /// Refuses when the list is at its limit.
    ///
    /// When many clients push at once, the limit can be exceeded by one push of each; it is a
    /// brake and not a wall.
    async fn check_room(&self) -> Result<(), EnqueueError> {
        let max = self.settings.intake_max;
        let length = match self.room.advice(max, Instant::now()) {
            Advice::Push => return Ok(()),
            Advice::Wait(length) => length,
            Advice::Ask => match self.length_after(redis::cmd("LLEN").arg(&self.intake)).await {
                Err(EnqueueError::Redis { source, .. }) if source.code() == Some("NOPERM") => {
                    self.room.must_not_ask();
                    return Ok(());
                }
                length_or_error => length_or_error?,
            },
        };
        if length < max { Ok(()) } else { Err(EnqueueError::IntakeFull { length, max }) }
    }

    /// Pushes the entries with one command.
    async fn push(&self, entries: &[String]) -> Result<(), EnqueueError> {
        self.length_after(redis::cmd("LPUSH").arg(&self.intake).arg(entries)).await?;
        Ok(())
    }

    /// Sends a command that answers with the list's length, again when the failure may pass.
    async fn length_after(&self, command: &Cmd) -> Result<u64, EnqueueError> {
        let mut connection = self.connection.clone();
        let mut attempts = 1;
        loop {
            match command.query_async::<u64>(&mut connection).await {
                Ok(length) => {
                    self.room.learn(length, Instant::now());
                    return Ok(length);
                }
                Err(error) if attempts < self.settings.attempts_max && retry::may_pass(&error) => {
                    tokio::time::sleep(retry::back_off(attempts)).await;
                    attempts += 1;
                }
                Err(source) => {
                    let intake = self.intake.clone();
                    return Err(EnqueueError::Redis { intake, attempts, source });
                }
            }
        }
    }

    /// The entry for the list, unless cpor would refuse it unread.
    fn entry(&self, claim: &SubmitClaim) -> Result<String, EnqueueError> {
        let json = claim.to_json().map_err(|source| EnqueueError::Json { source })?;
        let max = limits::SUBMISSION_BYTES_MAX;
        if json.len() > max {
            return Err(EnqueueError::TooLarge { bytes: json.len(), max });
        }
        Ok(match &self.settings.signing_key {
            Some(key) => key.sign(&json),
            None => json,
        })
    }
}
