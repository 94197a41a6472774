//! Whose an entry on the intake list is: the Redis door.
//!
//! Whoever reaches Redis could submit in anyone's name, so an entry may carry a signature by the
//! key of the source that its JSON names; a source can only sign for itself. The key is derived
//! from the deployment's secret keys, so there is nothing to store and nothing in Redis to steal.
//! Whether the submission is sound is not asked here, and an entry that somebody recorded and
//! pushes again is no concern: source and idempotency key lead to the same claim.

use std::borrow::Cow;

use cpor_jobs::{SignatureLineError, SignedEntry};
use serde::Deserialize;

use crate::claim::identity::Source;
use crate::secrets::{Key, KeyId, Secrets, verify_mac};

/// The settings under `intake`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct IntakeSettings {
    pub require_signature: bool,
}

/// Lets entries in, or says why not.
#[derive(Debug, Clone)]
pub struct IntakeDoor {
    secrets: Secrets,
    settings: IntakeSettings,
}

/// An entry is not known to be its source's; each says what to do, and none says what the right
/// signature is.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// It has no signature, and has to have one.
    #[error(
        "the entry is not signed, and intake.require_signature is on: sign it with the key of its \
         source, which `cpor source key` prints; jobs/README.md says how"
    )]
    Unsigned,
    /// Its first line is no signature.
    #[error("the signature cannot be read: {0}")]
    Line(#[from] SignatureLineError),
    /// It does not say by whose key it is to be checked.
    #[error("the signature cannot be checked, because the JSON does not name its source: {0}")]
    NoSource(String),
    /// It is signed by a key that the deployment does not have, or has no more.
    #[error(
        "the signature is by key number {key_id}, which this deployment does not have (any more): \
         sign with the key that `cpor source key \"{source_name}\"` prints now"
    )]
    UnknownKey {
        /// The number of the key.
        key_id: KeyId,
        /// Whose submission it says it is.
        source_name: Source,
    },
    /// It is signed by another key, or was changed afterwards.
    #[error(
        "the signature is not that of source \"{source_name}\" over these bytes: either it is by \
         the key of another source, or the JSON was changed after it was signed; sign exactly the \
         bytes after the first line feed with the key that `cpor source key \"{source_name}\"` \
         prints"
    )]
    Wrong {
        /// Whose submission it says it is.
        source_name: Source,
    },
}

impl IntakeDoor {
    /// A door whose keys are made from `secrets`.
    #[must_use]
    pub const fn new(secrets: Secrets, settings: IntakeSettings) -> Self {
        Self { secrets, settings }
    }

    /// The submission in an entry, once it is known to be its source's or need not be. The caller
    /// bounds the entry's length.
    ///
    /// # Errors
    ///
    /// A signature that is there has to be right, also where none is required.
    pub fn open<'a>(&self, entry: &'a [u8]) -> Result<&'a [u8], Unproven> {
        let Some(signed) = SignedEntry::read(entry)? else {
            return if self.settings.require_signature {
                Err(Unproven::Unsigned)
            } else {
                Ok(entry)
            };
        };
        let source_name = source(signed.json)?;
        let key_id = KeyId(signed.key_id);
        let Some(key) = self.secrets.of(key_id, &purpose(&source_name)) else {
            return Err(Unproven::UnknownKey { key_id, source_name });
        };
        if verify_mac(&key, signed.json, &signed.mac) {
            Ok(signed.json)
        } else {
            Err(Unproven::Wrong { source_name })
        }
    }
}

/// The key with which a source signs its entries now.
#[must_use]
pub fn source_key(secrets: &Secrets, source: &Source) -> (KeyId, Key) {
    secrets.current(&purpose(source))
}

/// In its normalized spelling, so that one source has one key.
fn purpose(source: &Source) -> String {
    format!("intake:{source}")
}

/// A second `source` is refused here as it is by the parser, so both read the same one.
fn source(json: &[u8]) -> Result<Source, Unproven> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        source: Cow<'a, str>,
    }
    let named: Named<'_> = serde_json::from_slice(json).map_err(|error| unnamed(&error))?;
    Source::parse(&named.source).map_err(|finding| Unproven::NoSource(finding.message))
}

/// What is JSON and of another shape is quoted by its error, and may be long or personal.
fn unnamed(error: &serde_json::Error) -> Unproven {
    Unproven::NoSource(if error.is_data() {
        format!("line {} column {} is not as expected", error.line(), error.column())
    } else {
        error.to_string()
    })
}

#[cfg(test)]
mod tests;
