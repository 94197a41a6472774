//! A connection to a Redis Cluster that is made anew when nothing answers on it any more.
//!
//! The crate's connection (redis 1.8) can stop for good when masters go away while it looks for
//! their slots: a future that has been given its lock is then never polled again. Every command
//! on it times out, whatever the cluster does, so a time-out is the sign to leave it behind.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use redis::aio::ConnectionLike;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::RoutingInfo;
use redis::{Cmd, Pipeline, RedisError, RedisFuture, Value};
use tokio::sync::Mutex;
use tracing::warn;

/// A connection to a cluster; clones share it.
#[derive(Clone)]
pub struct Cluster {
    client: ClusterClient,
    current: Arc<RwLock<Current>>,
    renewing: Arc<Mutex<()>>,
    connect_timeout: Duration,
}

/// The connection in use, and which one that is.
#[derive(Clone)]
struct Current {
    connection: ClusterConnection,
    generation: u64,
}

impl Cluster {
    /// Connects to the cluster.
    pub(super) async fn open(
        client: ClusterClient,
        connect_timeout: Duration,
    ) -> Result<Self, RedisError> {
        let connection = connect(&client, connect_timeout).await?;
        let current = Arc::new(RwLock::new(Current { connection, generation: 0 }));
        Ok(Self { client, current, renewing: Arc::default(), connect_timeout })
    }

    /// Sends a command to the node that the caller chooses.
    pub(super) async fn route(&self, command: Cmd, to: RoutingInfo) -> Result<Value, RedisError> {
        let Current { mut connection, generation } = self.current();
        let answer = connection.route_command(command, to).await;
        self.watched(answer, generation).await
    }

    fn current(&self) -> Current {
        self.current.read().clone()
    }

    /// Passes an answer on; after a time-out, not before there is another connection.
    async fn watched<T>(
        &self,
        answer: Result<T, RedisError>,
        generation: u64,
    ) -> Result<T, RedisError> {
        if answer.as_ref().is_err_and(RedisError::is_timeout) {
            self.renew(generation).await;
        }
        answer
    }

    /// Replaces the connection of that generation, once.
    async fn renew(&self, generation: u64) {
        let _only_one = self.renewing.lock().await;
        if self.current.read().generation != generation {
            return;
        }
        match connect(&self.client, self.connect_timeout).await {
            Ok(connection) => {
                warn!("a command to the cluster timed out; going on with a new connection");
                *self.current.write() = Current { connection, generation: generation + 1 };
            }
            Err(error) => {
                let error = &error as &(dyn std::error::Error + 'static);
                warn!(error, "a command to the cluster timed out, and so does connecting anew");
            }
        }
    }
}

/// Connecting has no time limit of its own in the crate.
async fn connect(client: &ClusterClient, limit: Duration) -> Result<ClusterConnection, RedisError> {
    let connecting = tokio::time::timeout(limit, client.get_async_connection());
    connecting.await.unwrap_or_else(|_| {
        let kind = std::io::ErrorKind::TimedOut;
        Err(std::io::Error::new(kind, "the cluster did not answer in time").into())
    })
}

impl ConnectionLike for Cluster {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let Current { mut connection, generation } = self.current();
            let answer = connection.req_packed_command(cmd).await;
            self.watched(answer, generation).await
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let Current { mut connection, generation } = self.current();
            let answer = connection.req_packed_commands(pipeline, offset, count).await;
            self.watched(answer, generation).await
        })
    }

    /// A cluster has one database.
    fn get_db(&self) -> i64 {
        0
    }
}
