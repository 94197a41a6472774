//! One thing that is wrong with a submission, addressed to the person who can put it right.
//!
//! A finding is an answer and not a failure of ours. It deliberately never holds the text of a
//! field that is personal data: findings are stored, shown to partners and logged.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that is wrong: where, what (for programs), and what to do (for people).
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Finding {
    /// The path of the field in the submission's JSON, such as `items[0].workload`; `$` is the
    /// submission as a whole.
    pub field: String,
    /// What is wrong, in snake case. Codes keep their meaning for ever.
    pub code: Cow<'static, str>,
    /// Sentences that say what was wrong and what to do.
    pub message: String,
}

/// Findings that quote a person behind a sentence of ours and a colon.
const QUOTING: [&str; 2] = ["arbitration_lost", "dispute_lost"];
/// Findings that a reviewer has put into words.
const REVIEWERS: [&str; 5] = [
    "proof_missing",
    "acknowledgement_missing",
    "dates_missing_or_old",
    "partner_work_not_described",
    "products_not_covered",
];

impl Finding {
    /// The field of a finding about the submission as a whole.
    pub const WHOLE: &'static str = "$";

    /// A finding about a field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: Cow::Borrowed(code), message: message.into() }
    }

    /// The same finding about the field at this path. A value does not know where it stands, so
    /// whoever parses it says where that was.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// What a person has written in it, if anything.
    #[must_use]
    pub fn written(&self) -> Option<&str> {
        let code = &&*self.code;
        if QUOTING.contains(code) {
            return Some(self.message.split_once(": ").map_or(&self.message, |(_, words)| words));
        }
        REVIEWERS.contains(code).then_some(&self.message)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.field, self.message, self.code)
    }
}

impl std::error::Error for Finding {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_and_writes_the_same_json() {
        let finding = Finding::new("items[0].workload", "workload_unknown", "Look it up.");
        let json =
            r#"{"field":"items[0].workload","code":"workload_unknown","message":"Look it up."}"#;
        assert_eq!(serde_json::to_string(&finding).unwrap(), json);
        assert_eq!(serde_json::from_str::<Finding>(json).unwrap(), finding);
    }

    #[test]
    fn findings_sort_by_field_then_code() {
        let finding = |field, code| Finding::new(field, code, "");
        let mut findings = [finding("b", "a"), finding("a", "z"), finding("a", "b")];
        findings.sort();
        assert_eq!(findings, [finding("a", "b"), finding("a", "z"), finding("b", "a")]);
    }
}
