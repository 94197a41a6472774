//! The deployment's secret keys, from which everything that is signed gets a key of its own.
//!
//! One value to keep, hand out and rotate: links in mails, intake entries, webhooks and access
//! tokens each use a key derived for their purpose alone, so that none of them can stand in for
//! another, and whoever has Redis has none of them. This module signs nothing itself.

use std::fmt;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize, Serializer};
use sha2::Sha256;

/// Length of every key, in bytes.
pub const KEY_BYTES: usize = 32;
/// File of the key that a deployment makes for itself.
const FILE: &str = "secret.keys";

/// The settings under `secrets`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct SecretSettings {
    pub keys: Option<Secret>,
    pub generate: bool,
}

/// The secret keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// None is set and none may be made.
    #[error(
        "no secret keys are set: make one with `cpor secret new` and set CPOR_SECRETS__KEYS to it, \
         the same for every process of the deployment"
    )]
    Missing,
    /// A key is not what `cpor secret new` prints.
    #[error(
        "the secret keys ({origin}) cannot be read: key number {number} {problem}; expected are \
         keys as `cpor secret new` prints them, separated by commas"
    )]
    Malformed {
        /// Where they are set.
        origin: String,
        /// Which one, from 1.
        number: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The file of the key cannot be read or written.
    #[error("could not keep the deployment's secret key in {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// Which of the keys made a signature; part of everything that is signed, so that keys rotate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId(pub u8);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A key derived for one purpose.
pub type Key = [u8; KEY_BYTES];

/// All secret keys of the deployment, the newest first; cheap to clone, never shown.
#[derive(Clone)]
pub struct Secrets(Arc<[(KeyId, Key)]>);

impl Secrets {
    /// The keys that are set, or the one that the deployment made for itself.
    ///
    /// # Errors
    ///
    /// When a key is malformed, none is set and none may be made, or its file cannot be used.
    pub fn open(settings: &SecretSettings, directory: &Path) -> Result<Self, SecretsError> {
        if let Some(keys) = &settings.keys {
            return Self::parse(keys.reveal(), "CPOR_SECRETS__KEYS");
        }
        if !settings.generate {
            return Err(SecretsError::Missing);
        }
        let path = directory.join(FILE);
        let text = kept_in_file(directory, FILE, || new_key(KeyId(1)))
            .map_err(|source| SecretsError::File { path: path.clone(), source })?;
        Self::parse(text.trim(), &path.display().to_string())
    }

    /// The keys that are set or were made before; nothing when there are none, and none is made.
    ///
    /// # Errors
    ///
    /// When they are malformed or cannot be read.
    pub fn existing(
        settings: &SecretSettings,
        directory: &Path,
    ) -> Result<Option<Self>, SecretsError> {
        if settings.keys.is_some() || directory.join(FILE).exists() {
            return Self::open(settings, directory).map(Some);
        }
        Ok(None)
    }

    /// Reads keys as [`new_key`] writes them, separated by commas, the newest first.
    ///
    /// # Errors
    ///
    /// When one of them is malformed or a number is used twice.
    pub fn parse(text: &str, origin: &str) -> Result<Self, SecretsError> {
        let mut keys: Vec<(KeyId, Key)> = Vec::new();
        for (index, part) in text.split(',').enumerate() {
            let malformed = |problem| SecretsError::Malformed {
                origin: origin.to_owned(),
                number: index + 1,
                problem,
            };
            let (id, key) = read_key(part.trim()).map_err(malformed)?;
            if keys.iter().any(|(known, _)| *known == id) {
                return Err(malformed("has the number of another one"));
            }
            keys.push((id, key));
        }
        Ok(Self(keys.into()))
    }

    /// The key that signs for a purpose now.
    #[must_use]
    pub fn current(&self, purpose: &str) -> (KeyId, Key) {
        let (id, key) = &self.0[0];
        (*id, derived(key, purpose))
    }

    /// The key of this number for a purpose, while the deployment still has it.
    #[must_use]
    pub fn of(&self, id: KeyId, purpose: &str) -> Option<Key> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, key)| derived(key, purpose))
    }

    /// The numbers of all keys, the newest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.0.iter().map(|(id, _)| *id)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// A fresh key with this number, from the system's random numbers: `<number>:<base64url>`.
#[must_use]
pub fn new_key(id: KeyId) -> String {
    printed(id, &rand::random())
}

/// A key as it is handed out and read again: `<number>:<base64url>`.
#[must_use]
pub fn printed(id: KeyId, key: &Key) -> String {
    format!("{id}:{}", BASE64_URL_SAFE_NO_PAD.encode(key))
}

/// HMAC-SHA256 of `message`.
#[must_use]
pub fn mac(key: &Key, message: &[u8]) -> Key {
    let mut mac = keyed(key);
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Whether `found` is the HMAC-SHA256 of `message`, or its first bytes; takes as long either way.
/// Nothing shorter than 128 bits counts.
#[must_use]
pub fn verify_mac(key: &Key, message: &[u8], found: &[u8]) -> bool {
    let mut mac = keyed(key);
    mac.update(message);
    found.len() >= 16 && mac.verify_truncated_left(found).is_ok()
}

/// HMAC fills a key up to the hash's block with zeros; done here, the length is always right.
fn keyed(key: &Key) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..KEY_BYTES].copy_from_slice(key);
    Hmac::new(&block.into())
}

/// HMAC as a key derivation (NIST SP 800-108): one key per purpose.
fn derived(key: &Key, purpose: &str) -> Key {
    mac(key, format!("cpor:{purpose}").as_bytes())
}

fn read_key(text: &str) -> Result<(KeyId, Key), &'static str> {
    let (id, key) = text.split_once(':').ok_or("has no number in front")?;
    let id = id.parse().map_err(|_| "has no number from 0 to 255 in front")?;
    let key = BASE64_URL_SAFE_NO_PAD.decode(key).map_err(|_| "is not base64url")?;
    let key = key.try_into().map_err(|_| "is not 32 bytes long")?;
    Ok((KeyId(id), key))
}

/// The content of a file that only its owner can read, which is made when it is not there.
///
/// Written whole under another name and linked, so that two processes that start at once agree.
pub(crate) fn kept_in_file(
    directory: &Path,
    file: &str,
    fresh: impl FnOnce() -> String,
) -> io::Result<String> {
    let path = directory.join(file);
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Ok(text);
    }
    std::fs::create_dir_all(directory)?;
    let new = directory.join(format!("{file}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    io::Write::write_all(&mut &opened, fresh().as_bytes())?;
    opened.sync_all()?;
    let linked = std::fs::hard_link(&new, &path);
    std::fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => std::fs::read_to_string(&path),
    }
}

/// A value that is never shown: not by `Debug`, not when settings are printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps `value` from being shown.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that uses it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("********")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("********")
    }
}

#[cfg(test)]
mod tests;
