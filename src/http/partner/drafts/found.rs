//! What was found about a draft, in the words of the page.

use serde::Serialize;

use crate::calendar::Language;
use crate::claim::Finding;
use crate::http::partner::finding::Told;
use crate::http::texts::Words;

/// One thing that is wrong or missing.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Found {
    /// The path of the field.
    pub field: String,
    #[serde(flatten)]
    told: Told,
}

impl Found {
    /// A finding of the parser: in short words beside a step's fields, where there are any.
    pub fn of(finding: &Finding, words: &Words, language: Language) -> Self {
        let key = match (&*finding.code, finding.field.as_str()) {
            // A list that is not there is missing all of its elements.
            ("missing", "items") => "missing_items",
            ("missing", "proof_of_execution") => "missing_proof",
            (code, _) => code,
        };
        let told = match words.plain(&format!("found.{key}")) {
            "" => Told::of(finding, words, language),
            short => Told::plain(short),
        };
        Self { field: finding.field.clone(), told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::partner::material::templates;

    /// Codes of what is no JSON, or none of the page's.
    const NEVER_HERE: [&str; 5] =
        ["too_large", "not_utf8", "malformed_json", "version_unknown", "too_many_findings"];

    /// The codes that the contract names.
    fn codes() -> Vec<&'static str> {
        let contract = include_str!("../../../../jobs/README.md");
        let (_, table) = contract.split_once("| codes | meaning |").unwrap();
        let rows = table.trim_start().lines().take_while(|row| row.starts_with('|'));
        let codes = rows.filter_map(|row| row.split('|').nth(1));
        codes.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
    }

    #[test]
    fn what_the_contract_can_find_is_said_in_turkish() {
        let words = templates(Language::Turkish).unwrap_or_else(|_| panic!("no words")).words();
        let found = codes().into_iter().filter(|code| !NEVER_HERE.contains(code));
        let found: Vec<_> = found.map(|code| Finding::new("name", code, "English.")).collect();
        assert!(found.len() > 30, "{found:?}");
        let foreign =
            |finding: &&Finding| Found::of(finding, words, Language::Turkish).told.lang.is_some();
        assert_eq!(found.iter().filter(foreign).collect::<Vec<_>>(), Vec::<&Finding>::new());
    }
}
