//! What an answer to an *action required* may change: what a finding concerns, and comment and
//! proof.

use serde_json::Value;

use crate::claim::Submission;
use crate::claim::finding::Finding;

/// What can always be changed.
const ALWAYS: [&str; 2] = ["comment", "proof_of_execution"];
/// Fields named at most, so that a refusal can be read.
const NAMED_MAX: usize = 10;

/// The fields that differ although nothing was asked about them.
pub(super) fn not_asked(old: &Submission, new: &Submission, findings: &[Finding]) -> Vec<String> {
    let json = |submission| serde_json::to_value(submission).unwrap_or_default();
    let mut changed = Vec::new();
    differences(&json(old), &json(new), "", &mut changed);
    changed.retain(|path| !may_change(findings, path));
    changed.truncate(NAMED_MAX);
    changed
}

/// Whether an answer to these findings may change the field at this path.
#[must_use]
pub fn may_change(findings: &[Finding], path: &str) -> bool {
    let opened = findings.iter().map(|finding| opened(&finding.field));
    ALWAYS.into_iter().chain(opened).any(|open| covers(open, path))
}

/// What a finding opens: its field and what stands beside it, or the whole list of items, because
/// what is wrong with one may be cured by leaving it out.
fn opened(field: &str) -> &str {
    if let Some((list, _)) = field.split_once('[') {
        return list;
    }
    field.rsplit_once('.').map_or(field, |(parent, _)| parent)
}

fn covers(open: &str, path: &str) -> bool {
    let rest = path.strip_prefix(open);
    open == Finding::WHOLE
        || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn differences(old: &Value, new: &Value, path: &str, changed: &mut Vec<String>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let dot = if path.is_empty() { "" } else { "." };
                let at = |object: &serde_json::Map<String, Value>| object.get(key).cloned();
                let (before, after) = (at(old).unwrap_or_default(), at(new).unwrap_or_default());
                differences(&before, &after, &format!("{path}{dot}{key}"), changed);
            }
        }
        _ => changed.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_finding_opens_its_field_and_what_stands_beside_it() {
        let check = |field: &str, path: &str, expected| {
            assert_eq!(covers(opened(field), path), expected, "{field} {path}");
        };
        check("customer.domain", "customer.domain", true);
        check("customer.domain", "customer.contact.email", true);
        check("customer.contact.email", "customer.contact.name", true);
        check("customer.contact.email", "customer.domain", false);
        check("customer.contact", "customer.contact.email", true);
        check("items[0].subscription_id", "items", true);
        check("items", "items", true);
        check("name", "name", true);
        check("name", "names", false);
        check("$", "revenue.customer_name", true);
    }

    #[test]
    fn what_differs_is_named_by_its_path() {
        let old = json!({"a": {"b": 1, "c": [1]}, "d": 2});
        let new = json!({"a": {"b": 2, "c": [1, 2]}, "e": 3});
        let mut changed = Vec::new();
        differences(&old, &new, "", &mut changed);
        assert_eq!(changed, ["a.b", "a.c", "d", "e"]);
    }
}
