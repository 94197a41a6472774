//! A submission: what came in, once it is known to be well-formed.
//!
//! Every way in (the intake list, HTTP, the command line) applies the same parser, which reports
//! all findings at once. The types hold exactly the canonical JSON of the wire: reading what was
//! written gives the same value. Whether tenant, subscriptions and partner exist, and who else
//! claims the items, is deliberately not asked here.

mod contact;
mod fields;
mod json;
mod parties;
mod reader;
mod suggest;
mod work;

use chrono::NaiveDate;
use cpor_jobs::{Version, limits};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::claim::catalog::Catalog;
use crate::claim::finding::Finding;
use crate::claim::identity::{
    Comment, CountryCode, DocumentId, DomainName, EmailAddress, IdempotencyKey, Language, Line,
    Location, MpnId, PersonName, Sha256Digest, Source, Subdivision, TenantId, TimeZoneName,
};
use crate::claim::item::Item;
use crate::claim::program::{Activity, Program, SolutionArea};

pub use contact::RawContact;

/// What a deployment may ask for beyond the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubmissionPolicy {
    /// Whether a claim for Business Applications must name a technical contact. Default no: the
    /// sources disagree.
    pub technical_contact_required: bool,
}

/// A partner's request to be claiming partner of record, well-formed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The version of the form.
    pub v: Version,
    /// The upstream system that sent it.
    pub source: Source,
    /// The source's own key for the claim.
    pub idempotency_key: IdempotencyKey,
    /// The partner's own name for the claim.
    pub name: Line,
    /// Who claims.
    pub partner: Partner,
    /// For whose items.
    pub customer: Customer,
    /// The solution area of all activities and items.
    pub solution_area: SolutionArea,
    /// What the partner did; fits the solution area (R02).
    pub activities: Vec<Activity>,
    /// What is claimed; fits the solution area, no duplicates (R06).
    pub items: Vec<Item>,
    /// Exactly for revenue association (R10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Revenue>,
    /// At least one (R11).
    pub proof_of_execution: Vec<ProofOfExecution>,
    /// Anything a reviewer should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
}

/// The claiming partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// The location id.
    pub mpn_id: MpnId,
    /// The person whom the customer and the reviewers may ask.
    pub contact: PartnerContact,
}

/// The partner's contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerContact {
    /// The person's name.
    pub name: PersonName,
    /// The person's address.
    pub email: EmailAddress,
}

/// The customer for whose items the claim is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The customer's directory.
    pub tenant_id: TenantId,
    /// A domain that should belong to it (R05).
    pub domain: DomainName,
    /// The country whose business days count.
    pub country: CountryCode,
    /// The part of the country whose holidays count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<Subdivision>,
    /// The zone in which days end, if it is not the country's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZoneName>,
    /// The person who gets the notice.
    pub contact: CustomerContact,
    /// The person who knows the installation; Business Applications only (R10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technical_contact: Option<TechnicalContact>,
}

/// The person at the customer who gets the notice and may reject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerContact {
    /// The person's name.
    pub name: PersonName,
    /// The person's job title.
    pub title: Line,
    /// The person's address.
    pub email: EmailAddress,
    /// The language of the mails, if it is not the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// The person at the customer who knows the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnicalContact {
    /// The person's name.
    pub name: PersonName,
    /// The person's job title.
    pub title: Line,
    /// The person's address.
    pub email: EmailAddress,
}

/// What is asked for with revenue association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revenue {
    /// Who sold the solution.
    pub solution_seller: Line,
    /// The customer's name in the sale.
    pub customer_name: Line,
    /// The solution that was sold.
    pub isv_solution: Line,
}

/// One document that shows the work was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProofOfExecution {
    /// A document that is kept elsewhere.
    Document {
        /// The document's file name.
        name: Line,
        /// The SHA-256 of its bytes.
        sha256: Sha256Digest,
        /// Where a reviewer finds it.
        location: Location,
    },
    /// A document that was uploaded before.
    Uploaded {
        /// The upload's id.
        document_id: DocumentId,
    },
}

impl ProofOfExecution {
    /// The upload's id; nothing of a document that is kept elsewhere.
    #[must_use]
    pub const fn document_id(&self) -> Option<DocumentId> {
        match self {
            Self::Document { .. } => None,
            Self::Uploaded { document_id } => Some(*document_id),
        }
    }
}

impl Submission {
    /// Reads a submission, as it came in from wherever. `today` is the day (UTC) on which it is
    /// submitted: what can be claimed depends on it.
    ///
    /// # Errors
    /// All findings of level F (R01 to R04, R06, R08, R10, R11), at most
    /// [`Submission::FINDINGS_MAX`]. What cannot be read at all has one finding: `too_large`,
    /// `not_utf8`, `malformed_json`, `wrong_type`, or `version_unknown` for the number of a version
    /// that this release does not know, whose fields may mean anything.
    pub fn parse(
        raw: &[u8],
        catalog: &Catalog,
        policy: &SubmissionPolicy,
        today: NaiveDate,
    ) -> Result<Self, Vec<Finding>> {
        let text = readable(raw).map_err(|finding| vec![finding])?;
        let json = json::read(text).map_err(|finding| vec![finding])?;
        reader::Reader { catalog, policy, today }.read(&json)
    }

    /// The most findings that are reported; the last then says that there are more.
    pub const FINDINGS_MAX: usize = 100;

    /// The canonical JSON: normalized values, fields in order, no white space. Equal submissions
    /// have equal bytes, whoever wrote them.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "only text, numbers and lists of them are written"
    )]
    pub fn canonical_json(&self) -> String {
        serde_json::to_string(self).expect("a submission can always be written as JSON")
    }

    /// The SHA-256 of the canonical JSON, in lower-case hexadecimal digits. It tells a repeated
    /// submission from a different one under the same key.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.canonical_json()))
    }

    /// The programs that the claim is for, one for each activity.
    pub fn programs(&self) -> impl Iterator<Item = Program> {
        self.activities.iter().filter_map(|activity| Program::of(self.solution_area, *activity))
    }
}

/// The text of a submission, unless it is too large or no text.
fn readable(raw: &[u8]) -> Result<&str, Finding> {
    if raw.len() > limits::SUBMISSION_BYTES_MAX {
        let message = format!(
            "The submission has {} bytes and the limit is {}. Shorten it, or split its items into \
             several claims.",
            raw.len(),
            limits::SUBMISSION_BYTES_MAX
        );
        return Err(Finding::new(Finding::WHOLE, "too_large", message));
    }
    std::str::from_utf8(raw).map_err(|error| {
        let message = format!(
            "The submission is not UTF-8: byte {} does not fit. Send the JSON encoded as UTF-8.",
            error.valid_up_to()
        );
        Finding::new(Finding::WHOLE, "not_utf8", message)
    })
}

#[cfg(test)]
mod tests;
