//! All API keys in memory, so that a request costs no round trip to Redis.
//!
//! At most every four seconds one request looks whether anything has changed, so that a revoked
//! key is refused within five. While Redis is away, what is known counts for up to a minute. A
//! key that nobody has makes one look at once and then at most four per second, so that a flood
//! of made-up keys does not reach Redis; how many keys there are is bounded where they are made.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use tracing::warn;

use crate::access::api_key::ApiKeyId;
use crate::access::api_keys::records;
use crate::access::key_record::{ApiKeyRecord, Records};
use crate::access::remembered::{Policy, Remembered, Unavailable};
use crate::store::{Store, StoreError};

const POLICY: Policy = Policy {
    doing: "look whether API keys have changed",
    fresh: TimeDelta::seconds(4),
    usable: TimeDelta::seconds(60),
    pause: TimeDelta::milliseconds(250),
    patience: Duration::from_secs(1),
};
/// How often the uses of keys are noted.
const NOTE_EVERY: TimeDelta = TimeDelta::seconds(60);

/// The API keys as this process knows them.
#[derive(Debug)]
pub(super) struct KeyCache {
    store: Store,
    snapshot: Remembered<Snapshot>,
    uses: Mutex<Uses>,
}

#[derive(Debug)]
struct Snapshot {
    revision: u64,
    records: Records,
}

/// Uses that are not noted yet; there are no more of them than keys.
#[derive(Debug, Default)]
struct Uses {
    pending: HashMap<String, DateTime<Utc>>,
    noted_at: Option<DateTime<Utc>>,
}

impl KeyCache {
    pub(super) fn new(store: Store) -> Self {
        Self { store, snapshot: Remembered::new(POLICY), uses: Mutex::default() }
    }

    /// The record of a key, if there is such a key.
    pub(super) async fn find(
        &self,
        id: &ApiKeyId,
        now: DateTime<Utc>,
    ) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let has = |snapshot: &Snapshot| snapshot.records.contains_key(id);
        let snapshot = self.snapshot.get(now, has, self.load(now)).await?;
        Ok(snapshot.records.get(id).cloned())
    }

    /// Remembers that a key was used.
    pub(super) fn used(&self, id: &ApiKeyId, now: DateTime<Utc>) {
        let mut uses = self.uses.lock();
        match uses.pending.get_mut(id.as_str()) {
            Some(at) => *at = now,
            None => drop(uses.pending.insert(id.to_string(), now)),
        }
    }

    async fn load(&self, now: DateTime<Utc>) -> Result<Arc<Snapshot>, StoreError> {
        let revision = self.store.api_keys_revision().await?;
        let known = self.snapshot.last().filter(|snapshot| snapshot.revision == revision);
        let snapshot = match known {
            Some(snapshot) => snapshot,
            None => {
                let stored = self.store.api_keys().await?;
                let (revision, records) = (stored.revision, records(&stored));
                Arc::new(Snapshot { revision, records })
            }
        };
        self.note_uses(now).await;
        Ok(snapshot)
    }

    /// Last uses are a help for people; that they cannot be noted is no reason to refuse anybody.
    async fn note_uses(&self, now: DateTime<Utc>) {
        let uses = {
            let mut uses = self.uses.lock();
            if uses.noted_at.is_some_and(|at| (now - at).abs() < NOTE_EVERY) {
                return;
            }
            uses.noted_at = Some(now);
            mem::take(&mut uses.pending)
        };
        if let Err(error) = self.store.note_api_key_uses(&uses).await {
            let error = &error as &(dyn std::error::Error + 'static);
            warn!(error, "could not note when API keys were last used");
        }
    }
}
