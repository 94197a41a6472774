//! Why something could not be enqueued.

use redis::RedisError;

/// The client could not connect.
///
/// ```
/// use std::error::Error;
/// use cpor_jobs::client::{Client, ClientSettings};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = Client::connect(ClientSettings::new("not an address")).await.err().unwrap();
/// assert_eq!(error.to_string(), "could not connect to the Redis server of cpor");
/// assert!(error.source().is_some());
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("could not connect to the Redis server of cpor")]
pub struct ConnectError {
    /// What the Redis client says.
    #[source]
    pub source: RedisError,
}

/// A submission could not be enqueued, or it is unknown whether it was. Enqueueing the same
/// submission again is always harmless.
///
/// ```
/// use cpor_jobs::client::EnqueueError;
///
/// let error = EnqueueError::IntakeFull { length: 100_000, max: 100_000 };
/// assert_eq!(
///     error.to_string(),
///     "the intake is full: 100000 submissions are waiting and the limit is 100000; try later",
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnqueueError {
    /// So many submissions are waiting that no more should be pushed now. Try again later.
    #[error(
        "the intake is full: {length} submissions are waiting and the limit is {max}; try later"
    )]
    IntakeFull {
        /// How many submissions are waiting.
        length: u64,
        /// The client's limit.
        max: u64,
    },
    /// The submission has more bytes than cpor reads. It was not sent.
    #[error("the submission has {bytes} bytes of JSON and the limit is {max}; shorten it")]
    TooLarge {
        /// The bytes of the submission.
        bytes: usize,
        /// The most bytes of a submission.
        max: usize,
    },
    /// The submission could not be written as JSON. It was not sent.
    #[error("could not write the submission as JSON")]
    Json {
        /// What the writer says.
        #[source]
        source: serde_json::Error,
    },
    /// The server could not be reached, or refused, the last of all attempts.
    #[error("could not enqueue on {intake} in {attempts} attempts")]
    Redis {
        /// The intake list.
        intake: String,
        /// How often it was tried.
        attempts: u32,
        /// What the Redis client says of the last attempt.
        #[source]
        source: RedisError,
    },
}

/// Not all of many submissions could be enqueued.
///
/// ```
/// use cpor_jobs::client::{EnqueueAllError, EnqueueError};
///
/// let source = EnqueueError::TooLarge { bytes: 70_000, max: 65_536 };
/// let error = EnqueueAllError { enqueued: 500, source };
/// assert_eq!(error.to_string(), "stopped after 500 submissions were enqueued");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("stopped after {enqueued} submissions were enqueued")]
pub struct EnqueueAllError {
    /// How many submissions, counted from the first, are on the list for certain. For
    /// [`EnqueueError::TooLarge`] and [`EnqueueError::Json`] it is also the place of the culprit.
    pub enqueued: usize,
    /// Why it stopped.
    #[source]
    pub source: EnqueueError,
}
