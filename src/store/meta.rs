//! What a deployment is, once and for all, and whether its server is fit for use.

use std::collections::HashMap;

use redis::InfoDict;
use serde::{Deserialize, Serialize};

use crate::store::cluster::Cluster;
use crate::store::{Connection, Keys, Store, StoreError};

/// Version of everything written under the namespace.
pub const FORMAT: u32 = 1;

/// Whose time the deployment follows; never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockMode {
    /// Redis's own time.
    System,
    /// A time kept in Redis that moves only when told to.
    Virtual,
}

impl ClockMode {
    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Virtual => "virtual",
        }
    }
}

/// Makes the namespace on first use, and refuses one that was made otherwise.
///
/// # Errors
///
/// When the namespace has another format, number of partitions or clock mode, or Redis fails.
pub async fn open_namespace(
    connection: &mut Connection,
    keys: &Keys,
    mode: ClockMode,
) -> Result<(), StoreError> {
    let doing = "read what the namespace was created with";
    for (field, ours) in [
        ("format", FORMAT.to_string()),
        ("partitions", keys.partitions().to_string()),
        ("clock", mode.as_str().to_owned()),
    ] {
        let _: bool = redis::cmd("HSETNX")
            .arg(keys.meta())
            .arg(field)
            .arg(&ours)
            .query_async(connection)
            .await
            .map_err(StoreError::doing(doing))?;
        let theirs: String = redis::cmd("HGET")
            .arg(keys.meta())
            .arg(field)
            .query_async(connection)
            .await
            .map_err(StoreError::doing(doing))?;
        if theirs != ours {
            return Err(StoreError::Unfit(mismatch(keys.namespace(), field, &theirs, &ours)));
        }
    }
    Ok(())
}

/// How the server is, as far as operators have to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerState {
    /// What makes it unfit for use, each with its remedy.
    pub findings: Vec<String>,
    /// How much of its memory is used, where it has a limit; of a cluster, of its fullest master.
    pub memory: Option<Memory>,
    /// Why it refuses writes, if it does.
    pub refuses: Option<String>,
}

/// Used memory and its limit, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Used.
    pub used: u64,
    /// The limit.
    pub most: u64,
}

impl Memory {
    /// How much is used, in percent.
    #[must_use]
    pub const fn percent(self) -> u64 {
        match self.used.saturating_mul(100).checked_div(self.most) {
            Some(percent) => percent,
            None => 0,
        }
    }
}

impl ServerState {
    fn of(info: &InfoDict) -> Self {
        let number = |name: &str| info.get::<u64>(name).unwrap_or_default();
        let (used, most) = (number("used_memory"), number("maxmemory"));
        let memory = (most > 0).then_some(Memory { used, most });
        let failed = |name: &str| info.get::<String>(name).is_some_and(|status| status == "err");
        let refuses = if memory.is_some_and(|memory| memory.used >= memory.most) {
            Some("its memory is full".to_owned())
        } else if failed("aof_last_write_status") {
            Some("it could not write to its append-only file".to_owned())
        } else {
            None
        };
        Self { findings: findings(info), memory, refuses }
    }

    /// Puts the masters of a cluster together.
    fn join(mut self, address: &str, other: Self) -> Self {
        let named = |text: String| format!("{address}: {text}");
        self.findings.extend(other.findings.into_iter().map(named));
        let memory = [self.memory, other.memory].into_iter().flatten();
        self.memory = memory.max_by_key(|memory| memory.percent());
        self.refuses = self.refuses.or_else(|| other.refuses.map(named));
        self
    }
}

impl Store {
    /// How the server is.
    ///
    /// # Errors
    ///
    /// When the server cannot be asked.
    pub async fn server_state(&self) -> Result<ServerState, StoreError> {
        match self.connection() {
            Connection::Single(_) => Ok(ServerState::of(&self.info().await?)),
            Connection::Cluster(mut cluster) => {
                let masters = masters(cluster.as_mut()).await?;
                let states = masters.iter().map(|(address, info)| (address, ServerState::of(info)));
                Ok(states.fold(ServerState::default(), |all, (a, state)| all.join(a, state)))
            }
        }
    }

    /// What is wrong with the server by now, each with its remedy; empty when it is fit for use.
    ///
    /// # Errors
    ///
    /// When the server cannot be asked.
    pub async fn server_findings(&self) -> Result<Vec<String>, StoreError> {
        server_findings(&mut self.connection()).await
    }

    /// Looks again whether the namespace is there, and is what this process was started for.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unfit`] when it is not, and any other when Redis cannot be asked.
    pub async fn check_namespace(&self, mode: ClockMode) -> Result<(), StoreError> {
        let expected = [
            ("format", FORMAT.to_string()),
            ("partitions", self.keys.partitions().to_string()),
            ("clock", mode.as_str().to_owned()),
        ];
        let fields = expected.iter().map(|(field, _)| *field).collect::<Vec<_>>();
        let mut connection = self.connection();
        let found: Vec<Option<String>> = redis::cmd("HMGET")
            .arg(self.keys.meta())
            .arg(fields)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read what the namespace was created with"))?;
        let name = self.keys.namespace();
        for ((field, ours), theirs) in expected.iter().zip(found) {
            let Some(theirs) = theirs else {
                let gone = format!(
                    "the namespace `{name}` is gone: its data was flushed, or this is another \
                     server; restore it, and start cpor again"
                );
                return Err(StoreError::Unfit(gone));
            };
            if theirs != *ours {
                return Err(StoreError::Unfit(mismatch(name, field, &theirs, ours)));
            }
        }
        Ok(())
    }
}

fn mismatch(namespace: &str, field: &str, theirs: &str, ours: &str) -> String {
    let remedy = match field {
        "format" => "use the version of cpor that wrote it",
        "partitions" => "set `redis.partitions` to what it was created with",
        _ => "set `clock.mode` to what it was created with, or choose another `redis.namespace`",
    };
    format!(
        "the namespace `{namespace}` was created with {field} = {theirs}, and this process is \
         configured with {field} = {ours}: {remedy}"
    )
}

/// What is wrong with the server, each with its remedy; empty when it is fit for use.
///
/// # Errors
///
/// When the server cannot be asked.
pub async fn server_findings(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let doing = "read the settings of the Redis server";
    let info: InfoDict = match connection {
        Connection::Single(single) => {
            redis::cmd("INFO").query_async(single).await.map_err(StoreError::doing(doing))?
        }
        Connection::Cluster(_) => return cluster_findings(connection).await,
    };
    Ok(findings(&info))
}

/// On a cluster every master is asked.
async fn masters(cluster: &mut Cluster) -> Result<HashMap<String, InfoDict>, StoreError> {
    redis::cmd("INFO")
        .query_async(cluster)
        .await
        .map_err(StoreError::doing("read the settings of the cluster's masters"))
}

async fn cluster_findings(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let Connection::Cluster(cluster) = connection else { return Ok(Vec::new()) };
    let masters = masters(cluster.as_mut()).await?;
    let about = |(address, info): (&String, &InfoDict)| {
        let address = address.clone();
        findings(info).into_iter().map(move |finding| format!("{address}: {finding}"))
    };
    Ok(masters.iter().flat_map(about).collect())
}

fn findings(info: &InfoDict) -> Vec<String> {
    let mut findings = Vec::new();
    let text = |name: &str| info.get::<String>(name).unwrap_or_default();
    let version = text("redis_version");
    let major = version.split('.').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or_default();
    if major < 7 {
        findings
            .push(format!("the server has version {version}; use Redis 7.0 or newer, or Valkey"));
    }
    if text("maxmemory_policy") != "noeviction" {
        findings.push(format!(
            "maxmemory-policy is {}, so the server may throw claims away; run `CONFIG SET \
             maxmemory-policy noeviction` and put it into the server's configuration",
            text("maxmemory_policy")
        ));
    }
    if text("aof_enabled") != "1" {
        findings.push(
            "appendonly is off, so a restart loses claims; run `CONFIG SET appendonly yes` and put \
             it into the server's configuration"
                .to_owned(),
        );
    }
    if text("role") == "slave" {
        findings.push("the server is a replica; connect to its master".to_owned());
    }
    findings
}
