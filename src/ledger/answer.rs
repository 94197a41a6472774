//! What the ledger answers, and how it fails.

use chrono::{DateTime, Utc};

use crate::calendar::CalendarError;
use crate::claim::command::Refusal;
use crate::claim::{Claim, ClaimId, Event, Finding};
use crate::store::{Committed, StoreError};

/// How often a change is decided anew because somebody else was faster.
pub(super) const CONFLICTS_MAX: u32 = 32;

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// It is a claim now.
    Accepted(ClaimId),
    /// It has been a claim already.
    Repeated(ClaimId),
    /// Its key belongs to a claim that was made from another body.
    KeyReused(KeyReused),
    /// It is not a claim, for all of these reasons.
    Refused(Vec<Finding>),
}

/// One key, two bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReused {
    /// The claim that has the key.
    pub claim_id: ClaimId,
    /// SHA-256 of the body it was made from, in hex.
    pub claim_digest: String,
    /// SHA-256 of the body submitted now, in hex.
    pub submission_digest: String,
}

impl KeyReused {
    /// The same as a finding, for ways in that answer with findings alone.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let Self { claim_id, claim_digest, submission_digest } = self;
        Finding::new(
            "idempotency_key",
            "key_reused",
            format!(
                "This key belongs to claim {claim_id}, whose submission had another body (sha256 \
                 {claim_digest}; this one has {submission_digest}). Use a new key for a new claim."
            ),
        )
    }
}

impl Submitted {
    /// The claim, where it is one now, or everything that is wrong.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn claim_id(&self) -> Result<ClaimId, Vec<Finding>> {
        match self {
            Self::Accepted(id) | Self::Repeated(id) => Ok(*id),
            Self::KeyReused(reused) => Err(vec![reused.finding()]),
            Self::Refused(findings) => Err(findings.clone()),
        }
    }
}

/// What became of a command.
#[derive(Debug)]
pub struct Applied {
    /// The claim after the command.
    pub claim: Claim,
    /// What happened; empty when there was nothing to do.
    pub events: Vec<Event>,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// A command could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The claim does not exist.
    #[error("there is no claim {0}")]
    NoClaim(ClaimId),
    /// The domain says no.
    #[error("claim {claim_id}: {refusal}")]
    Refused {
        /// The claim.
        claim_id: ClaimId,
        /// Why.
        #[source]
        refusal: Box<Refusal>,
    },
    /// The job that asked for it has lost its lease to somebody else.
    #[error("the lease of this job on claim {0} was lost; somebody else has it")]
    LeaseLost(ClaimId),
    /// The new end of its window cannot be computed.
    #[error("could not compute the new end of the window of claim {claim_id}")]
    Calendar {
        /// The claim.
        claim_id: ClaimId,
        /// Why not.
        #[source]
        source: CalendarError,
    },
    /// Somebody else kept changing the claim.
    #[error("could not {command} claim {claim_id}: it changed {CONFLICTS_MAX} times meanwhile")]
    Contended {
        /// The claim.
        claim_id: ClaimId,
        /// Name of the command.
        command: &'static str,
    },
    /// Redis.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LedgerError {
    /// Whether trying again later can help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Contended { .. } => true,
            Self::NoClaim(_)
            | Self::Refused { .. }
            | Self::LeaseLost(_)
            | Self::Calendar { .. } => false,
        }
    }
}

/// Why a commit did not take effect, in a word.
pub(super) const fn failure(committed: &Result<Committed, StoreError>) -> Option<&'static str> {
    match committed {
        Ok(Committed::Done(_)) => None,
        Ok(Committed::Conflict) => Some("conflict"),
        Ok(Committed::LeaseLost) => Some("lease_lost"),
        Err(_) => Some("redis"),
    }
}
