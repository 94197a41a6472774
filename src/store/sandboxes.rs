//! Sandboxes: namespaces that live for an hour. What is here is their register, which outlives a
//! process that was killed, and how all keys of those that are over are removed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};

use crate::store::scan::Node;
use crate::store::{Connection, Store, StoreError};

/// What the name of a sandbox's namespace begins with; no deployment's begins so.
pub const SANDBOX_PREFIX: &str = "sandbox-";
/// Keys that Redis looks at in one step.
const PAGE: usize = 1_000;

impl Store {
    /// Notes a sandbox and when it is over, before it has any key.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn register_sandbox(
        &self,
        namespace: &str,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection();
        redis::cmd("ZADD")
            .arg(self.keys.sandboxes())
            .arg(expires_at.timestamp_millis())
            .arg(namespace)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("register a sandbox"))
    }

    /// Every sandbox that is registered.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn registered_sandboxes(&self) -> Result<Vec<String>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("ZRANGE")
            .arg(self.keys.sandboxes())
            .arg(0)
            .arg(-1)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("list the sandboxes"))
    }

    /// Removes every key of these sandboxes in one walk over all keys, however many they are, and
    /// then takes them off the register. Nobody may write to them any more. Says how many keys
    /// there were.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses; removing them again is safe.
    pub async fn remove_sandboxes(&self, gone: &HashSet<String>) -> Result<usize, StoreError> {
        let mut removed = 0;
        for node in self.nodes().await? {
            let mut cursor = 0;
            loop {
                let (next, keys) = self.scan_sandboxes(&node, cursor).await?;
                let keys: Vec<String> = keys
                    .into_iter()
                    .filter(|key| sandbox_of(key).is_some_and(|n| gone.contains(n)))
                    .collect();
                removed += keys.len();
                try_join_all(keys.iter().map(|key| self.delete(key))).await?;
                if next == 0 {
                    break;
                }
                cursor = next;
            }
        }
        let mut forget = redis::cmd("ZREM");
        forget.arg(self.keys.sandboxes());
        for namespace in gone {
            forget.arg(namespace);
        }
        if !gone.is_empty() {
            let mut connection = self.connection();
            let () = forget
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing("forget sandboxes"))?;
        }
        Ok(removed)
    }

    async fn scan_sandboxes(
        &self,
        node: &Node,
        cursor: u64,
    ) -> Result<(u64, Vec<String>), StoreError> {
        let mut command = redis::cmd("SCAN");
        let pattern = format!("*{SANDBOX_PREFIX}*");
        command.arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(PAGE);
        let doing = "go through the keys of sandboxes";
        let reply = match (self.connection(), node) {
            (Connection::Cluster(cluster), Node::Master { host, port }) => {
                let address = SingleNodeRoutingInfo::ByAddress { host: host.clone(), port: *port };
                cluster.route(command, RoutingInfo::SingleNode(address)).await
            }
            (mut connection, _) => command.query_async(&mut connection).await,
        };
        let reply = reply.map_err(StoreError::doing(doing))?;
        redis::from_redis_value(reply).map_err(|error| StoreError::malformed(doing, error))
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let mut connection = self.connection();
        redis::cmd("DEL")
            .arg(key)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("remove a key of a sandbox"))
    }
}

/// The namespace of a sandbox's key: what comes before the first colon, in a hash tag or not.
fn sandbox_of(key: &str) -> Option<&str> {
    let key = key.strip_prefix('{').unwrap_or(key);
    let (namespace, _) = key.split_once(':')?;
    namespace.starts_with(SANDBOX_PREFIX).then_some(namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_sandboxes_are_theirs() {
        let check = |key: &str, expected: Option<&str>| assert_eq!(sandbox_of(key), expected);
        check("sandbox-1:meta", Some("sandbox-1"));
        check("{sandbox-1:00}:claim:x", Some("sandbox-1"));
        check("{sandbox-1:intake}:taken", Some("sandbox-1"));
        check("cpor:sandboxes", None);
        check("{cpor:00}:by-source:sandbox-1", None);
        check("sandbox-1", None);
    }
}
