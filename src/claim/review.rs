//! What people decide about a claim beside its customer: reviews, contests and disputes, and by
//! when. Nothing here decides by itself: when a time is over, somebody is told.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::choice::CustomerSay;
use crate::claim::finding::Finding;
use crate::claim::identity::{ClaimId, Comment};
use crate::claim::item::Item;
use crate::claim::submission::ProofOfExecution;

/// Comments, and additions of proof, that one claim can have.
pub const ADDITIONS_MAX: u32 = 200;
/// Contests of its items that a claim is told of at a time.
pub const CONTESTS_MAX: usize = 20;

/// Why a reviewer looks at a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drawn {
    /// Every claim of its program is looked at.
    All,
    /// It was drawn.
    Sample {
        /// How many of a hundred claims are.
        percent: u8,
    },
}

/// When something is due, and when somebody is reminded of it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Due {
    /// The end of the time for it.
    pub by: DateTime<Utc>,
    /// When to remind; never, if there is nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remind_at: Option<DateTime<Utc>>,
}

/// How urgently reviewers are told of a claim that waits for them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// The time is about to end.
    Reminder,
    /// It has ended.
    Overdue,
}

/// By when reviewers have to decide, and what they were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecideBy {
    /// When.
    #[serde(flatten)]
    pub due: Due,
    /// The most urgent that they were told; nothing yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub told: Option<Urgency>,
}

impl DecideBy {
    /// A time of which nobody was reminded.
    #[must_use]
    pub const fn new(due: Due) -> Self {
        Self { due, told: None }
    }

    /// What reviewers are told next, and when.
    #[must_use]
    pub const fn next(&self) -> Option<(Urgency, DateTime<Utc>)> {
        match (self.told, self.due.remind_at) {
            (None, Some(remind_at)) => Some((Urgency::Reminder, remind_at)),
            (None, None) | (Some(Urgency::Reminder), _) => Some((Urgency::Overdue, self.due.by)),
            (Some(Urgency::Overdue), _) => None,
        }
    }
}

/// A claim that a reviewer looks at before its customer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Why.
    pub drawn: Drawn,
    /// By when.
    pub decide_by: DecideBy,
    /// Who has approved it, where another reviewer has to do so, too.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approved_by: Option<String>,
}

/// Why a claim was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCause {
    /// A reviewer refused it.
    Reviewer,
    /// Another partner won the contest.
    Arbitration,
    /// The partner did not answer an action required in time.
    NoAnswer,
}

impl RefusalCause {
    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Arbitration => "arbitration",
            Self::NoAnswer => "no_answer",
        }
    }

    /// What the partner can do about it once: dispute it, or reactivate the claim.
    #[must_use]
    pub const fn can_be_disputed(self) -> bool {
        match self {
            Self::Reviewer | Self::Arbitration => true,
            Self::NoAnswer => false,
        }
    }
}

/// A refusal about which the partner can still do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What was found.
    pub findings: Vec<Finding>,
    /// Why.
    pub cause: RefusalCause,
    /// Until when it can be disputed, or the claim reactivated; then it is disqualified.
    pub until: DateTime<Utc>,
    /// Who refused it.
    pub by: String,
}

/// A refusal that the partner disputes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disputed {
    /// What is disputed.
    pub refusal: Refused,
    /// Why, in the partner's words.
    pub justification: Comment,
    /// By when somebody else decides.
    pub decide_by: DecideBy,
}

/// What a partner says when another one claims what it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestAnswer {
    /// Whether it keeps its claim on the items.
    pub keeps: bool,
    /// In its words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<Comment>,
    /// When it answered.
    pub at: DateTime<Utc>,
}

/// What the partner of another claim has answered to this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncumbentAnswer {
    /// The other claim.
    pub claim_id: ClaimId,
    /// What it says.
    #[serde(flatten)]
    pub answer: ContestAnswer,
}

/// A contest of items that this claim has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// The event that brought it, by which the partner answers.
    pub revision: u64,
    /// The other claim, which is not the partner's business.
    pub by: ClaimId,
    /// What it wants.
    pub items: Vec<Item>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when nobody decides without this partner's answer.
    pub answer_by: DateTime<Utc>,
    /// What the customer's choice counts for, which does not wait for this partner.
    #[serde(skip_serializing_if = "CustomerSay::is_off", default)]
    pub customer: CustomerSay,
    /// The partner was told.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub told: bool,
    /// What the partner says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub answer: Option<ContestAnswer>,
}

/// How a contest went for the claim that had the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContestOutcome {
    /// It keeps them.
    Kept,
    /// The other claim was taken back.
    Withdrawn,
    /// The other claim goes on; this one has let go before.
    Lost,
}

/// Proof that came after the submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedProof {
    /// The documents.
    pub proof_of_execution: Vec<ProofOfExecution>,
    /// When they came.
    pub at: DateTime<Utc>,
    /// Who added them.
    pub by: String,
}

/// What people beside the customer have decided or said about a claim, as far as it counts for what
/// comes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaseFile {
    /// A reviewer has approved it, or was found to have been wrong: it is not drawn again.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub reviewed: bool,
    /// The partner has disputed a refusal.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub disputed: bool,
    /// The partner has reactivated it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub reactivated: bool,
    /// Other partners' claims on its items, the oldest first, until they are decided.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub contests: Vec<Contest>,
    /// Proof that came after the submission, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub added_proof: Vec<AddedProof>,
    /// How many comments it has.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub comments: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Who says something about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The partner's people.
    Partner,
    /// A reviewer.
    Reviewer,
}

impl Side {
    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Reviewer => "reviewer",
        }
    }
}
