//! What a client needs to know of a deployment.

use std::fmt;
use std::time::Duration;

use super::SigningKey;

/// The address and the limits of a [`Client`](super::Client).
///
/// ```
/// use std::time::Duration;
/// use cpor_jobs::client::ClientSettings;
///
/// let mut settings = ClientSettings::new("redis+unix:///run/redis/redis.sock");
/// assert_eq!(settings.namespace, "cpor");
/// settings.intake_max = 5_000;
/// settings.room_wait_max = Duration::from_secs(5);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ClientSettings {
    /// The server's address, which may hold a password and is therefore never printed.
    pub url: String,
    /// The deployment's namespace. Default `cpor`.
    pub namespace: String,
    /// The key with which the claims of the one source whose it is are signed. Default none: a
    /// deployment may then take none of them.
    pub signing_key: Option<SigningKey>,
    /// How many submissions may wait on the intake list before pushing stops. Default 100,000.
    pub intake_max: u64,
    /// How long a bulk enqueue waits for room before each push. Default 60 s.
    pub room_wait_max: Duration,
    /// How long one attempt may take to connect. Default 5 s.
    pub connection_timeout: Duration,
    /// How long one attempt waits for an answer: longer than the server may stall on its disk.
    /// Default 10 s.
    pub response_timeout: Duration,
    /// How often a command is sent at most. Default 6.
    pub attempts_max: u32,
}

impl ClientSettings {
    /// The defaults, for the server at this address: `redis://…` or `redis+unix://…`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            namespace: "cpor".to_owned(),
            signing_key: None,
            intake_max: 100_000,
            room_wait_max: Duration::from_mins(1),
            connection_timeout: Duration::from_secs(5),
            response_timeout: Duration::from_secs(10),
            attempts_max: 6,
        }
    }
}

impl fmt::Debug for ClientSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSettings")
            .field("namespace", &self.namespace)
            .field("signing_key", &self.signing_key)
            .field("intake_max", &self.intake_max)
            .field("room_wait_max", &self.room_wait_max)
            .field("connection_timeout", &self.connection_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("attempts_max", &self.attempts_max)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_never_printed() {
        let printed = format!("{:?}", ClientSettings::new("redis://:pa55word@redis.example/"));
        assert!(!printed.contains("pa55word"), "{printed}");
    }
}
