//! What stands in the fields of a step, and what is made of them. A field has the name of its path.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::drafts::{DraftContent, DraftProof, Step};
use crate::http::form::Fields;

use super::activity::Choice;
use super::found::Found;

/// A field as it is shown.
#[derive(Debug, Default, Serialize)]
pub(super) struct Field {
    value: String,
    found: Vec<Found>,
}

/// The fields of plain text in a step.
const fn texts(step: Step) -> &'static [&'static str] {
    match step {
        Step::Customer => &[
            "customer.tenant_id",
            "customer.domain",
            "customer.country",
            "customer.subdivision",
            "customer.time_zone",
        ],
        Step::Details => {
            &["name", "revenue.solution_seller", "revenue.customer_name", "revenue.isv_solution"]
        }
        Step::Contacts => &[
            "partner.contact.name",
            "partner.contact.email",
            "customer.contact.name",
            "customer.contact.title",
            "customer.contact.email",
            "customer.contact.language",
            "customer.technical_contact.name",
            "customer.technical_contact.title",
            "customer.technical_contact.email",
        ],
        Step::Proof => &["comment"],
        Step::Location | Step::Activity | Step::Items => &[],
    }
}

/// The fields of a step, with what was found about each.
pub(super) fn fields(
    step: Step,
    content: &DraftContent,
    found: &[Found],
) -> BTreeMap<&'static str, Field> {
    let leaves = content.leaves();
    let field = |path: &&'static str| {
        let value = leaves.get(*path).and_then(Value::as_str).unwrap_or_default().to_owned();
        // A finding about an object is shown at the first of its fields.
        let first = |found: &&Found| {
            let inner = path.strip_prefix(&format!("{}.", found.field));
            found.field == **path || inner.is_some_and(|rest| rest == "name")
        };
        (*path, Field { value, found: found.iter().filter(first).cloned().collect() })
    };
    texts(step).iter().map(field).collect()
}

/// Puts into a draft what a form says.
pub(super) fn apply(step: Step, form: &Fields, content: &mut DraftContent) {
    let mut leaves = content.leaves();
    for path in texts(step) {
        let text = form.text(path);
        if text.is_empty() {
            leaves.remove(*path);
        } else {
            leaves.insert((*path).to_owned(), text.into());
        }
    }
    match step {
        Step::Activity => {
            if let Some(choice) = form.choice("choice").and_then(Choice::named) {
                choice.apply(&mut leaves);
            }
        }
        Step::Items => {
            leaves.remove("items");
            let items = items(form);
            if !items.is_empty() {
                leaves.insert("items".to_owned(), items.into());
            }
        }
        Step::Proof => {
            leaves.remove("proof_of_execution");
            let proofs = proofs(form);
            if !proofs.is_empty() {
                leaves.insert("proof_of_execution".to_owned(), proofs.into());
            }
        }
        Step::Location | Step::Customer | Step::Details | Step::Contacts => {}
    }
    *content = DraftContent::of_leaves(&leaves);
}

/// The items that a form names: workloads that are ticked, and rows with a product or a
/// subscription.
pub(super) fn items(form: &Fields) -> Vec<Value> {
    let workloads = form.values("workload").map(|workload| json!({ "workload": workload }));
    let rows = form.values("product").zip(form.values("subscription_id")).map(|(product, id)| {
        let given = [("product", product.trim()), ("subscription_id", id.trim())];
        let given = given.into_iter().filter(|(_, text)| !text.is_empty());
        Value::Object(given.map(|(name, text)| (name.to_owned(), text.into())).collect())
    });
    workloads.chain(rows).filter(|item| item.as_object().is_some_and(|o| !o.is_empty())).collect()
}

/// The documents that a form still has, each as the draft says it, and one that is kept elsewhere.
fn proofs(form: &Fields) -> Vec<Value> {
    let kept =
        form.values("proof").filter_map(|said| serde_json::from_str::<DraftProof>(said).ok());
    let text = |name: &str| Some(form.text(name)).filter(|text| !text.is_empty());
    let elsewhere = DraftProof {
        name: text("elsewhere.name"),
        sha256: text("elsewhere.sha256"),
        location: text("elsewhere.location"),
        document_id: None,
    };
    let is_given = elsewhere != DraftProof::default();
    kept.chain(is_given.then_some(elsewhere)).map(|proof| json!(proof)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Language;
    use crate::claim::Finding;
    use crate::http::partner::material::templates;

    fn form(query: &str) -> Fields {
        Fields::of_query(&format!("/?{query}").parse().unwrap())
    }

    #[test]
    fn a_step_changes_its_own_fields_and_no_others() {
        let mut content = DraftContent::default();
        let customer = "customer.domain=contoso.example&customer.country=+TR+&name=no";
        apply(Step::Customer, &form(customer), &mut content);
        apply(Step::Details, &form("name=Rollout"), &mut content);
        apply(Step::Customer, &form("customer.domain=&customer.country=DE"), &mut content);
        assert_eq!(json!(content), json!({"name": "Rollout", "customer": {"country": "DE"}}));
    }

    #[test]
    fn rows_that_are_empty_are_no_items() {
        let mut content = DraftContent::default();
        let rows = "product=sales&subscription_id=1&product=&subscription_id=&product=&\
                    subscription_id=2";
        apply(Step::Items, &form(rows), &mut content);
        let expected =
            json!([{"product": "sales", "subscription_id": "1"}, {"subscription_id": "2"}]);
        assert_eq!(json!(content.items), expected);
        apply(Step::Items, &form("workload=teams&workload=exchange"), &mut content);
        assert_eq!(json!(content.items), json!([{"workload": "teams"}, {"workload": "exchange"}]));
        apply(Step::Items, &form(""), &mut content);
        assert_eq!(content, DraftContent::default());
    }

    #[test]
    fn documents_that_are_not_ticked_any_more_go() {
        let mut content = DraftContent::default();
        let kept = "proof=%7B%22document_id%22%3A%221%22%7D&proof=nonsense&elsewhere.name=sow.pdf";
        apply(Step::Proof, &form(kept), &mut content);
        let expected = json!([{"document_id": "1"}, {"name": "sow.pdf"}]);
        assert_eq!(json!(content.proof_of_execution), expected);
        apply(Step::Proof, &form("comment=Done."), &mut content);
        assert_eq!(json!(content), json!({"comment": "Done."}));
    }

    #[test]
    fn findings_stand_at_their_fields() {
        let words = templates(Language::English).unwrap_or_else(|_| panic!("no words")).words();
        let missing = |field: &str| Finding::new(field, "missing", "");
        let found = |field: &str| Found::of(&missing(field), words, Language::English);
        let findings = [found("customer.contact"), found("partner.contact.email")];
        let fields = fields(Step::Contacts, &DraftContent::default(), &findings);
        let has: Vec<&str> = fields
            .iter()
            .filter(|(_, field)| !field.found.is_empty())
            .map(|(path, _)| *path)
            .collect();
        assert_eq!(has, ["customer.contact.name", "partner.contact.email"]);
    }
}
