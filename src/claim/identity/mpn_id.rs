//! The location id of a partner.

use std::fmt;

use cpor_jobs::limits;
use serde::{Deserialize, Serialize};

use crate::claim::finding::Finding;

/// The location id of the claiming partner: 1 to 10 digits, not all zero, kept as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct MpnId(String);

impl MpnId {
    /// Reads an MPN ID.
    ///
    /// # Errors
    /// `mpn_id_malformed` (R03).
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let digits = (1..=limits::MPN_ID_MAX).contains(&raw.len())
            && raw.bytes().all(|byte| byte.is_ascii_digit());
        if digits && raw.bytes().any(|byte| byte != b'0') {
            return Ok(Self(raw.to_owned()));
        }
        Err(Finding::new(
            "mpn_id",
            "mpn_id_malformed",
            "The MPN ID is not 1 to 10 digits that are not all zero. Give the location id of the \
             claiming partner.",
        ))
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MpnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for MpnId {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mpn_id_is_1_to_10_digits() {
        let check = |raw: &str, accepted| assert_eq!(MpnId::parse(raw).is_ok(), accepted, "{raw}");
        check("1", true);
        check("1234567", true);
        check("0123456789", true);
        check("", false);
        check("0", false);
        check("0000000000", false);
        check("12345678901", false);
        check("123 456", false);
        check("-1", false);
        check("١٢٣", false);
        check("1234567\n", false);
    }
}
