//! Why something that was asked of a draft could not be done.

use crate::claim::identity::MpnId;
use crate::claim::{ClaimId, Finding};
use crate::drafts::{Conflict, DraftId};
use crate::ledger::LedgerError;
use crate::store::StoreError;

/// Something that was asked of a draft could not be done.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There is none with this id, or it is another partner's, or it has expired.
    #[error("there is no draft {0}, or none that is yours")]
    NotThere(DraftId),
    /// The partner has as many as allowed.
    #[error("the partner {mpn_id} has {most} drafts already; discard one first")]
    TooMany {
        /// Whose.
        mpn_id: MpnId,
        /// How many are allowed.
        most: usize,
    },
    /// It cannot say this.
    #[error("the draft cannot say this: {} findings", .0.len())]
    Findings(Vec<Finding>),
    /// Somebody else has changed it since.
    #[error("the draft was changed by somebody else meanwhile")]
    Changed(Box<Conflict>),
    /// It has become a claim, or is about to.
    #[error("draft {id} is submitted")]
    Locked {
        /// Which.
        id: DraftId,
        /// What it became; nothing when it is about to.
        claim_id: Option<ClaimId>,
    },
    /// Somebody kept changing it.
    #[error("draft {0} kept changing")]
    Contended(DraftId),
    /// The claim could not be made.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Redis failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
