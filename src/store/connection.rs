//! One connection to Redis, whether one server or a cluster.
//!
//! Both kinds multiplex: callers clone the connection and their commands share the wire.

use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::cluster::ClusterClientBuilder;
use redis::{Client, Cmd, IntoConnectionInfo, Pipeline, RedisError, RedisFuture, Value};

use crate::store::cluster::Cluster;
use crate::store::error::StoreError;

/// Longer than the crate's 500 ms: a server that fsyncs may well stall for seconds.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Shortest and longest pause before trying again what a connection could not do, in ms.
const PAUSE_MIN_MS: u64 = 20;
const PAUSE_MAX_MS: u64 = 500;
/// Time to connect, name look-up included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that reconnects by itself.
#[derive(Clone)]
pub enum Connection {
    /// One server.
    Single(ConnectionManager),
    /// A Redis Cluster.
    Cluster(Box<Cluster>),
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Single(_) => f.write_str("Connection::Single"),
            Self::Cluster(_) => f.write_str("Connection::Cluster"),
        }
    }
}

impl Connection {
    /// Connects to `url`; several addresses separated by commas are the nodes of a cluster, and
    /// so is a server that says it runs in cluster mode.
    ///
    /// # Errors
    ///
    /// When the address is malformed or nobody answers there.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let nodes: Vec<&str> = url.split(',').map(str::trim).collect();
        let doing = || StoreError::doing(format!("connect to Redis at {}", redacted(url)));
        if nodes.len() > 1 {
            return Self::open_cluster(&nodes).await.map_err(doing());
        }
        let manager = Self::open_single(url).await.map_err(doing())?;
        let mut probe = manager.clone();
        let info: String =
            redis::cmd("INFO").arg("cluster").query_async(&mut probe).await.map_err(doing())?;
        if info.contains("cluster_enabled:1") {
            return Self::open_cluster(&nodes).await.map_err(doing());
        }
        Ok(Self::Single(manager))
    }

    async fn open_single(url: &str) -> Result<ConnectionManager, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_min_delay(Duration::from_millis(PAUSE_MIN_MS))
            .set_max_delay(Duration::from_millis(PAUSE_MAX_MS))
            .set_number_of_retries(6);
        ConnectionManager::new_with_config(Client::open(url)?, config).await
    }

    async fn open_cluster(nodes: &[&str]) -> Result<Self, RedisError> {
        let client = ClusterClientBuilder::new(nodes.iter().copied())
            .connection_timeout(CONNECT_TIMEOUT)
            .response_timeout(RESPONSE_TIMEOUT)
            // The crate's own pauses grow to minutes, in which a master comes back unnoticed.
            .min_retry_wait(PAUSE_MIN_MS)
            .max_retry_wait(PAUSE_MAX_MS)
            .build()?;
        Ok(Self::Cluster(Box::new(Cluster::open(client, CONNECT_TIMEOUT).await?)))
    }
}

/// The address without its password.
#[must_use]
pub fn redacted(url: &str) -> String {
    url.split(',')
        .map(|node| match node.trim().into_connection_info() {
            Ok(info) => info.addr().to_string(),
            Err(_) => "a malformed address".to_owned(),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection) => connection.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
