//! Job: take in what an upstream system asks for. The only public job.
//!
//! The types here are the wire form and nothing more: they make a well-shaped submission easy to
//! write, and cpor's parser decides whether it is sound. Fields are only ever added, and only
//! optional ones; therefore the types are made with constructors and not with literals.

mod parties;
mod proof_of_execution;
mod version;
mod work;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Job, limits};

pub use parties::{Customer, CustomerContact, Partner, PartnerContact, TechnicalContact};
pub use proof_of_execution::ProofOfExecution;
pub use version::{UnknownVersion, Version};
pub use work::{Activity, Item, Revenue, SolutionArea, Work};

/// A partner's request to be claiming partner of record, as an upstream system writes it.
///
/// ```
/// use cpor_jobs::{Customer, CustomerContact, Item, Partner, ProofOfExecution, SubmissionKey};
/// use cpor_jobs::{Activity, SubmitClaim, Work};
/// use uuid::uuid;
///
/// let contact = CustomerContact::new("Jo Doe", "CIO", "jo@customer.example").with_language("en");
/// let tenant_id = uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
/// let sales = Item::subscription("sales", uuid!("2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a"));
/// let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
/// let claim = SubmitClaim::new(
///     SubmissionKey::new("crm-emea", "2026-000124"),
///     "Sales rollout",
///     Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
///     Customer::new(tenant_id, "customer.example", "IE", contact),
///     Work::business_applications([Activity::Usage, Activity::Presales], [sales]),
///     ProofOfExecution::document("sow.pdf", sha256, "https://files.partner.example/sow.pdf"),
/// )
/// .with_comment("Pilot done in May.");
///
/// let json = claim.to_json()?;
/// assert_eq!(serde_json::from_str::<SubmitClaim>(&json)?, claim);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SubmitClaim {
    /// The version of this form.
    pub v: Version,
    /// The upstream system that sends the submission.
    #[schemars(length(min = 1, max = limits::SOURCE_MAX))]
    pub source: String,
    /// The source's own key for this claim. Sending the same submission again is harmless.
    #[schemars(length(min = 1, max = limits::IDEMPOTENCY_KEY_MAX))]
    pub idempotency_key: String,
    /// The partner's own name for the claim.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub name: String,
    /// Who claims.
    pub partner: Partner,
    /// For whose items.
    pub customer: Customer,
    /// The solution area of all activities and items.
    pub solution_area: SolutionArea,
    /// What the partner did. Microsoft 365: `usage`. Business Applications: `usage` and/or
    /// `presales`, or `revenue_association` alone.
    #[schemars(length(min = 1, max = limits::ACTIVITIES_MAX))]
    pub activities: Vec<Activity>,
    /// The workloads (Microsoft 365) or subscriptions (Business Applications) that are claimed.
    #[schemars(length(min = 1, max = limits::ITEMS_MAX))]
    pub items: Vec<Item>,
    /// Exactly when the activity is `revenue_association`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Revenue>,
    /// The documents that show the work was done.
    #[schemars(length(min = 1, max = limits::PROOFS_MAX))]
    pub proof_of_execution: Vec<ProofOfExecution>,
    /// Anything a reviewer should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::COMMENT_MAX))]
    pub comment: Option<String>,
}

impl SubmitClaim {
    /// The job's name.
    ///
    /// ```
    /// assert_eq!(cpor_jobs::SubmitClaim::JOB, cpor_jobs::Job::SubmitClaim);
    /// ```
    pub const JOB: Job = Job::SubmitClaim;

    /// A submission with everything that is required. See the example of [`SubmitClaim`].
    pub fn new(
        key: SubmissionKey,
        name: impl Into<String>,
        partner: Partner,
        customer: Customer,
        work: Work,
        proof: ProofOfExecution,
    ) -> Self {
        let (solution_area, activities, items, revenue) = work.into_fields();
        Self {
            v: Version::V1,
            source: key.source,
            idempotency_key: key.idempotency_key,
            name: name.into(),
            partner,
            customer,
            solution_area,
            activities,
            items,
            revenue,
            proof_of_execution: vec![proof],
            comment: None,
        }
    }

    /// With a further proof of execution.
    ///
    /// ```
    /// use cpor_jobs::{ProofOfExecution, SubmitClaim};
    /// use uuid::uuid;
    ///
    /// let json = include_str!("../tests/wire/submit_claim.v1.json");
    /// let claim: SubmitClaim = serde_json::from_str(json)?;
    /// let report = ProofOfExecution::uploaded(uuid!("0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11"));
    /// assert_eq!(claim.with_proof(report).proof_of_execution.len(), 2);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with_proof(mut self, proof: ProofOfExecution) -> Self {
        self.proof_of_execution.push(proof);
        self
    }

    /// With a comment for the reviewer, up to [`limits::COMMENT_MAX`] characters.
    ///
    /// ```
    /// # use cpor_jobs::SubmitClaim;
    /// let json = include_str!("../tests/wire/submit_claim.v1.json");
    /// let claim: SubmitClaim = serde_json::from_str(json)?;
    /// assert_eq!(claim.with_comment("Signed.").comment.as_deref(), Some("Signed."));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with_comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// The submission as one line of JSON, ready for the intake list.
    ///
    /// ```
    /// # use cpor_jobs::SubmitClaim;
    /// let json = include_str!("../tests/wire/submit_claim.v1.json").trim_end();
    /// let claim: SubmitClaim = serde_json::from_str(json)?;
    /// assert_eq!(claim.to_json()?, json);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// None that is known; the writer's own error is passed on rather than hidden.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// Whose submission it is, and which: the pair that makes a repeat recognizable, for ever.
///
/// ```
/// use cpor_jobs::SubmissionKey;
///
/// let key = SubmissionKey::new("crm-emea", "2026-000123");
/// assert_eq!(key.source, "crm-emea");
/// assert_eq!(key.idempotency_key, "2026-000123");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SubmissionKey {
    /// The upstream system, 1 to 64 printable characters; the same in all its submissions.
    pub source: String,
    /// The source's own key for the claim, 1 to 128 printable characters.
    pub idempotency_key: String,
}

impl SubmissionKey {
    /// The key of a submission: first the source, then the source's key for the claim.
    pub fn new(source: impl Into<String>, idempotency_key: impl Into<String>) -> Self {
        Self { source: source.into(), idempotency_key: idempotency_key.into() }
    }
}
