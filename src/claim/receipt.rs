//! What a customer has answered, and the receipt it is owed for that.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::identity::ClaimId;
use crate::claim::submission::CustomerContact;

/// A receipt that the customer has not got yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The event that recorded the answer; tells the receipts of a claim apart.
    pub revision: u64,
    /// What the customer has answered.
    pub answer: CustomerAnswer,
    /// When the answer entered our system.
    pub received_at: DateTime<Utc>,
    /// Since when the receipt is owed.
    pub due_at: DateTime<Utc>,
    /// The newest notice when the customer answered.
    pub notice: u32,
    /// Who answered: the contact of that time, who may have named another one.
    pub to: CustomerContact,
}

impl Receipt {
    /// What the customer can refer to.
    #[must_use]
    pub const fn reference(&self, claim_id: ClaimId) -> Reference {
        Reference::new(claim_id, self.revision)
    }
}

/// An answer of a customer, as a receipt states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerAnswer {
    /// No, in time.
    Rejected,
    /// No, when it was too late to stop the association.
    RejectedTooLate,
    /// Yes.
    Agreed,
    /// Somebody else has to decide.
    PassedOn {
        /// The address of whom the customer named, with most of it covered.
        to: String,
    },
    /// The association is taken back.
    Withdrew,
}

impl CustomerAnswer {
    /// The name that templates and scripts rely on.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::RejectedTooLate => "rejected_too_late",
            Self::Agreed => "agreed",
            Self::PassedOn { .. } => "passed_on",
            Self::Withdrew => "withdrew",
        }
    }
}

/// The short reference of an answer, which people can read to each other: the end of the claim's
/// id and the revision of the answer, such as `5A2D9C7E-6`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    claim_id: ClaimId,
    revision: u64,
}

impl Reference {
    /// The reference of the answer that the event of this revision recorded.
    #[must_use]
    pub const fn new(claim_id: ClaimId, revision: u64) -> Self {
        Self { claim_id, revision }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The end of an id is random; its beginning is the time and much the same for all claims.
        let (_, end) = self.claim_id.as_uuid().as_u64_pair();
        write!(f, "{:08X}-{}", end & u64::from(u32::MAX), self.revision)
    }
}

/// That a notice was answered with "I am not the right person"; what became of it is told by the
/// claim itself, and the rest by its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOn {
    /// The notice that was answered so.
    pub notice: u32,
    /// When the answer entered our system.
    pub at: DateTime<Utc>,
    /// The address of whom the customer named, with most of it covered.
    pub to: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_ends_with_the_revision() {
        let claim_id = ClaimId::parse("01993c2a-7e00-7003-8000-0000a1b2c3d4").unwrap();
        let reference = Reference { claim_id, revision: 6 };
        assert_eq!(reference.to_string(), "A1B2C3D4-6");
    }
}
