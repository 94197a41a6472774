//! Going through all keys of the namespace, and through long sets and hashes, page by page.
//!
//! Redis shows everything that is there from the beginning to the end of a walk at least once; a
//! key may be shown twice. Memory is bounded by a page.

use cpor_jobs::Job;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::{Cmd, Value};

use crate::claim::Status;
use crate::store::{Connection, Store, StoreError};

/// Elements that Redis looks at per page.
const PAGE: usize = 1_000;

/// A server to go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// The only one.
    Only,
    /// A master of a cluster.
    Master {
        /// Its host.
        host: String,
        /// Its port.
        port: u16,
    },
}

/// A page of a walk, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What was found.
    pub found: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<u64>,
}

/// A sorted set whose members are claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimSet {
    /// The index of a status.
    Status(Status),
    /// The index of open windows.
    Closing,
    /// The index of closed claims.
    Closed,
    /// What is planned or due of a job.
    Agenda(Job),
    /// What workers have of a job.
    Running(Job),
}

impl ClaimSet {
    /// The job whose entries the members are.
    #[must_use]
    pub const fn job(self) -> Option<Job> {
        match self {
            Self::Status(_) | Self::Closing | Self::Closed => None,
            Self::Agenda(job) | Self::Running(job) => Some(job),
        }
    }
}

impl Store {
    /// The servers that together have all keys.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        let mut connection = match self.connection() {
            Connection::Single(_) => return Ok(vec![Node::Only]),
            Connection::Cluster(connection) => connection,
        };
        let masters: std::collections::HashMap<String, Value> = redis::cmd("INFO")
            .arg("replication")
            .query_async(connection.as_mut())
            .await
            .map_err(StoreError::doing("find the masters of the cluster"))?;
        let node = |address: &String| {
            let (host, port) = address.rsplit_once(':')?;
            Some(Node::Master { host: host.to_owned(), port: port.parse().ok()? })
        };
        Ok(masters.keys().filter_map(node).collect())
    }

    /// A page of the namespace's keys on one server, from `cursor` (0 at first).
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn scan(&self, node: &Node, cursor: u64) -> Result<Page<String>, StoreError> {
        let mut command = redis::cmd("SCAN");
        command.arg(cursor).arg("MATCH").arg(self.keys().pattern()).arg("COUNT").arg(PAGE);
        let doing = || StoreError::doing("go through all keys");
        let reply = match (self.connection(), node) {
            (Connection::Cluster(cluster), Node::Master { host, port }) => {
                let address = SingleNodeRoutingInfo::ByAddress { host: host.clone(), port: *port };
                cluster.route(command, RoutingInfo::SingleNode(address)).await
            }
            (mut connection, _) => command.query_async(&mut connection).await,
        };
        page(reply.map_err(doing())?)
    }

    /// A page of the members of a set of claims, each with its score in ms.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn claims_in(
        &self,
        partition: u16,
        set: ClaimSet,
        cursor: u64,
    ) -> Result<Page<(String, f64)>, StoreError> {
        let key = match set {
            ClaimSet::Status(status) => self.keys().by_status(partition, status),
            ClaimSet::Closing => self.keys().by_closing(partition),
            ClaimSet::Closed => self.keys().by_closed(partition),
            ClaimSet::Agenda(job) => self.keys().agenda(partition, job),
            ClaimSet::Running(job) => self.keys().running(partition, job),
        };
        let pairs = self.pairs("ZSCAN", &key, cursor).await?;
        let scored =
            |(member, score): (String, String)| (member, score.parse().unwrap_or(f64::MAX));
        Ok(Page { found: pairs.found.into_iter().map(scored).collect(), next: pairs.next })
    }

    /// A page of the members of the index `key`, each with its score.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn index_entries(
        &self,
        key: &str,
        cursor: u64,
    ) -> Result<Page<(String, String)>, StoreError> {
        self.pairs("ZSCAN", key, cursor).await
    }

    /// The score of a member of an index.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn index_score(&self, key: &str, member: &str) -> Result<Option<f64>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("ZSCORE")
            .arg(key)
            .arg(member)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read an entry of {key}")))
    }

    /// A page of the grants in the hash `key`: field and value.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn grants_in(
        &self,
        key: &str,
        cursor: u64,
    ) -> Result<Page<(String, String)>, StoreError> {
        self.pairs("HSCAN", key, cursor).await
    }

    async fn pairs(
        &self,
        command: &str,
        key: &str,
        cursor: u64,
    ) -> Result<Page<(String, String)>, StoreError> {
        let mut scan: Cmd = redis::cmd(command);
        scan.arg(key).arg(cursor).arg("COUNT").arg(PAGE);
        let mut connection = self.connection();
        let reply: Value = scan
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("go through {key}")))?;
        let flat = page(reply)?;
        let pair = |pair: &[String]| Some((pair.first()?.clone(), pair.get(1)?.clone()));
        Ok(Page { found: flat.found.chunks(2).filter_map(pair).collect(), next: flat.next })
    }

    /// How many submissions a partition has counted, and how many claims there are: in any status,
    /// and in the archive.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn counters(&self, partition: u16) -> Result<(u64, u64), StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.atomic().cmd("GET").arg(self.keys().submissions(partition));
        pipeline.cmd("GET").arg(self.keys().archived(partition));
        for status in Status::ALL {
            pipeline.cmd("ZCARD").arg(self.keys().by_status(partition, status));
        }
        let mut connection = self.connection();
        let counts: Vec<Option<u64>> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read the counters of partition {partition}")))?;
        let submissions = counts.first().copied().flatten().unwrap_or_default();
        Ok((submissions, counts.iter().skip(1).flatten().sum()))
    }

    /// Whether there is a key of that name.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn exists(&self, key: &str) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        redis::cmd("EXISTS")
            .arg(key)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("look for the key {key}")))
    }

    /// Where an entry of a job is: on the agenda, with a worker, or among the dead.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn places(
        &self,
        partition: u16,
        job: Job,
        entry: &str,
    ) -> Result<Vec<&'static str>, StoreError> {
        let keys = self.keys();
        let places = [
            ("agenda", keys.agenda(partition, job)),
            ("running", keys.running(partition, job)),
            ("dead", keys.dead(partition, job)),
        ];
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        for (_, key) in &places {
            pipeline.cmd("ZSCORE").arg(key).arg(entry);
        }
        let mut connection = self.connection();
        let scores: Vec<Option<f64>> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("look for the entry {entry} of {job}")))?;
        let found = places.iter().zip(scores).filter(|(_, score)| score.is_some());
        Ok(found.map(|((name, _), _)| *name).collect())
    }

    /// The value of one grant.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn grant(&self, key: &str, field: &str) -> Result<Option<String>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("HGET")
            .arg(key)
            .arg(field)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read a grant of {key}")))
    }
}

/// `[cursor, elements]`; elements that are no text are shown as well as can be.
fn page(reply: Value) -> Result<Page<String>, StoreError> {
    let (cursor, found): (u64, Vec<Vec<u8>>) =
        redis::from_redis_value(reply).map_err(|e| StoreError::malformed("read a page", e))?;
    let found = found.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    Ok(Page { found, next: (cursor != 0).then_some(cursor) })
}
