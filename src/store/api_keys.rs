//! Where API keys are kept: one hash per namespace, with a revision that moves with every change.
//!
//! What a record says, and that it never has the secret in it, is the business of
//! [`crate::access`].

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use redis::Script;

use crate::store::{Store, StoreError};

/// The field that counts changes.
const REVISION: &str = "#revision";
/// What the field of a key's last use ends with, after the key's id.
const USED: &str = "#used";

/// All API keys at one revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredApiKeys {
    /// Moves with every change of a record; uses do not count.
    pub revision: u64,
    /// Id to the record's JSON.
    pub records: BTreeMap<String, String>,
    /// Id to the last use that was noted.
    pub used_at: HashMap<String, DateTime<Utc>>,
}

impl Store {
    /// The revision of the API keys, by which a change is told without reading them all.
    pub async fn api_keys_revision(&self) -> Result<u64, StoreError> {
        let mut connection = self.connection();
        let revision: Option<u64> = redis::cmd("HGET")
            .arg(self.keys().api_keys())
            .arg(REVISION)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("see whether API keys have changed"))?;
        Ok(revision.unwrap_or_default())
    }

    /// All API keys.
    pub async fn api_keys(&self) -> Result<StoredApiKeys, StoreError> {
        let mut connection = self.connection();
        let fields: BTreeMap<String, String> = redis::cmd("HGETALL")
            .arg(self.keys().api_keys())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the API keys"))?;
        let mut stored = StoredApiKeys::default();
        for (field, value) in fields {
            if field == REVISION {
                stored.revision = value.parse().unwrap_or_default();
            } else if let Some(id) = field.strip_suffix(USED) {
                let at = value.parse().ok().and_then(DateTime::from_timestamp_millis);
                stored.used_at.extend(at.map(|at| (id.to_owned(), at)));
            } else {
                stored.records.insert(field, value);
            }
        }
        Ok(stored)
    }

    /// Writes and forgets records, if nothing has changed since `revision`; says whether it did.
    pub async fn write_api_keys(
        &self,
        revision: u64,
        written: &[(String, String)],
        forgotten: &[String],
    ) -> Result<bool, StoreError> {
        let script = Script::new(include_str!("lua/api_keys_write.lua"));
        let mut invocation = script.prepare_invoke();
        invocation.key(self.keys().api_keys()).arg(revision).arg(written.len());
        for (id, record) in written {
            invocation.arg(id).arg(record);
        }
        invocation.arg(forgotten);
        let mut connection = self.connection();
        let done: u8 = invocation
            .invoke_async(&mut connection)
            .await
            .map_err(StoreError::doing("write API keys"))?;
        Ok(done == 1)
    }

    /// Notes when keys were last used.
    pub async fn note_api_key_uses(
        &self,
        uses: &HashMap<String, DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        if uses.is_empty() {
            return Ok(());
        }
        let mut command = redis::cmd("HSET");
        command.arg(self.keys().api_keys());
        for (id, at) in uses {
            command.arg(format!("{id}{USED}")).arg(at.timestamp_millis());
        }
        let mut connection = self.connection();
        command
            .query_async::<u64>(&mut connection)
            .await
            .map(drop)
            .map_err(StoreError::doing("note the last use of API keys"))
    }
}
