//! What names a document that proves the work: an upload's id, or digest and place.

use std::fmt;

use chrono::{DateTime, Utc};
use cpor_jobs::limits;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::claim_id::ClaimId;
use super::guid::guid;
use super::text::{Lines, text};
use crate::claim::finding::Finding;

/// The id of a document that was uploaded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct DocumentId(Uuid);

impl DocumentId {
    /// The id of a document uploaded at this instant, whose record is in this partition: laid out
    /// as a claim's id is. Of `random`, 62 bits are used.
    pub fn new(at: DateTime<Utc>, partition: u16, random: [u8; 8]) -> Self {
        Self(ClaimId::new(at, partition, random).as_uuid())
    }

    /// The partition in which the document's record is, if it is one of ours.
    pub fn partition(self) -> u16 {
        let [_, _, _, _, _, _, high, low, ..] = self.0.into_bytes();
        u16::from_be_bytes([high & 0x0f, low])
    }

    /// Reads a GUID in either case, with or without braces.
    ///
    /// # Errors
    /// `document_id_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        guid(raw).map(Self).map_err(|sentence| {
            Finding::new(
                "document_id",
                "document_id_malformed",
                format!("The document id {sentence}"),
            )
        })
    }

    /// The id as a plain UUID.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl TryFrom<String> for DocumentId {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// The SHA-256 of a document: 64 hexadecimal digits, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha256Digest(String);

impl Sha256Digest {
    /// Reads 64 hexadecimal digits, in either case.
    ///
    /// # Errors
    /// `sha256_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        if raw.len() == 64 && raw.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(raw.to_ascii_lowercase()));
        }
        Err(Finding::new(
            "sha256",
            "sha256_malformed",
            "The SHA-256 is not 64 hexadecimal digits. Give the digest of the document's bytes, \
             as `sha256sum` prints it.",
        ))
    }

    /// The digits, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha256Digest {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// Where a document is kept. It is text: whoever shows it must not make a link of it unless it is
/// an https address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Location(String);

impl Location {
    /// Reads one line of 1 to 2,048 characters.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        text(raw, "location", limits::LOCATION_MAX, Lines::One).map(Self)
    }

    /// The place as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Location {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_64_hexadecimal_digits_kept_in_lower_case() {
        assert_eq!(Sha256Digest::parse(&"AB".repeat(32)).unwrap().as_str(), "ab".repeat(32));
        let check = |raw: &str| {
            assert_eq!(Sha256Digest::parse(raw).unwrap_err().code, "sha256_malformed", "{raw}");
        };
        check("");
        check(&"ab".repeat(31));
        check(&"ab".repeat(33));
        check(&"xy".repeat(32));
        check(&"é".repeat(32));
    }

    #[test]
    fn a_location_is_one_line() {
        let check = |raw: &str, code| assert_eq!(Location::parse(raw).unwrap_err().code, code);
        check("", "empty");
        check("a\nb", "forbidden_character");
        check(&"x".repeat(2_049), "too_long");
        assert!(Location::parse("https://files.partner.example/sow.pdf").is_ok());
    }
}
