//! Making, listing, rotating and revoking API keys.
//!
//! A change is decided on all records as they are and written only if they still are: two people
//! who rotate one key at the same time do not end with three. Whether a key that is presented is
//! accepted is decided elsewhere, by the authenticator.

use chrono::{DateTime, TimeDelta, Utc};
use tracing::warn;

use crate::access::api_key::{ApiKey, ApiKeyId};
use crate::access::key_record::{self, ApiKeyRecord, ApiKeyRefusal, NewApiKey, Records};
use crate::store::api_keys::StoredApiKeys;
use crate::store::{Store, StoreError};

/// How often a change is decided anew when somebody else was faster.
const ATTEMPTS_MAX: u32 = 10;

/// The API keys of a namespace.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    store: Store,
}

/// An API key could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// It is against the rules.
    #[error(transparent)]
    Refused(#[from] ApiKeyRefusal),
    /// Others keep changing keys.
    #[error("could not change the API keys: others changed them {ATTEMPTS_MAX} times meanwhile")]
    Contended,
    /// Redis could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key that was just made: the only time its secret is there.
#[derive(Debug, Clone)]
pub struct IssuedApiKey {
    /// The key, secret included.
    pub key: ApiKey,
    /// What is kept of it.
    pub record: ApiKeyRecord,
}

/// A key as it is listed.
#[derive(Debug, Clone)]
pub struct ListedApiKey {
    /// What is kept of it.
    pub record: ApiKeyRecord,
    /// When it was last used, give or take a minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What a change writes, and what it tells whoever asked for it.
type Change<T> = Result<(Vec<ApiKeyRecord>, T), ApiKeyRefusal>;

impl ApiKeys {
    /// The keys of the store's namespace.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes a key.
    pub async fn create(
        &self,
        new: &NewApiKey,
        now: DateTime<Utc>,
    ) -> Result<IssuedApiKey, ApiKeyError> {
        self.change(now, |records| {
            let key = fresh(records);
            let record = key_record::create(records, &key, new, now)?;
            Ok((vec![record.clone()], IssuedApiKey { key, record }))
        })
        .await
    }

    /// Makes several keys at once, in the order in which they are asked for.
    pub async fn create_all(
        &self,
        new: &[NewApiKey],
        now: DateTime<Utc>,
    ) -> Result<Vec<ApiKey>, ApiKeyError> {
        self.change(now, |records| {
            let keys: Vec<ApiKey> = new.iter().map(|_| fresh(records)).collect();
            let made = keys.iter().zip(new);
            let made = made.map(|(key, new)| key_record::create(records, key, new, now));
            Ok((made.collect::<Result<Vec<_>, _>>()?, keys))
        })
        .await
    }

    /// Makes a second key with the same authority and label; the old one ends after `overlap`.
    /// Gives the new key and the record of the old one.
    pub async fn rotate(
        &self,
        id: &ApiKeyId,
        overlap: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<(IssuedApiKey, ApiKeyRecord), ApiKeyError> {
        self.change(now, |records| {
            let key = fresh(records);
            let (old, record) = key_record::rotate(records, id, &key, overlap, now)?;
            Ok((vec![old.clone(), record.clone()], (IssuedApiKey { key, record }, old)))
        })
        .await
    }

    /// Revokes a key: every process refuses it within five seconds. Says whether it was not
    /// revoked before.
    pub async fn revoke(&self, id: &ApiKeyId, now: DateTime<Utc>) -> Result<bool, ApiKeyError> {
        self.change(now, |records| {
            let revoked = key_record::revoke(records, id, now)?;
            let took_effect = revoked.is_some();
            Ok((Vec::from_iter(revoked), took_effect))
        })
        .await
    }

    /// Keeps a key that is known already, with a new end; gives `None` when it was revoked.
    pub(super) async fn adopt(
        &self,
        key: &ApiKey,
        new: &NewApiKey,
        now: DateTime<Utc>,
    ) -> Result<Option<ApiKeyRecord>, ApiKeyError> {
        self.change(now, |records| match records.get(key.id()) {
            Some(record) if record.revoked_at.is_some() || record.sha256 != key.digest() => {
                Ok((Vec::new(), None))
            }
            Some(record) => {
                let record = ApiKeyRecord { expires_at: new.expires_at, ..record.clone() };
                Ok((vec![record.clone()], Some(record)))
            }
            None => {
                let record = key_record::create(records, key, new, now)?;
                Ok((vec![record.clone()], Some(record)))
            }
        })
        .await
    }

    /// All keys, the oldest first.
    pub async fn list(&self) -> Result<Vec<ListedApiKey>, StoreError> {
        let stored = self.store.api_keys().await?;
        let last_used_at = |id: &ApiKeyId| stored.used_at.get(id.as_str()).copied();
        let mut listed: Vec<ListedApiKey> = records(&stored)
            .into_values()
            .map(|record| ListedApiKey { last_used_at: last_used_at(&record.id), record })
            .collect();
        listed.sort_by_key(|listed| listed.record.created_at);
        Ok(listed)
    }

    async fn change<T>(
        &self,
        now: DateTime<Utc>,
        decide: impl Fn(&Records) -> Change<T>,
    ) -> Result<T, ApiKeyError> {
        for _ in 0..ATTEMPTS_MAX {
            let stored = self.store.api_keys().await?;
            let records = records(&stored);
            let (changed, told) = decide(&records)?;
            let written = changed.iter().map(written).collect::<Result<Vec<_>, _>>()?;
            let forgotten = key_record::forgotten(&records, now);
            let forgotten: Vec<String> = forgotten.iter().map(ToString::to_string).collect();
            if written.is_empty() && forgotten.is_empty()
                || self.store.write_api_keys(stored.revision, &written, &forgotten).await?
            {
                return Ok(told);
            }
        }
        Err(ApiKeyError::Contended)
    }
}

/// A key whose id nobody has.
fn fresh(records: &Records) -> ApiKey {
    loop {
        let key = ApiKey::random();
        if !records.contains_key(key.id()) {
            return key;
        }
    }
}

fn written(record: &ApiKeyRecord) -> Result<(String, String), StoreError> {
    let json = serde_json::to_string(record)
        .map_err(|error| StoreError::malformed("write an API key", error))?;
    Ok((record.id.to_string(), json))
}

/// What was stored, as records. One that cannot be read is of no use to anybody, and no reason to
/// refuse all others.
pub(super) fn records(stored: &StoredApiKeys) -> Records {
    let mut records = Records::new();
    for (id, json) in &stored.records {
        match serde_json::from_str::<ApiKeyRecord>(json) {
            Ok(record) if record.id.as_str() == id => {
                records.insert(record.id.clone(), record);
            }
            Ok(_) => warn!(key.id = id, "leaving out an API key that is stored under another id"),
            Err(error) => warn!(key.id = id, %error, "leaving out an API key that cannot be read"),
        }
    }
    records
}
