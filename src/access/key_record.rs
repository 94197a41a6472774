//! What is kept of an API key, and the rules of making, rotating and revoking keys. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::access::Authority;
use crate::access::api_key::{ApiKey, ApiKeyId, SecretDigest};
use crate::claim::identity::Line;

/// Keys of a namespace, dead ones included: every process keeps all of them in memory.
const KEYS_MAX: usize = 10_000;
/// How long a key that is of no use any more is still listed, in days.
const KEPT_DAYS: i64 = 365;

/// Everything that is kept of a key; its secret is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// The public part of the key.
    pub id: ApiKeyId,
    /// What it may do, and for whom.
    #[serde(flatten)]
    pub authority: Authority,
    /// What people call it.
    pub label: Line,
    /// SHA-256 of its secret.
    pub sha256: SecretDigest,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is of no use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Whether a key is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyState {
    /// It is accepted.
    Live,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

impl ApiKeyState {
    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl ApiKeyRecord {
    /// Whether the key is of use at `now`.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> ApiKeyState {
        if self.revoked_at.is_some() {
            ApiKeyState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            ApiKeyState::Expired
        } else {
            ApiKeyState::Live
        }
    }

    fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.state(now) == ApiKeyState::Live
    }

    fn is_history(&self, now: DateTime<Utc>) -> bool {
        let ended_at = self.revoked_at.or(self.expires_at);
        ended_at.is_some_and(|end| end + TimeDelta::days(KEPT_DAYS) < now)
    }
}

/// What a new key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it may do, and for whom.
    pub authority: Authority,
    /// What people call it.
    pub label: Line,
    /// From when on it is of no use; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key cannot be made or changed like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyRefusal {
    /// There is no such key.
    #[error("there is no API key {0}; `cpor key list` shows them")]
    Unknown(ApiKeyId),
    /// The key is of no use any more.
    #[error("the API key {id} is {}, so it cannot be rotated; make a new one", state.as_str())]
    NotLive {
        /// Which key.
        id: ApiKeyId,
        /// Why not.
        state: ApiKeyState,
    },
    /// There are two with this label and authority.
    #[error(
        "the label `{label}` has two live API keys of this role already: {first} and {second}; \
         revoke one of them, or choose another label"
    )]
    TooManyLive {
        /// The label.
        label: Line,
        /// One of the keys.
        first: ApiKeyId,
        /// The other one.
        second: ApiKeyId,
    },
    /// There is no room.
    #[error("there are {KEYS_MAX} API keys already; keys dead for {KEPT_DAYS} days make room")]
    Full,
    /// It would never be of use.
    #[error("the API key would have expired already")]
    NeverLive,
}

/// All records, by id.
pub(super) type Records = BTreeMap<ApiKeyId, ApiKeyRecord>;

/// The record of a new key.
pub(super) fn create(
    records: &Records,
    key: &ApiKey,
    new: &NewApiKey,
    now: DateTime<Utc>,
) -> Result<ApiKeyRecord, ApiKeyRefusal> {
    let NewApiKey { authority, label, expires_at } = new.clone();
    if expires_at.is_some_and(|end| end <= now) {
        return Err(ApiKeyRefusal::NeverLive);
    }
    if records.len() - forgotten(records, now).len() >= KEYS_MAX {
        return Err(ApiKeyRefusal::Full);
    }
    let alike = |record: &&ApiKeyRecord| {
        record.label == label && record.authority == authority && record.is_live(now)
    };
    // At most two at one time, the old and the new one.
    let live: Vec<&ApiKeyRecord> = records.values().filter(alike).collect();
    if let [first, second, ..] = live[..] {
        let (first, second) = (first.id.clone(), second.id.clone());
        return Err(ApiKeyRefusal::TooManyLive { label, first, second });
    }
    Ok(ApiKeyRecord {
        id: key.id().clone(),
        authority,
        label,
        sha256: key.digest(),
        created_at: now,
        expires_at,
        revoked_at: None,
    })
}

/// The old key's record, which now has an end, and that of the new key, which lives as long as
/// the old one was made for.
pub(super) fn rotate(
    records: &Records,
    id: &ApiKeyId,
    key: &ApiKey,
    overlap: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(ApiKeyRecord, ApiKeyRecord), ApiKeyRefusal> {
    let mut old = records.get(id).ok_or_else(|| ApiKeyRefusal::Unknown(id.clone()))?.clone();
    let state = old.state(now);
    if state != ApiKeyState::Live {
        return Err(ApiKeyRefusal::NotLive { id: id.clone(), state });
    }
    let expires_at = old.expires_at.map(|end| now + (end - old.created_at));
    let (authority, label) = (old.authority.clone(), old.label.clone());
    let new = create(records, key, &NewApiKey { authority, label, expires_at }, now)?;
    let end = now + overlap;
    old.expires_at = Some(old.expires_at.map_or(end, |earlier| earlier.min(end)));
    Ok((old, new))
}

/// The record of a revoked key; `None` when it was revoked before.
pub(super) fn revoke(
    records: &Records,
    id: &ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<ApiKeyRecord>, ApiKeyRefusal> {
    let record = records.get(id).ok_or_else(|| ApiKeyRefusal::Unknown(id.clone()))?;
    if record.revoked_at.is_some() {
        return Ok(None);
    }
    Ok(Some(ApiKeyRecord { revoked_at: Some(now), ..record.clone() }))
}

/// Keys that have been of no use for so long that they leave the list.
pub(super) fn forgotten(records: &Records, now: DateTime<Utc>) -> Vec<ApiKeyId> {
    records.values().filter(|record| record.is_history(now)).map(|r| r.id.clone()).collect()
}

#[cfg(test)]
mod tests;
