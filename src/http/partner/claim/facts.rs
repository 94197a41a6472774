//! What was submitted, as its partner reads it.

use serde::Serialize;

use crate::claim::item::Item;
use crate::claim::program::{Activity, SolutionArea};
use crate::claim::submission::ProofOfExecution;
use crate::claim::{Claim, Submission};
use crate::http::partner::frame::Visit;
use crate::http::problem::Problem;

/// What was submitted.
#[derive(Serialize)]
pub(super) struct Facts {
    /// The key of the words of each fact in the table `fact`, and the fact.
    facts: Vec<(&'static str, String)>,
    items: Vec<ItemFact>,
    activities: Vec<Activity>,
    area: SolutionArea,
    proofs: Vec<Proof>,
    comment: Option<String>,
}

#[derive(Serialize)]
struct ItemFact {
    label: String,
    /// The subscription's id; empty for a workload.
    detail: String,
}

#[derive(Serialize)]
struct Proof {
    name: String,
    /// Where it is, if it can be followed.
    href: Option<String>,
    /// Where it is; empty for an uploaded document.
    place: String,
    sha256: String,
}

impl Facts {
    /// What this claim was submitted with, as last amended.
    pub async fn of(visit: &Visit, claim: &Claim) -> Result<Self, Problem> {
        let submission = &claim.submission;
        let catalog = &visit.web.ledger.rules().catalog;
        let item = |item: &Item| {
            let code = item.code().as_str();
            let detail = match item {
                Item::Workload { .. } => String::new(),
                Item::Subscription { subscription_id, .. } => subscription_id.to_string(),
            };
            ItemFact { label: catalog.item_name(code).unwrap_or(code).to_owned(), detail }
        };
        let mut proofs = Vec::new();
        for one in &submission.proof_of_execution {
            proofs.push(proof(visit, claim, one).await?);
        }
        Ok(Self {
            facts: facts(submission),
            items: submission.items.iter().map(item).collect(),
            activities: submission.activities.clone(),
            area: submission.solution_area,
            proofs,
            comment: submission.comment.as_ref().map(|words| words.as_str().to_owned()),
        })
    }
}

fn facts(submission: &Submission) -> Vec<(&'static str, String)> {
    let (partner, customer) = (&submission.partner.contact, &submission.customer);
    let (contact, country) = (&customer.contact, customer.country.as_str());
    let place = match &customer.subdivision {
        Some(subdivision) => format!("{country}, {}", subdivision.as_str()),
        None => country.to_owned(),
    };
    let person = |name: &str, title: &str, email: &str| format!("{name}, {title}, {email}");
    let mut facts = vec![
        ("customer", customer.domain.unicode().to_owned()),
        ("tenant", customer.tenant_id.to_string()),
        ("country", place),
        ("contact", person(contact.name.as_str(), contact.title.as_str(), contact.email.as_str())),
    ];
    facts.extend(customer.technical_contact.as_ref().map(|one| {
        ("technical_contact", person(one.name.as_str(), one.title.as_str(), one.email.as_str()))
    }));
    let own = format!("{}, {}", partner.name.as_str(), partner.email.as_str());
    facts.push(("partner_contact", own));
    facts.extend(submission.revenue.as_ref().map(|revenue| {
        let parts = [&revenue.solution_seller, &revenue.customer_name, &revenue.isv_solution];
        ("revenue", parts.map(|part| part.as_str()).join(", "))
    }));
    facts
}

async fn proof(visit: &Visit, claim: &Claim, proof: &ProofOfExecution) -> Result<Proof, Problem> {
    let document_id = match proof {
        ProofOfExecution::Document { name, location, sha256 } => {
            let place = location.as_str().to_owned();
            return Ok(Proof {
                name: name.as_str().to_owned(),
                href: place.starts_with("https://").then(|| place.clone()),
                place,
                sha256: sha256.as_str().to_owned(),
            });
        }
        ProofOfExecution::Uploaded { document_id } => *document_id,
    };
    let found = visit.web.ledger.store().document(document_id).await?;
    let found = found.filter(|document| document.mpn_id == claim.submission.partner.mpn_id);
    // One that is not there any more has its id only.
    let name = found.as_ref().map(|document| document.name.as_str().to_owned());
    let sha256 = found.map(|document| document.sha256.as_str().to_owned()).unwrap_or_default();
    let name = name.unwrap_or_else(|| document_id.to_string());
    Ok(Proof { name, href: None, place: String::new(), sha256 })
}
