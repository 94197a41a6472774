//! What was submitted, as its partner reads it.

use serde::Serialize;

use crate::claim::item::Item;
use crate::claim::program::{Activity, SolutionArea};
use crate::claim::{Claim, Submission};
use crate::http::partner::frame::Visit;

/// What was submitted.
#[derive(Serialize)]
pub(super) struct Facts {
    /// The key of the words of each fact in the table `fact`, and the fact.
    facts: Vec<(&'static str, String)>,
    items: Vec<ItemFact>,
    activities: Vec<Activity>,
    area: SolutionArea,
    comment: Option<String>,
}

#[derive(Serialize)]
struct ItemFact {
    label: String,
    /// The subscription's id; empty for a workload.
    detail: String,
}

impl Facts {
    /// What this claim was submitted with, as last amended.
    pub fn of(visit: &Visit, claim: &Claim) -> Self {
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
        Self {
            facts: facts(submission),
            items: submission.items.iter().map(item).collect(),
            activities: submission.activities.clone(),
            area: submission.solution_area,
            comment: submission.comment.as_ref().map(|words| words.as_str().to_owned()),
        }
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
