//! What the mail says that asks a customer to choose between partners.

use serde::Serialize;

use super::ItemText;

/// What a customer reads of a contest. Not `Debug`: it is full of personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ChoiceText {
    /// The claim's id, which the customer quotes in a question.
    pub reference: String,
    /// Who is asked.
    pub customer_contact_name: String,
    /// The customer's domain.
    pub domain: String,
    /// The customer's tenant.
    pub tenant_id: String,
    /// The partner that claims the items anew.
    pub challenger: RivalText,
    /// Those that have them.
    pub incumbents: Vec<RivalText>,
    /// Whether the choice of a partner decides at once; otherwise a reviewer reads it.
    pub decides: bool,
    /// Where to choose.
    pub choice_url: String,
    /// Who reads answers.
    pub reply_to: String,
}

/// A partner of a contest.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RivalText {
    /// The domain of its contact, or its location where no claim of it is there any more.
    pub name: String,
    /// Its location.
    pub mpn_id: String,
    /// What it claims, or has.
    pub items: Vec<ItemText>,
}
