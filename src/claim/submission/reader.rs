//! Reads a submission from JSON: the fields of the outermost object, and what they must be.

use chrono::NaiveDate;
use cpor_jobs::{Version, limits};

use super::fields::{Fields, Findings};
use super::json::Json;
use super::{ProofOfExecution, Submission, SubmissionPolicy};
use crate::claim::catalog::Catalog;
use crate::claim::finding::Finding;
use crate::claim::identity::{
    Comment, DocumentId, IdempotencyKey, Line, Location, Sha256Digest, Source,
};

const FIELDS: [&str; 12] = [
    "v",
    "source",
    "idempotency_key",
    "name",
    "partner",
    "customer",
    "solution_area",
    "activities",
    "items",
    "revenue",
    "proof_of_execution",
    "comment",
];

/// What reading a submission depends on.
pub(super) struct Reader<'r> {
    pub catalog: &'r Catalog,
    pub policy: &'r SubmissionPolicy,
    pub today: NaiveDate,
}

impl Reader<'_> {
    pub fn read(&self, json: &Json<'_>) -> Result<Submission, Vec<Finding>> {
        if let Some(finding) = other_version(json) {
            return Err(vec![finding]);
        }
        let mut findings = Findings::default();
        match self.submission(json, &mut findings) {
            Some(submission) if findings.is_empty() => Ok(submission),
            Some(_) | None => Err(findings.into_vec()),
        }
    }

    fn submission(&self, json: &Json<'_>, findings: &mut Findings) -> Option<Submission> {
        let fields = Fields::of(json, String::new(), &FIELDS, findings)?;
        let v = version(&fields, findings);
        let source = fields.required("source", Source::parse, findings);
        let idempotency_key = fields.required("idempotency_key", IdempotencyKey::parse, findings);
        let name = fields.required("name", Line::parse, findings);
        let partner = self.partner(&fields, findings);
        let solution_area = self.solution_area(&fields, findings);
        let customer = self.customer(&fields, solution_area, findings);
        let activities = self.activities(&fields, solution_area, findings);
        let items = self.items(&fields, solution_area, findings);
        let revenue = self.revenue(&fields, activities.as_deref(), findings);
        let proof_of_execution = proofs(&fields, findings);
        let comment = fields.optional("comment", Comment::parse, findings);
        Some(Submission {
            v: v?,
            source: source?,
            idempotency_key: idempotency_key?,
            name: name?,
            partner: partner?,
            customer: customer?,
            solution_area: solution_area?,
            activities: activities?,
            items: items?,
            revenue: revenue?,
            proof_of_execution: proof_of_execution?,
            comment: comment?,
        })
    }
}

/// The only finding about a submission of a version that is not known: its fields may mean
/// anything, so nothing else can be said about it.
fn other_version(json: &Json<'_>) -> Option<Finding> {
    let Json::Object(fields) = json else {
        return None;
    };
    let (_, value) = fields.iter().find(|(name, _)| name == "v")?;
    match value {
        Json::Number(Some(number)) if Version::try_from(*number).is_err() => Some(Finding::new(
            "v",
            "version_unknown",
            format!("Version {number} of a submission is not known here. Send version 1."),
        )),
        Json::Null | Json::Bool | Json::Number(_) | Json::Text(_) => None,
        Json::List(_) | Json::Object(_) => None,
    }
}

fn version(fields: &Fields<'_>, findings: &mut Findings) -> Option<Version> {
    if let Some(Json::Number(Some(number))) = fields.get("v")
        && let Ok(version) = Version::try_from(*number)
    {
        return Some(version);
    }
    let message = "The version is missing or is not a whole number. Put \"v\":1 first.";
    findings.add(fields.path("v"), "version_unknown", message);
    None
}

/// R11: at least one proof of execution.
fn proofs(fields: &Fields<'_>, findings: &mut Findings) -> Option<Vec<ProofOfExecution>> {
    let list = fields.list("proof_of_execution", limits::PROOFS_MAX, findings)?;
    // Every one is read before any is missed, so that all findings are reported.
    let proofs: Vec<_> = list.map(|(path, json)| proof(path, json, findings)).collect();
    proofs.into_iter().collect()
}

fn proof(path: String, json: &Json<'_>, findings: &mut Findings) -> Option<ProofOfExecution> {
    const KNOWN: [&str; 4] = ["name", "sha256", "location", "document_id"];
    let fields = Fields::of(json, path.clone(), &KNOWN, findings)?;
    let is_described = ["name", "sha256", "location"].iter().any(|name| fields.has(name));
    if fields.has("document_id") {
        if is_described {
            let message = "This is an uploaded document and another one at once. Give either \
                           document_id, or name, sha256 and location.";
            findings.add(path, "ambiguous", message);
        }
        let document_id = fields.required("document_id", DocumentId::parse, findings)?;
        return Some(ProofOfExecution::Uploaded { document_id });
    }
    let name = fields.required("name", Line::parse, findings);
    let sha256 = fields.required("sha256", Sha256Digest::parse, findings);
    let location = fields.required("location", Location::parse, findings);
    Some(ProofOfExecution::Document { name: name?, sha256: sha256?, location: location? })
}
