//! What was found about a draft, in the words of the page.

use serde::Serialize;

use crate::claim::Finding;

/// Codes for which the pages have words of their own, in every language.
const KNOWN: [&str; 18] = [
    "missing",
    "too_long",
    "too_many",
    "tenant_id_malformed",
    "subscription_id_malformed",
    "domain_malformed",
    "email_malformed",
    "country_malformed",
    "subdivision_malformed",
    "subdivision_not_in_country",
    "language_malformed",
    "time_zone_malformed",
    "zone_unknown",
    "calendar_unknown",
    "forbidden_character",
    "duplicate_item",
    "product_unknown",
    "contact_at_partner",
];

/// One thing that is wrong or missing.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Found {
    /// The path of the field.
    pub field: String,
    /// The key of its words in the table `found`, if there are any.
    words: Option<&'static str>,
    /// What the parser says, in English.
    message: String,
}

impl Found {
    /// A finding of the parser.
    pub fn of(finding: &Finding) -> Self {
        let words = KNOWN.into_iter().find(|known| *known == finding.code);
        // A list that is not there is missing all of its elements.
        let words = match (words, finding.field.as_str()) {
            (Some("missing"), "items") => Some("missing_items"),
            (Some("missing"), "proof_of_execution") => Some("missing_proof"),
            (words, _) => words,
        };
        Self { field: finding.field.clone(), words, message: finding.message.clone() }
    }
}
