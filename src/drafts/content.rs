//! What a draft says: the fields of a submission, any of them missing, none of them judged.
//!
//! Only names and kinds of fields are fixed here. Whether what stands in them is right is asked of
//! the one parser of submissions, when somebody wants to know or submits.

use std::collections::BTreeMap;

use cpor_jobs::limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::access::PARTNER_SOURCE;
use crate::claim::Finding;
use crate::claim::identity::MpnId;
use crate::drafts::DraftId;
use crate::json::{object, objects};

/// What a draft says; any field may be missing. Submitting adds `v`, `source` and
/// `idempotency_key`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftContent {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "is_default", deserialize_with = "object")]
    pub partner: DraftPartner,
    #[serde(skip_serializing_if = "is_default", deserialize_with = "object")]
    pub customer: DraftCustomer,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solution_area: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "objects")]
    pub items: Vec<DraftItem>,
    #[serde(skip_serializing_if = "is_default", deserialize_with = "object")]
    pub revenue: DraftRevenue,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "objects")]
    pub proof_of_execution: Vec<DraftProof>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The claiming partner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DraftPartner {
    /// The location; if given, the one whose draft it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mpn_id: Option<String>,
    /// Whom the customer and the reviewers may ask.
    #[serde(skip_serializing_if = "is_default", deserialize_with = "object")]
    pub contact: DraftPartnerContact,
}

/// The partner's contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftPartnerContact {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The customer for whose items the claim is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftCustomer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    #[serde(skip_serializing_if = "is_default", deserialize_with = "object")]
    pub contact: DraftContact,
    #[serde(skip_serializing_if = "is_default", deserialize_with = "object")]
    pub technical_contact: DraftTechnicalContact,
}

/// The person who knows the installation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftTechnicalContact {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The person who gets the notice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftContact {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A workload, or a product with its subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_id: Option<String>,
}

/// What is asked for with revenue association.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftRevenue {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solution_seller: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isv_solution: Option<String>,
}

/// A document that is kept elsewhere, or one that was uploaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of a submission, which describes them")]
pub struct DraftProof {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The leaves of a draft by their paths, such as `customer.contact.email`. A list is one leaf: who
/// changes one of its elements changes the list.
pub type Leaves = BTreeMap<String, Value>;

impl DraftContent {
    /// What a draft of this partner may say: no text of nothing but white space, and nothing that
    /// is too long or another partner's.
    ///
    /// # Errors
    ///
    /// `too_large` and `partner_not_yours`.
    pub fn checked(self, mpn_id: &MpnId) -> Result<Self, Vec<Finding>> {
        let leaves = self.leaves().into_iter().filter(|(_, value)| !is_blank(value)).collect();
        let content = Self::of_leaves(&leaves);
        let bytes = json!(content).to_string().len();
        if bytes > limits::SUBMISSION_BYTES_MAX {
            let most = limits::SUBMISSION_BYTES_MAX;
            let message =
                format!("The draft has {bytes} bytes and the limit is {most}. Shorten it.");
            return Err(vec![Finding::new(Finding::WHOLE, "too_large", message)]);
        }
        match &content.partner.mpn_id {
            Some(other) if other.as_str() != mpn_id.as_str() => Err(vec![Finding::new(
                "partner.mpn_id",
                "partner_not_yours",
                format!("This is a draft of the partner {mpn_id}. Leave the field out."),
            )]),
            Some(_) | None => Ok(content),
        }
    }

    /// Its leaves.
    #[must_use]
    pub fn leaves(&self) -> Leaves {
        let mut leaves = Leaves::new();
        collect(String::new(), json!(self), &mut leaves);
        leaves
    }

    /// The content with these leaves. What is no leaf of a draft is left out.
    #[must_use]
    pub fn of_leaves(leaves: &Leaves) -> Self {
        let mut whole = Value::Object(Map::new());
        for (path, value) in leaves {
            let place = path.split('.').fold(&mut whole, |place, name| &mut place[name]);
            *place = value.clone();
        }
        serde_json::from_value(whole).unwrap_or_default()
    }

    /// The submission that this is so far. What a claim needs stands in it even where it is empty,
    /// so that each field that is missing is named, and not the object around it.
    #[must_use]
    pub fn submission(&self, id: DraftId, mpn_id: &MpnId) -> Value {
        let mut whole = json!(self);
        whole["v"] = 1.into();
        whole["source"] = format!("{PARTNER_SOURCE}{mpn_id}").into();
        whole["idempotency_key"] = id.to_string().into();
        whole["partner"]["mpn_id"] = mpn_id.as_str().into();
        let asks_for_revenue = self.activities.iter().any(|a| a == "revenue_association");
        let needed = [
            Some("/partner/contact"),
            Some("/customer/contact"),
            asks_for_revenue.then_some("/revenue"),
        ];
        for path in needed.into_iter().flatten() {
            let place = path.split('/').skip(1).fold(&mut whole, |place, name| &mut place[name]);
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
        }
        whole
    }
}

fn collect(path: String, value: Value, leaves: &mut Leaves) {
    let Value::Object(fields) = value else {
        leaves.insert(path, value);
        return;
    };
    for (name, value) in fields {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        collect(path, value, leaves);
    }
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests;
