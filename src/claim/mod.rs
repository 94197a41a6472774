//! The pure core: what a claim is, how it lives, and what happens to it next.
//!
//! [`decide`] turns a wish into facts, [`Claim::evolve`] folds facts into the state, and
//! [`react`] says what has to happen next, and when. Nothing here awaits, reads the time, logs,
//! or fails for a technical reason; nothing elsewhere knows a fact about a claim's future.
//!
//! # The life of a claim
//!
//! Checked against the code by a test: every arrow below is a move [`decide`] makes, and every
//! move it makes is an arrow below.
#![doc = include_str!("life.md")]

pub mod catalog;
pub mod chain;
pub mod command;
mod consequences;
pub mod correction;
mod decide;
pub mod erase;
pub mod event;
mod evolve;
pub mod finding;
pub mod identity;
pub mod import;
pub mod item;
pub mod item_key;
pub mod lasting;
pub mod program;
mod react;
pub mod receipt;
pub mod retry;
pub mod review;
pub mod review_policy;
pub mod state;
pub mod status;
pub mod submission;

pub mod window;
pub mod window_policy;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use chain::{ChainTip, Chained};
pub use command::{Command, Refusal, Why};
pub use consequences::consequences;
pub use correction::{Correction, ExtensionCause, WindowChange};
pub use decide::{decide, may_change, takes_proof};
pub use event::{Event, Recorded};
pub use finding::Finding;
pub use identity::ClaimId;
pub use item_key::ItemKey;
pub use react::{Next, react};
pub use receipt::{CustomerAnswer, PassedOn, Receipt, Reference};
pub use state::State;
pub use status::Status;
pub use submission::Submission;
pub use window::Window;

use crate::secrets::KeyId;
use item::Item;
use review::CaseFile;

/// A partner's request to be partner of record for one customer's items.
///
/// Reads like its [`Snapshot`]; the submission stands apart because it is stored apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What the partner asks for, as last amended.
    pub submission: Arc<Submission>,
    /// Everything that commits change.
    pub snapshot: Snapshot,
    /// What the history as it was read or committed adds up to, byte for byte.
    pub chain: ChainTip,
}

/// The folded state of a claim: everything but the submission, which stands in the history at
/// `submission_revision` and is not written a second time with every commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its id; tells the partition.
    pub id: ClaimId,
    /// How many events it has had.
    pub revision: u64,
    /// The event that brought the submission.
    pub submission_revision: u64,
    /// When it became a claim.
    pub submitted_at: DateTime<Utc>,
    /// When its newest event was recorded.
    pub changed_at: DateTime<Utc>,
    /// Where it stands.
    pub state: State,
    /// How many notices the customer was sent; copies of a notice do not count.
    pub notices: u32,
    /// The key that signs the link of the newest notice, so that its copies and its reminder have
    /// the same; none for notices of releases that had no links.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link_key: Option<KeyId>,
    /// The newest notice that was answered with "I am not the right person".
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub passed_on: Option<PassedOn>,
    /// A no that came too late for the newest window was recorded; another adds nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub rejected_late: bool,
    /// Receipts that the customer has not got yet, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub receipts: Vec<Receipt>,
    /// Changes of the window that the customer has not been told of yet, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub corrections: Vec<Correction>,
    /// A claim in validation, or waiting for its partner, keeps the items it held before.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub keeps_hold: bool,
    /// Since when the partner is to be told how the claim stands.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tell_partner_at: Option<DateTime<Utc>>,
    /// What people beside the customer have decided or said about it.
    #[serde(flatten)]
    pub file: CaseFile,
}

impl Snapshot {
    /// The window in which the customer may still reject, also while its time stands still.
    #[must_use]
    pub const fn open_window(&self) -> Option<&Window> {
        match &self.state {
            State::Notified { window, .. } | State::Paused { window, .. } => Some(window),
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Disqualified { .. }
            | State::Contested { .. }
            | State::UnderReview(_)
            | State::Refused(_)
            | State::Disputed(_)
            | State::Validated { .. }
            | State::Rejected { .. }
            | State::Associated { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => None,
        }
    }

    /// The window whose end comes by itself: it is open, and its time does not stand still.
    #[must_use]
    pub fn running_window(&self) -> Option<&Window> {
        self.open_window().filter(|_| self.paused_at().is_none())
    }

    /// Since when the time of its window stands still.
    #[must_use]
    pub const fn paused_at(&self) -> Option<DateTime<Utc>> {
        match &self.state {
            State::Paused { paused_at, .. } => Some(*paused_at),
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Disqualified { .. }
            | State::Contested { .. }
            | State::UnderReview(_)
            | State::Refused(_)
            | State::Disputed(_)
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Rejected { .. }
            | State::Associated { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => None,
        }
    }
}

impl Deref for Claim {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl DerefMut for Claim {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }
}

impl Claim {
    /// Where the claim stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.snapshot.state.status()
    }

    /// The items that no other claim can have while this one does.
    #[must_use]
    pub fn held_items(&self) -> &[Item] {
        let holds = match &self.state {
            State::Submitted { .. } | State::ActionRequired { .. } => self.keeps_hold,
            State::UnderReview(_)
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Paused { .. }
            | State::Associated { .. } => true,
            State::Disqualified { .. }
            | State::Contested { .. }
            | State::Refused(_)
            | State::Disputed(_)
            | State::Rejected { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => false,
        };
        if holds { &self.submission.items } else { &[] }
    }

    /// The window of the claim, while it is open or after it has made the claim official.
    #[must_use]
    pub fn window(&self) -> Option<&Window> {
        match &self.snapshot.state {
            State::Notified { window, .. } | State::Paused { window, .. } => Some(window),
            State::Associated { association } => association.window(),
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Disqualified { .. }
            | State::Contested { .. }
            | State::UnderReview(_)
            | State::Refused(_)
            | State::Disputed(_)
            | State::Validated { .. }
            | State::Rejected { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
