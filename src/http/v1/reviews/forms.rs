//! Decisions as they are sent, by programs and by forms, and the commands that they are. Every
//! finding names the part that it is about.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::claim::command::{
    Arbitration, Command, DisputeDecision, ReviewOutcome, Reviewed, Terms,
};
use crate::claim::identity::Comment;
use crate::claim::{Finding, ItemKey};

/// Findings of one decision at most.
const FINDINGS_MAX: usize = 50;
/// Longest name of a field, in characters.
const FIELD_MAX: usize = 200;

/// A reviewer's decision about a claim under review.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Review {
    /// What is decided.
    pub decision: Kind,
    /// Approving: items that the proof does not cover, such as `workload:teams`; one has to stay.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub dropped_items: Vec<String>,
    /// Approving: in the reviewer's words, 1 to 4,000 characters.
    pub comment: Option<String>,
    /// Asking for action and refusing: why, at least one.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub findings: Vec<Reason>,
}

/// What a reviewer decides.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Kind {
    /// The claim goes on to its customer.
    Approve,
    /// The partner has to put something right.
    AskAction,
    /// The claim does not go on.
    Refuse,
}

/// One thing that is wrong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Reason {
    /// What.
    pub code: ReasonCode,
    /// The field it concerns; `proof_of_execution` unless given.
    #[schemars(length(max = 200))]
    pub field: Option<String>,
    /// In the reviewer's words, 1 to 4,000 characters; the partner reads it.
    #[schemars(length(min = 1, max = 4000))]
    pub message: String,
}

/// What can be wrong with the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ReasonCode {
    /// There is none, or it cannot be read.
    ProofMissing,
    /// The customer's acknowledgement is not in it.
    AcknowledgementMissing,
    /// Its dates are missing, or older than twelve months.
    DatesMissingOrOld,
    /// It does not say what the partner did.
    PartnerWorkNotDescribed,
    /// It does not name the claimed products.
    ProductsNotCovered,
}

impl ReasonCode {
    /// Every code.
    pub const ALL: [Self; 5] = [
        Self::ProofMissing,
        Self::AcknowledgementMissing,
        Self::DatesMissingOrOld,
        Self::PartnerWorkNotDescribed,
        Self::ProductsNotCovered,
    ];

    /// The name that scripts rely on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProofMissing => "proof_missing",
            Self::AcknowledgementMissing => "acknowledgement_missing",
            Self::DatesMissingOrOld => "dates_missing_or_old",
            Self::PartnerWorkNotDescribed => "partner_work_not_described",
            Self::ProductsNotCovered => "products_not_covered",
        }
    }
}

/// A decision between two sides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Decision {
    /// True when it is decided for the claim.
    pub upheld: bool,
    /// Why, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    pub reason: String,
}

impl Review {
    /// The command.
    pub fn command(self) -> Result<Command, Vec<Finding>> {
        let outcome = self.outcome()?;
        Ok(Command::Review(Reviewed { outcome, terms: Terms::default() }))
    }

    fn outcome(self) -> Result<ReviewOutcome, Vec<Finding>> {
        if self.findings.len() > FINDINGS_MAX || self.dropped_items.len() > FINDINGS_MAX {
            let message = format!("Give at most {FINDINGS_MAX} findings and items.");
            return Err(vec![Finding::new("$", "too_many", message)]);
        }
        let findings = all(self.findings.into_iter().enumerate().map(finding))?;
        match self.decision {
            Kind::Approve if !findings.is_empty() => {
                let message = "What is approved has no findings; ask for action or refuse it.";
                Err(vec![Finding::new("findings", "findings_not_allowed", message)])
            }
            Kind::Approve => {
                let keys = self.dropped_items.iter().enumerate();
                let dropped = all(keys.map(|(index, raw)| {
                    ItemKey::parse(raw).map_err(|f| f.at(format!("dropped_items[{index}]")))
                }))?;
                let comment = self.comment.map(|raw| words(&raw, "comment")).transpose()?;
                Ok(ReviewOutcome::Approve { dropped, comment })
            }
            Kind::AskAction | Kind::Refuse if !self.dropped_items.is_empty() => {
                let message = "Items are dropped only from what is approved.";
                Err(vec![Finding::new("dropped_items", "items_not_allowed", message)])
            }
            Kind::AskAction => Ok(ReviewOutcome::AskAction { findings }),
            Kind::Refuse => Ok(ReviewOutcome::Refuse { findings }),
        }
    }
}

impl Decision {
    /// The command that decides a contest.
    pub fn arbitration(self) -> Result<Command, Vec<Finding>> {
        let (upheld, reason) = (self.upheld, words(&self.reason, "reason")?.as_str().to_owned());
        Ok(Command::Arbitrate(Arbitration { upheld, reason, ..Arbitration::default() }))
    }

    /// The command that decides a dispute.
    pub fn dispute(self) -> Result<Command, Vec<Finding>> {
        let (upheld, reason) = (self.upheld, words(&self.reason, "reason")?);
        let (holders, terms) = (Vec::new(), Terms::default());
        Ok(Command::DecideDispute(DisputeDecision { upheld, reason, holders, terms }))
    }
}

/// All of them, or everything that is wrong.
fn all<T>(read: impl Iterator<Item = Result<T, Finding>>) -> Result<Vec<T>, Vec<Finding>> {
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    for one in read {
        match one {
            Ok(one) => good.push(one),
            Err(finding) => wrong.push(finding),
        }
    }
    if wrong.is_empty() { Ok(good) } else { Err(wrong) }
}

/// Somebody's words, with the limits of a claim's comment.
fn words(raw: &str, field: &'static str) -> Result<Comment, Vec<Finding>> {
    Comment::parse(raw).map_err(|finding: Finding| vec![finding.at(field)])
}

fn finding((index, reason): (usize, Reason)) -> Result<Finding, Finding> {
    let at = |part: &str| format!("findings[{index}].{part}");
    let message =
        Comment::parse(&reason.message).map_err(|finding: Finding| finding.at(at("message")))?;
    let field = reason.field.unwrap_or_else(|| "proof_of_execution".to_owned());
    let is_path = |c: char| c.is_ascii_alphanumeric() || "._[]$".contains(c);
    if field.is_empty() || field.len() > FIELD_MAX || !field.chars().all(is_path) {
        let message = "Name a field of the submission, such as items[0] or proof_of_execution.";
        return Err(Finding::new(at("field"), "field_malformed", message));
    }
    Ok(Finding::new(field, reason.code.as_str(), message.as_str()))
}
