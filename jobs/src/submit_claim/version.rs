//! The version of the form of a submission.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The version of the form of a submission: a number on the wire.
///
/// ```
/// use cpor_jobs::Version;
///
/// assert_eq!(serde_json::to_string(&Version::V1)?, "1");
/// assert!(serde_json::from_str::<Version>("2").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub enum Version {
    /// The first form.
    V1,
}

impl From<Version> for u64 {
    fn from(version: Version) -> Self {
        match version {
            Version::V1 => 1,
        }
    }
}

impl TryFrom<u64> for Version {
    type Error = UnknownVersion;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::V1),
            other => Err(UnknownVersion(other)),
        }
    }
}

impl JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "const": 1 })
    }
}

/// A version of the form that this crate does not know.
///
/// ```
/// use cpor_jobs::{UnknownVersion, Version};
///
/// assert_eq!(Version::try_from(7), Err(UnknownVersion(7)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("version {0} of a submission is not known here; the known version is 1")]
pub struct UnknownVersion(pub u64);
