//! Drafts as programs see them, by command line and HTTP.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::identity::MpnId;
use crate::claim::{ClaimId, Finding};
use crate::drafts::{Checked, Draft, DraftContent, DraftId, DraftState, Drafts, StepProgress};

/// A draft without what it says, but for how people know it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DraftSummary {
    /// The draft's id.
    #[schemars(with = "uuid::Uuid")]
    pub id: DraftId,
    /// How often it was written; the `ETag` of a draft, in quotation marks.
    pub revision: u64,
    /// The partner whose draft it is.
    #[schemars(with = "String")]
    pub mpn_id: MpnId,
    /// Where it stands: `open`, `submitting` (submit it again to go on), or `submitted`.
    #[schemars(with = "DraftStateName")]
    pub state: &'static str,
    /// The claim that it became.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub claim_id: Option<ClaimId>,
    /// The claim whose place it is to take, where it was made as a renewal.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub renews: Option<ClaimId>,
    /// The name of the claim, so far.
    pub name: Option<String>,
    /// The customer's domain, so far.
    pub domain: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who wrote it last.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// When it is not there any more, if nobody writes it before.
    pub expires_at: DateTime<Utc>,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the names of states")]
enum DraftStateName {
    Open,
    Submitting,
    Submitted,
}

/// A draft.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Draft")]
pub struct DraftView {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its fields are described")]
    pub summary: DraftSummary,
    /// What it says; nothing once it is submitted: that is the claim's then.
    pub content: DraftContent,
}

/// What would come of submitting a draft now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CheckedDraft")]
pub struct CheckView {
    /// Whether it would be accepted as it is.
    pub ready: bool,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is only not filled in yet.
    pub missing: Vec<Finding>,
    /// Items that another partner holds or claims, by their paths. They can be submitted, and a
    /// reviewer then decides.
    pub taken: Vec<String>,
    /// How far each step of the form is.
    pub steps: Vec<StepProgress>,
}

impl DraftState {
    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Submitting => "submitting",
            Self::Submitted { .. } => "submitted",
        }
    }
}

impl Drafts {
    /// A draft without what it says.
    #[must_use]
    pub fn summary(&self, draft: &Draft) -> DraftSummary {
        DraftSummary {
            id: draft.id,
            revision: draft.revision,
            mpn_id: draft.mpn_id.clone(),
            state: draft.state.as_str(),
            claim_id: draft.claim_id(),
            renews: draft.renews,
            name: draft.content.name.clone(),
            domain: draft.content.customer.domain.clone(),
            created_by: draft.created_by.clone(),
            created_at: draft.created_at,
            changed_by: draft.changed_by.clone(),
            changed_at: draft.changed_at,
            expires_at: self.expires_at(draft),
        }
    }

    /// A draft.
    #[must_use]
    pub fn view(&self, draft: Draft) -> DraftView {
        DraftView { summary: self.summary(&draft), content: draft.content }
    }
}

impl From<Checked> for CheckView {
    fn from(checked: Checked) -> Self {
        let Checked { findings, missing, taken, steps } = checked;
        Self { ready: findings.is_empty() && missing.is_empty(), findings, missing, taken, steps }
    }
}
