//! The pair that makes a repeated submission recognizable: the source and its own key.

use std::fmt;

use cpor_jobs::limits;
use serde::{Deserialize, Serialize};

use super::text::{Lines, text};
use crate::claim::finding::Finding;

/// The upstream system that sends submissions: 1 to 64 printable characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Source(String);

impl Source {
    /// Reads the name of a source.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`, `surrounding_space`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        key(raw, "source", limits::SOURCE_MAX).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Source {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// A source's own key for a claim: 1 to 128 printable characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`, `surrounding_space`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        key(raw, "idempotency_key", limits::IDEMPOTENCY_KEY_MAX).map(Self)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// Reads a key: one line without white space around it, because a key that differs from another
/// only there would be taken for the same one, or for a different one, and both surprise.
fn key(raw: &str, field: &'static str, characters_max: usize) -> Result<String, Finding> {
    let found = text(raw, field, characters_max, Lines::One)?;
    if raw.trim() != raw {
        let message = "The text begins or ends with white space. Leave it out.";
        return Err(Finding::new(field, "surrounding_space", message));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parsed: Result<String, Finding>, expected: Result<&str, &str>) {
        let parsed = parsed.map_err(|finding| finding.code.into_owned());
        assert_eq!(parsed, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn keys_are_taken_as_they_are() {
        let check =
            |raw, expected| check(IdempotencyKey::parse(raw).map(|key| key.to_string()), expected);
        check("2026-000123", Ok("2026-000123"));
        check("with space: ok", Ok("with space: ok"));
        check(" 2026", Err("surrounding_space"));
        check("2026\u{a0}", Err("surrounding_space"));
        check("", Err("empty"));
        check("a\u{200b}b", Err("forbidden_character"));
        assert!(Source::parse(&"x".repeat(64)).is_ok());
        assert_eq!(Source::parse(&"x".repeat(65)).unwrap_err().code, "too_long");
        assert!(IdempotencyKey::parse(&"x".repeat(128)).is_ok());
        assert_eq!(IdempotencyKey::parse(&"x".repeat(129)).unwrap_err().code, "too_long");
    }
}
