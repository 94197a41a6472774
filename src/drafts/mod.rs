//! Drafts: what a partner's people prepare before there is a claim.
//!
//! A draft is no claim. It may say anything or nothing, holds no item, has no history and is told
//! to nobody; it belongs to one partner, and all of that partner's people may work on it. A
//! submission never is incomplete, so what a draft says becomes a claim only through the one
//! parser, under the partner's own source and with the draft's id as key: submitted twice, or
//! again after a crash, it is one claim.
//!
//! | file | holds |
//! |---|---|
//! | `content.rs` | what a draft says |
//! | `change.rs` | what each of several people changed, and two versions beside each other; pure |
//! | `progress.rs` | what of it is filled in, step by step; pure |
//! | `desk.rs` | making, saving, listing and discarding drafts; when they expire |
//! | `renewal.rs` | drafts of claims that take the place of others |
//! | `submit.rs` | checking and submitting them |
//! | `view.rs` | drafts as programs see them |
//!
//! Once submitted, a draft is locked and only says which claim it became: what it said is the
//! claim's, and is erased with it. A draft that nobody has touched for `drafts.retention_days` is
//! not there any more.

mod change;
mod content;
mod desk;
mod error;
mod progress;
mod renewal;
mod submit;
mod view;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::identity::MpnId;
use crate::claim::{ClaimId, Finding};
pub use change::{Change, ChangedBy, Conflict, Difference};
pub use content::{
    DraftContact, DraftContent, DraftCustomer, DraftItem, DraftPartner, DraftPartnerContact,
    DraftProof, DraftRevenue, DraftTechnicalContact, Leaves,
};
pub use desk::{DraftSettings, Drafts};
pub use error::DraftError;
pub use progress::{Step, StepProgress, StepState, is_missing, progress};
pub use submit::Checked;
pub use view::{CheckView, DraftSummary, DraftView};

/// The id of a draft. It is laid out as a claim's: it tells when it was made and in which
/// partition, here its partner's, its keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DraftId(ClaimId);

impl DraftId {
    /// The id of a draft made at this instant in this partition; see [`ClaimId::new`].
    #[must_use]
    pub fn new(at: DateTime<Utc>, partition: u16, random: [u8; 8]) -> Self {
        Self(ClaimId::new(at, partition, random))
    }

    /// Reads an id in the hyphenated form.
    ///
    /// # Errors
    ///
    /// `draft_id_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        ClaimId::parse(raw).map(Self).map_err(|_| {
            let message = "This is not the id of a draft. Copy the id whole.";
            Finding::new("draft_id", "draft_id_malformed", message)
        })
    }

    /// The partition in which the draft's keys are.
    #[must_use]
    pub fn partition(self) -> u16 {
        self.0.partition()
    }
}

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id, and its claim's key once it is submitted.
    pub id: DraftId,
    /// Whose it is.
    pub mpn_id: MpnId,
    /// How often it was written.
    pub revision: u64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who wrote it last.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// The claim whose place it is to take, where it was made as a renewal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<ClaimId>,
    /// Where it stands.
    pub state: DraftState,
    /// What it says; nothing once it is submitted.
    pub content: DraftContent,
    /// What its latest changes replaced, oldest first.
    pub changes: Vec<Change>,
}

/// Where a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DraftState {
    /// It can be changed.
    Open,
    /// What it says is being made a claim, or was when whoever did it crashed: submitting it again
    /// goes on.
    Submitting,
    /// It is locked.
    Submitted {
        /// What it became.
        claim_id: ClaimId,
    },
}

impl Draft {
    /// The first revision of a draft.
    #[must_use]
    pub fn new(
        id: DraftId,
        mpn_id: MpnId,
        content: DraftContent,
        by: &str,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            mpn_id,
            revision: 1,
            created_by: by.to_owned(),
            created_at: at,
            changed_by: by.to_owned(),
            changed_at: at,
            renews: None,
            state: DraftState::Open,
            content,
            changes: Vec::new(),
        }
    }

    /// The claim that it became.
    #[must_use]
    pub const fn claim_id(&self) -> Option<ClaimId> {
        match self.state {
            DraftState::Submitted { claim_id } => Some(claim_id),
            DraftState::Open | DraftState::Submitting => None,
        }
    }

    /// The same draft in another state: one more revision, which changes nothing that it says.
    /// Submitted, it says nothing any more.
    fn moved(&self, state: DraftState, by: &str, at: DateTime<Utc>) -> Self {
        let content = match state {
            DraftState::Submitted { .. } => DraftContent::default(),
            DraftState::Open | DraftState::Submitting => self.content.clone(),
        };
        let mut moved = Self { state, ..self.changed(content, by, at) };
        if moved.claim_id().is_some() {
            moved.changes.clear();
        }
        moved
    }
}
