//! The format of a backup: JSON Lines, each an object of one of these kinds, by its only field.
//!
//! Before that field each has `sum`, so that a damaged line can be named: the first 16 digits of
//! what [`Footer::sha256`] would be if this line were the last before it.
//!
//! The names of fields are the format; a change that an older `cpor` cannot read needs another
//! [`FORMAT`]. Keys are named with `*` in place of the namespace, so that a backup can be restored
//! into another one.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::claim::ClaimId;
use crate::secrets::KeyId;
use crate::store::meta::ClockMode;

/// Version of the format of backups.
pub const FORMAT: u32 = 1;

/// One line of a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    Backup(Header),
    /// A claim with everything about it, as it was in one instant.
    Claim(ClaimLine),
    /// A claim again, which has changed while its partition was read: the last such line counts.
    Changed(ClaimLine),
    /// Everything before this line is the partition as it was when its feed ended here.
    Partition(PartitionLine),
    /// What webhooks and subscriptions were still to be told: planned, tried or given up.
    Deliveries(DeliveriesLine),
    /// A part of any other key.
    Key(KeyLine),
    /// The last line.
    End(Footer),
}

/// What was backed up, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the format of backups.
    pub format: u32,
    /// The version of cpor that wrote it.
    pub version: String,
    /// The namespace.
    pub namespace: String,
    /// Its number of partitions, which a namespace it is restored into has to have, too.
    pub partitions: u16,
    /// Its clock, likewise.
    pub clock: ClockMode,
    /// When it was begun, on the deployment's clock.
    pub at: DateTime<Utc>,
    /// The numbers of the secret keys that the deployment had. The keys are not in a backup.
    pub secret_keys: Vec<KeyId>,
}

/// A claim with everything about it that does not follow from something else here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimLine {
    /// Its id.
    pub id: ClaimId,
    /// The fields of its own key: revision, status, snapshot and so on.
    pub fields: Vec<(Text, Text)>,
    /// Its events, as they were written.
    pub history: Vec<Text>,
    /// Where its jobs stood.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub entries: Vec<EntryLine>,
    /// What the source's own key says: the claim and the digest of its submission.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<Text>,
}

/// Where the entry of one job stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLine {
    /// The job.
    pub job: Job,
    /// On the agenda: when it was due, ms since the epoch. With a worker: nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_ms: Option<i64>,
    /// Left to a person: since when, ms since the epoch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dead_ms: Option<i64>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub letter: Option<Text>,
    /// Failed attempts, deliveries since, and the taker's token.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attempts: Option<Text>,
}

/// The end of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionLine {
    /// Which one.
    pub number: u16,
    /// The id of the newest entry of its feed.
    pub upto: String,
    /// How many entries have been taken away from its feed in all.
    pub removed: u64,
    /// How far its feed had been relayed to webhooks, as fields and values.
    pub relay: Vec<(Text, Text)>,
}

const fn to_webhooks() -> Job {
    Job::DeliverWebhook
}

/// What others than a claim wait for in one partition, by entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveriesLine {
    /// The partition.
    pub partition: u16,
    /// Of which job; backups of earlier releases have none but those to webhooks.
    #[serde(default = "to_webhooks")]
    pub job: Job,
    /// On the agenda: when each is due, ms since the epoch.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub due: Vec<(Text, i64)>,
    /// Those that were tried: failed attempts, deliveries since, and the taker's token.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tried: Vec<(Text, Text)>,
    /// Those that were given up, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub dead: Vec<(Text, Text)>,
}

impl DeliveriesLine {
    /// A part of what is read from the agenda (place 0), the attempts (1) or the dead letters (2).
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
    pub fn of(partition: u16, job: Job, place: usize, values: Values) -> Self {
        let none = Self { partition, job, due: Vec::new(), tried: Vec::new(), dead: Vec::new() };
        match values {
            Values::Zset(due) => {
                let due = due.into_iter().map(|(entry, ms)| (entry, ms as i64)).collect();
                Self { due, ..none }
            }
            Values::Hash(tried) if place == 1 => Self { tried, ..none },
            Values::Hash(dead) => Self { dead, ..none },
            _ => none,
        }
    }
}

/// A part of a key that belongs to no claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyLine {
    /// Its name, with `*` in place of the namespace.
    pub name: String,
    /// Whether nothing of it comes before.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub first: bool,
    /// After how many ms it is gone by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_ms: Option<i64>,
    /// What is in it.
    pub values: Values,
}

/// What is in a part of a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the types of Redis")]
pub enum Values {
    String(Text),
    Hash(Vec<(Text, Text)>),
    List(Vec<Text>),
    Set(Vec<Text>),
    Zset(Vec<(Text, f64)>),
    Stream(Vec<(String, Vec<Text>)>),
}

/// What the lines before add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// How many lines there are before this one.
    pub lines: u64,
    /// How many lines of claims there are among them; one that has changed meanwhile has two.
    pub claims: u64,
    /// What those lines add up to: for each, the SHA-256 of this value so far (32 zero bytes at
    /// first) and of the line's object without its `sum`, in hex.
    pub sha256: String,
}

/// Bytes as Redis has them: text where they are text, and otherwise `{"base64": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(pub Vec<u8>);

impl Text {
    /// The bytes as text, as far as they are.
    #[must_use]
    pub fn lossy(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Bytes { base64: String },
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => {
                Written::Bytes { base64: BASE64_STANDARD.encode(&self.0) }.serialize(serializer)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Ok(Self(text.into_bytes())),
            Written::Bytes { base64 } => {
                let bytes = BASE64_STANDARD.decode(base64);
                bytes.map(Self).map_err(serde::de::Error::custom)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_whether_they_are_text_or_not() {
        let check = |bytes: &[u8], expected: &str| {
            let json = serde_json::to_string(&Text(bytes.to_vec())).unwrap_or_default();
            assert_eq!(json, expected);
            assert_eq!(serde_json::from_str::<Text>(&json).ok(), Some(Text(bytes.to_vec())));
        };
        check(b"", r#""""#);
        check("\u{131}\n\0".as_bytes(), r#""ı\n\u0000""#);
        check(&[0xff, 0x00], r#"{"base64":"/wA="}"#);
    }
}
