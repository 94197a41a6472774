//! What can go wrong between us and Redis.

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Something could not be read from or written to Redis.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Redis did not do what it was asked.
    #[error("could not {doing}")]
    Redis {
        /// What was attempted, and for which claim.
        doing: String,
        /// What Redis said.
        #[source]
        source: RedisError,
    },
    /// What lies in Redis is not what this version writes.
    #[error("could not {doing}: {found}")]
    Malformed {
        /// What was attempted, and for which claim.
        doing: String,
        /// What was found.
        found: String,
    },
    /// Our clock and that of Redis disagree by more than is allowed.
    #[error(
        "could not {doing}: our clock says {ours_ms} ms and Redis says {theirs_ms} ms since the \
         epoch, which is more than the {allowed_ms} ms allowed; check the clocks of both hosts"
    )]
    Skew {
        /// What was attempted.
        doing: String,
        /// The time we gave.
        ours_ms: i64,
        /// The time Redis has.
        theirs_ms: i64,
        /// The skew allowed.
        allowed_ms: i64,
    },
    /// The server or the namespace is not fit for use.
    #[error("{0}")]
    Unfit(String),
    /// The private server could not be started or stopped.
    #[error("could not {doing}")]
    Server {
        /// What was attempted.
        doing: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
}

impl StoreError {
    /// Turns a Redis error into one that says what was attempted.
    pub(crate) fn doing(doing: impl Into<String>) -> impl FnOnce(RedisError) -> Self {
        let doing = doing.into();
        move |source| Self::Redis { doing, source }
    }

    pub(crate) fn malformed(doing: impl Into<String>, found: impl ToString) -> Self {
        Self::Malformed { doing: doing.into(), found: found.to_string() }
    }

    /// Whether trying again later can help: the world may change.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Redis { source, .. } => is_transient(source),
            Self::Skew { .. } => true,
            Self::Malformed { .. } | Self::Unfit(_) | Self::Server { .. } => false,
        }
    }
}

/// Each by name (`reliability.md`, section 2): restarting, busy, full, read-only, gone.
fn is_transient(error: &RedisError) -> bool {
    if error.is_io_error() || error.is_timeout() || error.is_connection_dropped() {
        return true;
    }
    match error.kind() {
        ErrorKind::Io | ErrorKind::ClusterConnectionNotFound => true,
        ErrorKind::Server(kind) => matches!(
            kind,
            ServerErrorKind::BusyLoading
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
        ),
        _ => matches!(error.code(), Some("BUSY" | "MISCONF" | "OOM" | "UNBLOCKED" | "NOREPLICAS")),
    }
}
