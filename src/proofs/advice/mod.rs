//! What seems to be missing in documents before a claim is submitted: advice, never a gate. A
//! person decides.
//!
//! | file | holds |
//! |---|---|
//! | `text.rs` | the text of a document, as far as a program reads it |
//! | `dates.rs` | dates in a text |

mod dates;
mod text;

use std::sync::Arc;
use std::time::Duration;

use chrono::{Months, NaiveDate};
use futures_util::TryStreamExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::standing::RemoveError;
use super::{Document, Documents, Kind};
use crate::claim::catalog::Catalog;
use crate::claim::identity::{DocumentId, MpnId};
use text::{Text, text_of};

/// Documents that are read for one advice; a claim has no more.
const DOCUMENTS_MAX: usize = 20;
/// Bytes of all of them together.
const BYTES_MAX: u64 = 50 * 1_024 * 1_024;
/// How long reading one of them may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a signature is called, or leaves behind.
const SIGNATURES: [&str; 8] = [
    "signature",
    "signed",
    "imza",
    "docusign",
    "adobe sign",
    "acknowledge",
    "onayliyor",
    "approve",
];

/// One thing that seems to be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Advice {
    /// What it is about: a path in the submission, or `documents[0]`.
    pub field: String,
    /// What seems to be missing, in snake case.
    pub code: &'static str,
    /// The same in a sentence.
    pub message: String,
}

impl Advice {
    fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

impl Documents {
    /// What seems to be missing in a partner's documents for a draft of this claim.
    ///
    /// # Errors
    ///
    /// When Redis or the object store is in trouble.
    pub async fn advice(
        &self,
        ids: &[DocumentId],
        mpn_id: &MpnId,
        draft: &Value,
        catalog: &Catalog,
        today: NaiveDate,
    ) -> Result<Vec<Advice>, RemoveError> {
        let (mut advice, mut texts, mut left) = (Vec::new(), Vec::new(), BYTES_MAX);
        for (index, id) in ids.iter().take(DOCUMENTS_MAX).enumerate() {
            let field = format!("documents[{index}]");
            let document = self.store.document(*id).await?;
            let Some(document) = document.filter(|document| document.mpn_id == *mpn_id) else {
                let message = "There is no such document of yours. Upload it.";
                advice.push(Advice::new(field, "document_missing", message));
                continue;
            };
            let is_there = document.has_bytes() || document.acknowledgement.is_some();
            if !is_there || !document.is_acknowledged() || document.size > left {
                continue;
            }
            left -= document.size;
            match self.read_text(&document).await? {
                Some(text) => texts.push(text),
                None => advice.push(Advice::new(
                    field,
                    "text_not_readable",
                    "No program can read what the document says: it is a picture, or has no text. \
                     See yourself whether customer, tenant, dates, products and signature are \
                     there.",
                )),
            }
        }
        if !texts.is_empty() {
            advice.extend(missing(&texts, draft, catalog, today));
        }
        Ok(advice)
    }

    /// The text of a document, read where it may take a moment, and no longer.
    async fn read_text(&self, document: &Document) -> Result<Option<Text>, RemoveError> {
        if matches!(document.kind, Kind::Png | Kind::Jpeg) {
            return Ok(None);
        }
        let trouble = crate::objects::ObjectsError::doing(format!("read document {}", document.id));
        let stream = self.content(document).await?;
        let bytes: Vec<_> = stream.try_collect().await.map_err(trouble)?;
        let (bytes, kind) = (Arc::new(bytes.concat()), document.kind);
        // Whoever takes too long goes on alone: it is bounded in what it inflates.
        let reading = tokio::task::spawn_blocking(move || text_of(kind, &bytes));
        Ok(tokio::time::timeout(PATIENCE, reading).await.ok().and_then(Result::ok).flatten())
    }
}

/// What none of the texts says.
fn missing(texts: &[Text], draft: &Value, catalog: &Catalog, today: NaiveDate) -> Vec<Advice> {
    let mut advice = Vec::new();
    let all: String = texts.iter().map(|text| text.words.as_str()).collect::<Vec<_>>().join(" ");
    let dense: String = all.chars().filter(|c| c.is_alphanumeric()).collect();
    let of = |path: &str| draft.pointer(path).and_then(Value::as_str).map(text::folded);
    let has = |words: &str| all.contains(words.trim()) && !words.trim().is_empty();
    let domain = of("/customer/domain");
    let company = domain.as_deref().and_then(|d| d.split('.').next()).map(str::to_owned);
    let company = company.filter(|company| company.len() >= 4);
    let names = [of("/revenue/customer_name"), domain.clone(), company.clone()];
    let is_named = names.iter().flatten().any(|name| has(name))
        || company.is_some_and(|company| dense.contains(&company));
    if domain.is_some() && !is_named {
        let message = "The customer does not seem to be named, neither by its domain nor by a name \
                       like it.";
        advice.push(Advice::new("customer.domain", "customer_not_named", message));
    }
    if let Some(tenant_id) = of("/customer/tenant_id")
        && !dense.contains(&tenant_id.replace('-', ""))
    {
        let message = "The tenant id (directory id) does not seem to be there.";
        advice.push(Advice::new("customer.tenant_id", "tenant_not_named", message));
    }
    advice.extend(dates_advice(&all, today));
    let is_signed = texts.iter().any(|text| text.has_signature_field)
        || SIGNATURES.iter().any(|word| has(word));
    if !is_signed {
        let message = "There seems to be no signature, and no place for one.";
        advice.push(Advice::new("documents", "signature_missing", message));
    }
    let items = draft.get("items").and_then(Value::as_array).into_iter().flatten();
    for (index, item) in items.take(50).enumerate() {
        advice.extend(item_advice(index, item, catalog, &has, &dense));
    }
    advice
}

fn dates_advice(all: &str, today: NaiveDate) -> Option<Advice> {
    let found = dates::dates(all);
    let since = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    let (code, message) = match found.iter().max() {
        _ if found.iter().any(|date| (since..=today).contains(date)) => return None,
        None => ("dates_missing", "There seems to be no date. Say when the work was done."),
        Some(_) => {
            ("dates_old", "No date seems to be within the last 12 months. Say when work was done.")
        }
    };
    Some(Advice::new("documents", code, message))
}

fn item_advice(
    index: usize,
    item: &Value,
    catalog: &Catalog,
    has: &impl Fn(&str) -> bool,
    dense: &str,
) -> Option<Advice> {
    let code = item.get("workload").or_else(|| item.get("product"))?.as_str()?;
    let name = catalog.item_name(code).unwrap_or(code);
    let subscription = item.get("subscription_id").and_then(Value::as_str).unwrap_or_default();
    let subscription = subscription.to_lowercase().replace('-', "");
    let names = [text::folded(name), text::folded(&code.replace('_', " "))];
    // "Microsoft Teams" is also named by "Teams".
    let short = names[0].strip_prefix("microsoft ").or(names[0].strip_prefix("dynamics 365 "));
    let is_named = names.iter().any(|name| has(name))
        || short.is_some_and(has)
        || !subscription.is_empty() && dense.contains(&subscription);
    let message = format!("{name} does not seem to be named.");
    (!is_named).then(|| Advice::new(format!("items[{index}]"), "item_not_named", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(words: &str) -> Vec<&'static str> {
        let draft = serde_json::json!({
            "customer": {
                "domain": "anadoluelektrik.com.tr",
                "tenant_id": "8F0B3D1C-5a77-4c4e-9d43-0e1f2a3b4c5d",
            },
            "items": [{ "workload": "teams" }],
        });
        let text = Text { words: text::folded(words), has_signature_field: false };
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let found = missing(&[text], &draft, &Catalog::built_in().unwrap(), today);
        found.into_iter().map(|advice| advice.code).collect()
    }

    #[test]
    fn what_a_text_does_not_say_is_advised() {
        let check = |words: &str, expected: &[&str]| assert_eq!(codes(words), expected, "{words}");
        let whole = "Anadolu Elektrik A.Ş. (8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d): Microsoft \
                     Teams, 3 Kasım 2026. İMZA";
        check(whole, &[]);
        check(&whole.replace("Elektrik", "Su"), &["customer_not_named"]);
        check(&whole.replace("8f0b", "9f0b"), &["tenant_not_named"]);
        check(&whole.replace("2026.", "2024."), &["dates_old"]);
        check(&whole.replace("3 Kasım 2026", ""), &["dates_missing"]);
        check(&whole.replace("İMZA", ""), &["signature_missing"]);
        check(&whole.replace("Teams", "Exchange"), &["item_not_named"]);
    }
}
