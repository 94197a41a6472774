//! What an API key looks like: `cpor_`, its public id, `_`, its secret, and a checksum.
//!
//! ```text
//! cpor_ k3x9w0ab _ 43 characters, base64url: 256 random bits  6 characters, base62: CRC-32
//! ```
//!
//! The prefix and the checksum over everything before it let a scanner that finds such a text in a
//! repository be sure offline what it is, and let us refuse mistyped and made-up keys without
//! asking anyone. The checksum protects nothing: the secret does. It is never stored, and only its
//! SHA-256 is; 256 random bits need no slow hash.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What every key begins with; scanners look for it.
pub const PREFIX: &str = "cpor_";
const ID_LENGTH: usize = 8;
const SECRET_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;
const LENGTH: usize = PREFIX.len() + ID_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH;
const ID_LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The public part of a key, by which people and logs name it: 8 lower-case letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ApiKeyId(String);

/// The text is not the id of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of an API key has 8 lower-case letters and digits; `cpor key list` shows them")]
pub struct NoApiKeyId;

impl ApiKeyId {
    /// Reads the id of a key.
    pub fn parse(text: &str) -> Result<Self, NoApiKeyId> {
        let fits = text.len() == ID_LENGTH && text.bytes().all(|byte| ID_LETTERS.contains(&byte));
        if fits { Ok(Self(text.to_owned())) } else { Err(NoApiKeyId) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for ApiKeyId {
    type Error = NoApiKeyId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// A whole key, secret included; `Debug` shows its id alone.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    id: ApiKeyId,
    secret: [u8; 32],
}

impl ApiKey {
    /// A new key of the system's random numbers.
    #[must_use]
    pub fn random() -> Self {
        let mut random = rand::rng();
        let mut letter = || char::from(*ID_LETTERS.choose(&mut random).unwrap_or(&b'0'));
        let id = ApiKeyId((0..ID_LENGTH).map(|_| letter()).collect());
        Self { id, secret: random.random() }
    }

    /// Reads a key; `None` for everything that was never one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != LENGTH || !text.is_ascii() {
            return None;
        }
        let (body, sum) = text.split_at(LENGTH - CHECKSUM_LENGTH);
        let (id, secret) = body.strip_prefix(PREFIX)?.split_at(ID_LENGTH);
        let id = ApiKeyId::parse(id).ok()?;
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret.strip_prefix('_')?).ok()?;
        let secret = secret.try_into().ok()?;
        (checksum(body) == sum).then_some(Self { id, secret })
    }

    /// The public part.
    #[must_use]
    pub const fn id(&self) -> &ApiKeyId {
        &self.id
    }

    /// What is kept of the secret.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.secret).into())
    }

    /// The key itself, for the one place that hands it out.
    #[must_use]
    pub fn reveal(&self) -> String {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(self.secret);
        let body = format!("{PREFIX}{}_{secret}", self.id);
        let sum = checksum(&body);
        body + &sum
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}_********", self.id)
    }
}

/// SHA-256 of a secret. Comparing takes as long wherever two of them differ.
#[derive(Debug, Clone, Copy, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretDigest([u8; 32]);

impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        let differ = self.0.iter().zip(other.0).fold(0, |differ, (a, b)| differ | (a ^ b));
        std::hint::black_box(differ) == 0
    }
}

impl From<SecretDigest> for String {
    fn from(digest: SecretDigest) -> Self {
        BASE64_URL_SAFE_NO_PAD.encode(digest.0)
    }
}

impl TryFrom<String> for SecretDigest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| "it is not base64url")?;
        bytes.try_into().map(Self).map_err(|_| "it is not 32 bytes long")
    }
}

/// CRC-32 (ISO 3309) in base62, the most significant digit first.
fn checksum(text: &str) -> String {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    let crc = !text.bytes().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(byte), step));
    let digit = |place: u32| char::from(BASE62[(crc / 62_u32.pow(place) % 62) as usize]);
    (0..6).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let key = ApiKey::random();
        let text = key.reveal();
        assert_eq!(text.len(), 63);
        let read = ApiKey::parse(&text).unwrap();
        assert_eq!(read, key);
        assert_eq!(read.digest(), key.digest());
        assert_ne!(ApiKey::random().digest(), key.digest());
        assert!(!format!("{key:?}").contains(&text[14..]));
    }

    #[test]
    fn any_other_character_anywhere_is_no_key() {
        let text = ApiKey::random().reveal();
        for place in 0..text.len() {
            for other in ['a', 'B', '7', '_', ' ', 'é'] {
                let mut other_text: String = text.chars().take(place).collect();
                other_text.push(other);
                other_text.extend(text.chars().skip(place + 1));
                assert_eq!(ApiKey::parse(&other_text).is_some(), other_text == text);
            }
        }
        for length in 0..text.len() {
            assert_eq!(ApiKey::parse(&text[..length]), None);
        }
        assert_eq!(ApiKey::parse(&format!("{text}0")), None);
    }

    #[test]
    fn the_checksum_is_the_one_that_scanners_compute() {
        // The check value of CRC-32, 0xcbf43926, in base62.
        assert_eq!(checksum("123456789"), "3jZRME");
        assert_eq!(checksum(""), "000000");
    }

    #[test]
    fn an_id_is_eight_small_letters_and_digits() {
        let check = |text: &str, expected| assert_eq!(ApiKeyId::parse(text).is_ok(), expected);
        check("k3x9w0ab", true);
        check("k3x9w0a", false);
        check("k3x9w0abc", false);
        check("K3x9w0ab", false);
        check("k3x9#sed", false);
    }
}
