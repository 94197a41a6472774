//! Ids that Microsoft gives: tenants and subscriptions.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::claim::finding::Finding;

/// The id of a customer's directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct TenantId(Uuid);

impl TenantId {
    /// Reads a GUID in either case, with or without braces.
    ///
    /// # Errors
    /// `tenant_id_malformed` (R04).
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        guid(raw).map(Self).map_err(|sentence| {
            Finding::new("tenant_id", "tenant_id_malformed", format!("The tenant id {sentence}"))
        })
    }

    /// The id as a plain UUID.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl TryFrom<String> for TenantId {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// The id of a customer's subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SubscriptionId(Uuid);

impl SubscriptionId {
    /// Reads a GUID in either case, with or without braces.
    ///
    /// # Errors
    /// `subscription_id_malformed` (R04).
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        guid(raw).map(Self).map_err(|sentence| {
            Finding::new(
                "subscription_id",
                "subscription_id_malformed",
                format!("The subscription id {sentence}"),
            )
        })
    }

    /// The id as a plain UUID.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl TryFrom<String> for SubscriptionId {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// Reads a GUID that is not all zero, or says in the end of a sentence why it is not one.
pub(super) fn guid(raw: &str) -> Result<Uuid, &'static str> {
    let inner = raw.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(raw);
    match Uuid::try_parse(inner) {
        Ok(uuid) if uuid.is_nil() => Err("is all zero. Give the real one."),
        Ok(uuid) if inner.len() == uuid::fmt::Hyphenated::LENGTH => Ok(uuid),
        Ok(_) | Err(_) => {
            Err("is not a GUID. Give it as 8-4-4-4-12 hexadecimal digits with hyphens.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_has_one_spelling_once_read() {
        let check = |raw: &str| {
            let tenant_id = TenantId::parse(raw).unwrap();
            assert_eq!(tenant_id.to_string(), "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
        };
        check("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
        check("8F0B3D1C-5A77-4C4E-9D43-0E1F2A3B4C5D");
        check("{8F0B3D1C-5A77-4C4E-9D43-0E1F2A3B4C5D}");
    }

    #[test]
    fn what_is_not_a_guid_is_refused() {
        let check = |raw: &str| {
            assert_eq!(TenantId::parse(raw).unwrap_err().code, "tenant_id_malformed", "{raw}");
            let finding = SubscriptionId::parse(raw).unwrap_err();
            assert_eq!(finding.code, "subscription_id_malformed", "{raw}");
        };
        check("");
        check("contoso.example");
        check("00000000-0000-0000-0000-000000000000");
        check("8f0b3d1c5a774c4e9d430e1f2a3b4c5d");
        check("{8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
        check(" 8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
        check("urn:uuid:8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
        check("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5g");
    }
}
