//! How far a draft is, step by step, as people fill it in. Pure.
//!
//! A step is a page of the form, and every field of a submission belongs to one. What is missing
//! or wrong was found by the one parser; here it is only put where people look for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::Finding;
use crate::drafts::DraftContent;

/// The steps in which a draft is filled in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DraftStep")]
pub enum Step {
    /// Which of the partner's locations claims.
    Location,
    /// Whose items: tenant, domain, country.
    Customer,
    /// What the partner did.
    Activity,
    /// The claim's own name, and what the activity asks for besides.
    Details,
    /// What is claimed.
    Items,
    /// Who may be asked, and who is told.
    Contacts,
    /// What shows that the work was done, and a comment.
    Proof,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DraftStepState")]
pub enum StepState {
    /// Nothing is filled in, and something has to be.
    Empty,
    /// What is filled in is right, and something is missing.
    Begun,
    /// Something is wrong.
    Wrong,
    /// Nothing is missing or wrong.
    Complete,
}

/// One step of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftStepProgress")]
pub struct StepProgress {
    /// Which step.
    pub step: Step,
    /// How far it is.
    pub state: StepState,
}

/// The code of a finding about what is only not filled in yet.
const MISSING: &str = "missing";

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 7] = [
        Self::Location,
        Self::Customer,
        Self::Activity,
        Self::Details,
        Self::Items,
        Self::Contacts,
        Self::Proof,
    ];

    /// The name in addresses and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Customer => "customer",
            Self::Activity => "activity",
            Self::Details => "details",
            Self::Items => "items",
            Self::Contacts => "contacts",
            Self::Proof => "proof",
        }
    }

    /// The step of a field, by its path; of the draft as a whole the last one.
    #[must_use]
    pub fn of(field: &str) -> Self {
        let end = field.find(['[', '.']).unwrap_or(field.len());
        match &field[..end] {
            "partner" if field.starts_with("partner.contact") => Self::Contacts,
            "partner" => Self::Location,
            "customer" if field.starts_with("customer.contact") => Self::Contacts,
            "customer" if field.starts_with("customer.technical_contact") => Self::Contacts,
            "customer" => Self::Customer,
            "solution_area" | "activities" => Self::Activity,
            "name" | "revenue" => Self::Details,
            "items" => Self::Items,
            _ => Self::Proof,
        }
    }
}

/// Whether a finding says only that something is not filled in yet.
#[must_use]
pub fn is_missing(finding: &Finding) -> bool {
    finding.code == MISSING
}

/// How far each step is, by what was found about the whole draft.
#[must_use]
pub fn progress(content: &DraftContent, findings: &[Finding]) -> Vec<StepProgress> {
    let leaves = content.leaves();
    let state = |step: Step| {
        let mut found = findings.iter().filter(|finding| Step::of(&finding.field) == step);
        let Some(first) = found.next() else { return StepState::Complete };
        if !is_missing(first) || !found.all(is_missing) {
            return StepState::Wrong;
        }
        let is_begun = leaves.keys().any(|field| Step::of(field) == step);
        if is_begun { StepState::Begun } else { StepState::Empty }
    };
    Step::ALL.into_iter().map(|step| StepProgress { step, state: state(step) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_field_belongs_to_a_step() {
        let check = |field: &str, expected: Step| assert_eq!(Step::of(field), expected, "{field}");
        check("partner.mpn_id", Step::Location);
        check("partner.contact.email", Step::Contacts);
        check("customer", Step::Customer);
        check("customer.tenant_id", Step::Customer);
        check("customer.contact.name", Step::Contacts);
        check("customer.technical_contact", Step::Contacts);
        check("activities[0]", Step::Activity);
        check("solution_area", Step::Activity);
        check("revenue.isv_solution", Step::Details);
        check("items[3].subscription_id", Step::Items);
        check("proof_of_execution[0].document_id", Step::Proof);
        check("comment", Step::Proof);
        check(Finding::WHOLE, Step::Proof);
        for step in Step::ALL {
            assert_eq!(json!(step), step.as_str());
        }
    }

    #[test]
    fn a_step_is_as_far_as_its_worst_field() {
        let content = json!({"name": "Rollout", "customer": {"domain": "no domain"}});
        let content: DraftContent = serde_json::from_value(content).unwrap();
        let finding = |field: &str, code| Finding::new(field, code, "");
        let findings = [
            finding("customer.tenant_id", MISSING),
            finding("customer.domain", "domain_malformed"),
            finding("items", MISSING),
            finding("revenue.isv_solution", MISSING),
        ];
        let states = progress(&content, &findings);
        let states: Vec<StepState> = states.into_iter().map(|step| step.state).collect();
        let (begun, complete) = (StepState::Begun, StepState::Complete);
        let (empty, wrong) = (StepState::Empty, StepState::Wrong);
        assert_eq!(states, [complete, wrong, complete, begun, empty, complete, complete]);
    }
}
