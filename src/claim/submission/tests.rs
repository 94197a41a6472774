//! What the parser accepts, and everything it finds.

mod agreement;
mod mutations;
mod table;
mod whole;

use chrono::NaiveDate;
use serde_json::Value;

use super::*;

/// The line of the design document: usage of Microsoft Teams.
const MICROSOFT_365: &str = include_str!("../../../jobs/tests/wire/submit_claim.v1.json");

/// Usage and presales of two subscriptions, with everything that may be left out.
const BUSINESS_APPLICATIONS: &str = r#"{
    "v": 1, "source": "crm-emea", "idempotency_key": "2026-000124", "name": "Sales rollout",
    "partner": {
        "mpn_id": "1234567",
        "contact": {"name": "Ece Yıldız", "email": "ece.yildiz@partner.example"}
    },
    "customer": {
        "tenant_id": "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d", "domain": "contoso.example",
        "country": "CA", "subdivision": "CA-BC", "time_zone": "America/Vancouver",
        "contact": {
            "name": "Jo Doe", "title": "CIO", "email": "jo@contoso.example", "language": "en-CA"
        },
        "technical_contact": {"name": "Al Roe", "title": "Admin", "email": "al@contoso.example"}
    },
    "solution_area": "business_applications", "activities": ["usage", "presales"],
    "items": [
        {"product": "sales", "subscription_id": "2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a"},
        {"product": "finance", "subscription_id": "2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1b"}
    ],
    "proof_of_execution": [{"document_id": "0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11"}],
    "comment": "First line.\nSecond line."
}"#;

/// Revenue association with one subscription.
const REVENUE_ASSOCIATION: &str = r#"{
    "v": 1, "source": "crm-emea", "idempotency_key": "2026-000125", "name": "GridPlan",
    "partner": {
        "mpn_id": "1234567",
        "contact": {"name": "Ece Yıldız", "email": "ece.yildiz@partner.example"}
    },
    "customer": {
        "tenant_id": "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d", "domain": "contoso.example",
        "country": "CA",
        "contact": {"name": "Jo Doe", "title": "CIO", "email": "jo@contoso.example"}
    },
    "solution_area": "business_applications", "activities": ["revenue_association"],
    "items": [{"product": "sales", "subscription_id": "2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a"}],
    "revenue": {
        "solution_seller": "Ece Yıldız", "customer_name": "Contoso", "isv_solution": "GridPlan"
    },
    "proof_of_execution": [{"document_id": "0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11"}]
}"#;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
}

fn parse(raw: &[u8]) -> Result<Submission, Vec<Finding>> {
    Submission::parse(raw, &Catalog::built_in().unwrap(), &SubmissionPolicy::default(), today())
}

fn codes(found: Result<Submission, Vec<Finding>>) -> Vec<(String, String)> {
    let findings = found.err().unwrap_or_default();
    findings.into_iter().map(|finding| (finding.field, finding.code.into_owned())).collect()
}

/// The base with changes: each a JSON pointer, and what then stands there. A pointer that begins
/// with a minus removes.
fn changed(base: &str, changes: &[(&str, Value)]) -> Vec<u8> {
    let mut json: Value = serde_json::from_str(base).unwrap();
    for (pointer, value) in changes {
        let (pointer, removes) = match pointer.strip_prefix('-') {
            Some(pointer) => (pointer, true),
            None => (*pointer, false),
        };
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match json.pointer_mut(parent).unwrap() {
            Value::Object(object) if removes => drop(object.remove(name).unwrap()),
            Value::Object(object) => drop(object.insert(name.to_owned(), value.clone())),
            Value::Array(list) if name == "-" => list.push(value.clone()),
            Value::Array(list) => list[name.parse::<usize>().unwrap()] = value.clone(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                panic!("nothing can be changed at {pointer}")
            }
        }
    }
    json.to_string().into_bytes()
}
