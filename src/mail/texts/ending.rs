//! What both sides are told before an association ends with its subscription.

use serde::Serialize;

use super::ItemText;

/// Who reads that an association ends soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingReader {
    /// The customer's contact.
    Customer,
    /// The partner's contact.
    Partner,
}

/// What both sides are told before an association ends with its subscription. Not `Debug`: it is
/// full of personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct EndingText {
    /// Who reads it.
    pub reader: EndingReader,
    /// The name of who reads it.
    pub reader_name: String,
    /// The claim's id.
    pub reference: String,
    /// Whose association it is.
    pub partner_name: String,
    /// The partner's location id.
    pub partner_mpn_id: String,
    /// The customer's tenant.
    pub tenant_id: String,
    /// The customer's domain.
    pub domain: String,
    /// What the association is about.
    pub items: Vec<ItemText>,
    /// The last day, such as `Saturday 28 November 2026`.
    pub ends_on_sentence: String,
    /// Whether it was taken over from an earlier program.
    pub imported: bool,
    /// The page of all partners of the tenant, where an association can be ended.
    pub partners_url: String,
    /// The page of the association, where a claim that is filled in already is begun.
    pub page_url: String,
    /// Where a program makes such a claim.
    pub renewal_url: String,
    /// The address that reads answers.
    pub reply_to: String,
}
