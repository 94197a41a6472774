//! What a deployment is, once and for all, and whether its server is fit for use.

use redis::InfoDict;
use serde::{Deserialize, Serialize};

use crate::store::restore::is_being_restored;
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
    if is_being_restored(connection, keys).await? {
        return Err(StoreError::Unfit(format!(
            "the namespace `{0}` is being restored, or its restore was cut off: wait for it, or \
             run `cpor restore` with the same backup again, which goes on where it was",
            keys.namespace()
        )));
    }
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

impl Store {
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
async fn cluster_findings(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let Connection::Cluster(cluster) = connection else { return Ok(Vec::new()) };
    let masters: std::collections::HashMap<String, InfoDict> = redis::cmd("INFO")
        .query_async(cluster.as_mut())
        .await
        .map_err(StoreError::doing("read the settings of the cluster's masters"))?;
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
