//! The hash chain of a history: one value that says what every event was, in which order.
//!
//! `chain_0 = SHA-256("cpor history 1\n" + claim id)`; `chain_n = SHA-256(chain_(n-1) + line_n)`,
//! where `line_n` is the n-th event exactly as it is stored. The last value, the tip, lies beside
//! the claim and goes out with every event, so that whoever has kept an earlier one finds out when
//! the history before it was rewritten. The chain keeps nobody from writing: it tells.

use std::fmt;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::claim::event::Recorded;
use crate::claim::identity::ClaimId;

/// What every chain begins with, before the claim's id.
const ORIGIN: &str = "cpor history 1\n";

/// The value of a chain after some event; 64 hexadecimal digits to people and programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub struct ChainTip([u8; 32]);

impl ChainTip {
    /// The value before the first event of a claim.
    #[must_use]
    pub fn origin(id: ClaimId) -> Self {
        let mut hash = Sha256::new();
        hash.update(ORIGIN);
        hash.update(id.to_string());
        Self(hash.finalize().into())
    }

    /// The value after one more event, exactly as it is stored.
    #[must_use]
    pub fn after(self, line: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(line);
        Self(hash.finalize().into())
    }

    /// The values after each of these stored events, from the first on.
    pub fn each(id: ClaimId, lines: &[Vec<u8>]) -> impl Iterator<Item = Self> {
        lines.iter().scan(Self::origin(id), |tip, line| {
            *tip = tip.after(line);
            Some(*tip)
        })
    }

    /// The value after all of these stored events.
    #[must_use]
    pub fn of(id: ClaimId, lines: &[Vec<u8>]) -> Self {
        Self::each(id, lines).last().unwrap_or_else(|| Self::origin(id))
    }

    /// Reads 64 lower-case hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if !digits.iter().all(lower) {
            return None;
        }
        let mut tip = [0; 32];
        hex::decode_to_slice(digits, &mut tip).ok()?;
        Some(Self(tip))
    }
}

impl fmt::Display for ChainTip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Serialize for ChainTip {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An event of a history, with the value of the chain after it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chained {
    /// The event.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// What the history up to it adds up to.
    pub chain: ChainTip,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> ClaimId {
        ClaimId::parse("01993c2a-7e00-7003-8000-00000000002a").unwrap()
    }

    #[test]
    fn the_chain_is_what_anybody_computes_with_sha256() {
        // printf 'cpor history 1\n01993c2a-7e00-7003-8000-00000000002a' | sha256sum, and on from
        // there with `xxd -r -p`.
        let origin = "b07932be65bb632493d4171181bfd2e8a348a57f356b6a18855f63a30533c2c8";
        let one = "bf59399f9909f9222908a8789e2c53693322b114b5725eed346be3e0bb5e0f62";
        let two = "70d39bc17571798a5583915a4e46b4e54baa7f1c7ef6fbca8980d5d90f1e22fc";
        assert_eq!(ChainTip::origin(id()).to_string(), origin);
        let lines = [b"{\"revision\":1}".to_vec(), b"{\"revision\":2}".to_vec()];
        let each: Vec<String> = ChainTip::each(id(), &lines).map(|tip| tip.to_string()).collect();
        assert_eq!(each, [one, two]);
        assert_eq!(ChainTip::of(id(), &lines).to_string(), two);
        assert_eq!(ChainTip::of(id(), &[]), ChainTip::origin(id()));
    }

    #[test]
    fn only_what_was_written_is_read() {
        let tip = ChainTip::origin(id());
        let text = tip.to_string();
        assert_eq!(ChainTip::parse(&text), Some(tip));
        for wrong in ["", &text[1..], &text.to_uppercase(), &format!("{text}0"), &"é".repeat(32)] {
            assert_eq!(ChainTip::parse(wrong), None, "{wrong}");
        }
    }
}
