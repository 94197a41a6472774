//! What reviewers and partners ask of a claim when people decide about it.

use chrono::{DateTime, Utc};

use crate::claim::finding::Finding;
use crate::claim::identity::{ClaimId, Comment};
use crate::claim::item::Item;
use crate::claim::item_key::ItemKey;
use crate::claim::review::{ContestOutcome, Drawn, Due};
use crate::claim::state::Holder;
use crate::claim::submission::ProofOfExecution;

/// What the deployment's rules say in the moment of a command: who asks, and by when others have
/// to act. The ledger fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// Who asks.
    pub actor: String,
    /// Why a reviewer looks at the claim, if one does.
    pub draw: Option<Drawn>,
    /// An approval needs a second reviewer.
    pub four_eyes: bool,
    /// By when the partner has to answer an action required.
    pub answer: Due,
    /// By when reviewers have to decide.
    pub decide: Due,
    /// Until when nobody decides a contest without the incumbent's answer.
    pub contest_answer_by: DateTime<Utc>,
    /// Until when a refusal can be disputed.
    pub dispute_until: DateTime<Utc>,
    /// Until when a claim that was not answered can be reactivated.
    pub reactivate_until: DateTime<Utc>,
}

/// A person's decision in a contest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arbitration {
    /// True when the contested claim wins.
    pub upheld: bool,
    /// Why, in the arbiter's words.
    pub reason: String,
    /// Claims that hold one of the items now; the ledger fills it in from the store.
    pub holders: Vec<Holder>,
    /// What the rules say; the ledger fills it in.
    pub terms: Terms,
}

/// A reviewer's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// What it is.
    pub outcome: ReviewOutcome,
    /// What the rules say; the ledger fills it in.
    pub terms: Terms,
}

/// What a reviewer decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewOutcome {
    /// The proof covers the items, but for those that are dropped.
    Approve {
        /// Items that the proof does not cover.
        dropped: Vec<ItemKey>,
        /// In the reviewer's words.
        comment: Option<Comment>,
    },
    /// The partner has to put something right.
    AskAction {
        /// What.
        findings: Vec<Finding>,
    },
    /// No.
    Refuse {
        /// Why.
        findings: Vec<Finding>,
    },
}

/// A partner disputes a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Why, in the partner's words.
    pub justification: Comment,
    /// New proof.
    pub proof_of_execution: Vec<ProofOfExecution>,
    /// What the rules say; the ledger fills it in.
    pub terms: Terms,
}

/// The decision about a dispute, by somebody else than who refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeDecision {
    /// True when the partner was right.
    pub upheld: bool,
    /// Why.
    pub reason: Comment,
    /// Claims that hold one of the items now; the ledger fills it in from the store.
    pub holders: Vec<Holder>,
    /// What the rules say; the ledger fills it in.
    pub terms: Terms,
}

/// What happens to a claim because something has happened to another one of its tenant, in the
/// same commit. The ledger asks it, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// Another partner claims what it has.
    Contested {
        /// The other claim.
        by: ClaimId,
        /// What it wants.
        items: Vec<Item>,
        /// Until when nobody decides without an answer.
        answer_by: DateTime<Utc>,
    },
    /// The partner that has the items has answered.
    Answered {
        /// Its claim.
        incumbent: ClaimId,
        /// Whether it keeps its claim on them.
        keeps: bool,
        /// In its words.
        comment: Option<Comment>,
    },
    /// The contest is over without touching it.
    ContestClosed {
        /// The other claim.
        by: ClaimId,
        /// How it went.
        outcome: ContestOutcome,
        /// Why, where an arbiter has decided it.
        reason: Option<String>,
    },
    /// Another partner's claim has won its items.
    Superseded {
        /// Why, in the arbiter's words.
        reason: String,
        /// Who decided.
        by: String,
        /// Until when it can dispute that.
        until: DateTime<Utc>,
    },
}
