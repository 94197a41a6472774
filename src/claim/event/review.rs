//! What events about decisions of people carry.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::finding::Finding;
use crate::claim::identity::{ClaimId, Comment};
use crate::claim::item::Item;
use crate::claim::review::{ContestOutcome, Drawn, Due, RefusalCause, Side, Urgency};
use crate::claim::state::Holder;
use crate::claim::submission::{ProofOfExecution, Submission};

/// A reviewer is to look at the claim before its customer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRequested {
    /// Why.
    pub drawn: Drawn,
    /// By when.
    pub decide: Due,
}

/// A reviewer has approved the claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewApproved {
    /// Items that the proof does not cover.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub dropped: Vec<Item>,
    /// The submission without them, which replaces the earlier one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub submission: Option<Arc<Submission>>,
    /// In the reviewer's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<Comment>,
}

/// The claim is refused; the partner can still do something about it, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRefused {
    /// What was found.
    pub findings: Vec<Finding>,
    /// Why.
    pub cause: RefusalCause,
    /// Until when the partner can do something.
    pub until: DateTime<Utc>,
    /// Who refused it.
    pub by: String,
}

/// The partner disputes a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDisputed {
    /// Why, in the partner's words.
    pub justification: Comment,
    /// New proof.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub proof_of_execution: Vec<ProofOfExecution>,
    /// By when somebody else decides.
    pub decide: Due,
}

/// Somebody else has decided a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeDecided {
    /// True when the partner was right.
    pub upheld: bool,
    /// Why.
    pub reason: Comment,
}

/// A claim whose partner did not answer goes on, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReactivated {
    /// Why, in the partner's words.
    pub reason: Comment,
    /// What is still to be put right.
    pub findings: Vec<Finding>,
    /// By when.
    pub answer: Due,
}

/// Another partner claims items of this claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsContested {
    /// The other claim, which is not the partner's business.
    pub by: ClaimId,
    /// What it wants.
    pub items: Vec<Item>,
    /// Until when nobody decides without this partner's answer.
    pub answer_by: DateTime<Utc>,
}

/// The partner has answered a contest of its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestAnswered {
    /// The event that brought the contest.
    pub contest: u64,
    /// Whether it keeps its claim on the items.
    pub keeps: bool,
    /// In its words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<Comment>,
}

/// The partner that has the items has answered this claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncumbentAnswered {
    /// Its claim.
    pub incumbent: ClaimId,
    /// Whether it keeps its claim on them.
    pub keeps: bool,
    /// In its words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<Comment>,
}

/// The contest was decided for this claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestWon {
    /// Why, in the arbiter's words.
    pub reason: String,
    /// Whose claims on the items ended with it.
    pub over: Vec<Holder>,
    /// Until when those can dispute that.
    pub until: DateTime<Utc>,
}

/// A contest of items of this claim is over, and it was not touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestClosed {
    /// The event that brought the contest.
    pub contest: u64,
    /// How it went.
    pub outcome: ContestOutcome,
    /// Why, where an arbiter has decided it; earlier releases told only the other side.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// Somebody has said something about the claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentAdded {
    /// Who, as far as it matters.
    pub from: Side,
    /// What.
    pub text: Comment,
}

/// Newer proof has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofAdded {
    /// The documents.
    pub proof_of_execution: Vec<ProofOfExecution>,
}

/// What became of a mail that says nothing new about the claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldAgain {
    /// False when the mail server refused it for good, or nobody is to get it.
    pub delivered: bool,
    /// What the mail server said.
    pub reply: String,
    /// SHA-256 of the mail as it was sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mail_sha256: Option<String>,
}

/// Reviewers were told that the claim waits for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewersTold {
    /// How urgently.
    pub urgency: Urgency,
    /// How it went.
    #[serde(flatten)]
    pub told: ToldAgain,
}

/// The partner was told that its items are contested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncumbentNotified {
    /// The event that brought the contest.
    pub contest: u64,
    /// How it went.
    #[serde(flatten)]
    pub told: ToldAgain,
}
