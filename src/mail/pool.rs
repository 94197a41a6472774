//! The connections to the mail server that are kept for the next mail.
//!
//! It bounds how many are in use at once; it does not open or check any (see
//! [`Smtp`](super::smtp::Smtp)).

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::{Duration, Instant};

use super::connection::Connection;

/// A bound on connections in use, and those at rest.
pub(super) struct Pool {
    slots: Semaphore,
    idle: Mutex<Vec<Idle>>,
    idle_limit: Duration,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// At most `connections_max` in use; those at rest for longer than `idle_limit` are dropped.
    pub(super) fn new(connections_max: usize, idle_limit: Duration) -> Self {
        Self { slots: Semaphore::new(connections_max), idle: Mutex::default(), idle_limit }
    }

    /// Waits for the right to use one connection. Whoever holds it may take one from rest or open
    /// one, and gives it back before giving up the right: so open ones are bounded as well.
    pub(super) async fn slot(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.slots.acquire().await
    }

    /// The connection that was used last, if it has not rested for too long.
    pub(super) fn take(&self) -> Option<Connection> {
        let mut idle = self.idle();
        let last = idle.pop()?;
        if last.since.elapsed() < self.idle_limit {
            return Some(last.connection);
        }
        idle.clear(); // The others have rested for longer.
        None
    }

    /// Keeps a connection on which a mail can be begun.
    pub(super) fn put(&self, connection: Connection) {
        self.idle().push(Idle { connection, since: Instant::now() });
    }

    /// Takes all connections at rest.
    pub(super) fn drain(&self) -> Vec<Connection> {
        self.idle().drain(..).map(|idle| idle.connection).collect()
    }

    /// A panic elsewhere cannot leave the list half changed.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::mail::smtp::tests::{a_mail, send, settings, short, smtp};
    use crate::testkit::smtp::{Conduct, SmtpServer};

    #[tokio::test]
    async fn connections_are_bounded_and_used_again() {
        let server = SmtpServer::start().await.unwrap();
        let smtp = Arc::new(smtp(&settings(&server)));
        let mut sending = tokio::task::JoinSet::new();
        for number in 0..60 {
            let smtp = Arc::clone(&smtp);
            let to = if number % 3 == 0 { "refused@example.com" } else { "mert@example.com" };
            sending.spawn(async move { send(&smtp, &a_mail(to, number)).await });
        }
        let accepted = sending.join_all().await.iter().filter(|d| short(d) == "accepted").count();
        assert_eq!((accepted, server.received().len()), (40, 40));
        assert_eq!((server.connections(), server.connections_max()), (3, 3));
        assert_eq!(server.commands("RSET"), 20);
        smtp.close().await;
        assert_eq!(server.commands("QUIT"), 3);
    }

    #[tokio::test]
    async fn a_kept_connection_that_is_gone_is_replaced_without_a_word() {
        let conduct = Conduct { mails_per_connection: 2, ..Conduct::default() };
        let server = SmtpServer::start_with(conduct).await.unwrap();
        let smtp = smtp(&settings(&server));
        for number in 1..=6 {
            assert_eq!(short(&send(&smtp, &a_mail("mert@example.com", number)).await), "accepted");
        }
        assert_eq!((server.received().len(), server.connections()), (6, 3));
    }

    #[tokio::test]
    async fn a_connection_that_rested_for_too_long_is_not_used_again() {
        let server = SmtpServer::start().await.unwrap();
        let mut settings = settings(&server);
        settings.timeouts.idle = Duration::from_nanos(1);
        let smtp = smtp(&settings);
        for number in 1..=3 {
            assert_eq!(short(&send(&smtp, &a_mail("mert@example.com", number)).await), "accepted");
        }
        assert_eq!(server.connections(), 3);
    }
}
