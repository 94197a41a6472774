//! Solution area and activities as one choice, and the plain questions that pick it. Pure.

use cpor_jobs::{Activity, SolutionArea};

use crate::claim::program::Program;
use crate::drafts::{DraftContent, Leaves};
use crate::http::form::Fields;

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// Its name in forms and words.
    pub name: &'static str,
    area: SolutionArea,
    activities: &'static [Activity],
}

/// Every choice.
pub(super) const CHOICES: [Choice; 5] = [
    Choice {
        name: "microsoft_365_usage",
        area: SolutionArea::Microsoft365,
        activities: &[Activity::Usage],
    },
    Choice {
        name: "business_usage",
        area: SolutionArea::BusinessApplications,
        activities: &[Activity::Usage],
    },
    Choice {
        name: "business_presales",
        area: SolutionArea::BusinessApplications,
        activities: &[Activity::Presales],
    },
    Choice {
        name: "business_both",
        area: SolutionArea::BusinessApplications,
        activities: &[Activity::Presales, Activity::Usage],
    },
    Choice {
        name: "business_revenue",
        area: SolutionArea::BusinessApplications,
        activities: &[Activity::RevenueAssociation],
    },
];

impl Choice {
    /// The choice of this name.
    pub fn named(name: &str) -> Option<Self> {
        CHOICES.into_iter().find(|choice| choice.name == name)
    }

    /// What a draft has chosen, if that is one of them.
    pub fn of(content: &DraftContent) -> Option<Self> {
        let area = content.solution_area.as_deref()?;
        let mut chosen: Vec<&str> = content.activities.iter().map(String::as_str).collect();
        chosen.sort_unstable();
        CHOICES.into_iter().find(|choice| {
            let activities: Vec<&str> = choice.activities.iter().map(|a| a.as_str()).collect();
            choice.area.as_str() == area && activities == chosen
        })
    }

    /// What it is, as a draft says it. What only another choice asks for goes.
    pub fn apply(self, leaves: &mut Leaves) {
        let activities: Vec<&str> = self.activities.iter().map(|a| a.as_str()).collect();
        leaves.insert("solution_area".to_owned(), self.area.as_str().into());
        leaves.insert("activities".to_owned(), activities.into());
        let (is_business, asks) = (self.is_business(), self.asks_for_revenue());
        leaves.retain(|field, _| {
            (asks || !field.starts_with("revenue."))
                && (is_business || !field.starts_with("customer.technical_contact."))
        });
        let kind = if is_business { "workload" } else { "product" };
        if let Some(items) = leaves.get_mut("items").and_then(|items| items.as_array_mut()) {
            items.retain(|item| item.get(kind).is_none());
        }
        leaves.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }

    /// The programs of its activities.
    pub fn programs(self) -> Vec<Program> {
        self.activities.iter().filter_map(|one| Program::of(self.area, *one)).collect()
    }

    /// Whether products are claimed, and not workloads.
    pub fn is_business(self) -> bool {
        self.area == SolutionArea::BusinessApplications
    }

    /// Whether the names of a sale are asked for.
    pub fn asks_for_revenue(self) -> bool {
        self.activities.contains(&Activity::RevenueAssociation)
    }

    /// What the answers to the plain questions lead to; nothing when too few are answered.
    ///
    /// First: what is it about? `microsoft_365`, `business`, or `own_product` for a product of the
    /// partner's own that was sold with Microsoft's. Then, for Business Applications: what was
    /// done? `before` the sale, `after` it, or `both`.
    pub fn picked(answers: &Fields) -> Option<Self> {
        let name = match (answers.choice("about"), answers.choice("work")) {
            (Some("microsoft_365"), _) => "microsoft_365_usage",
            (Some("own_product"), _) => "business_revenue",
            (Some("business"), Some("before")) => "business_presales",
            (Some("business"), Some("after")) => "business_usage",
            (Some("business"), Some("both")) => "business_both",
            _ => return None,
        };
        Self::named(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_choice_is_found_again_in_the_draft_that_it_made() {
        for choice in CHOICES {
            let mut leaves = Leaves::new();
            choice.apply(&mut leaves);
            assert_eq!(Choice::of(&DraftContent::of_leaves(&leaves)), Some(choice));
            assert_eq!(Choice::named(choice.name), Some(choice));
        }
        assert_eq!(Choice::of(&DraftContent::default()), None);
    }

    #[test]
    fn plain_answers_lead_to_a_choice() {
        let check = |query: &str, expected: Option<&str>| {
            let answers = Fields::of_query(&format!("/?{query}").parse().unwrap());
            assert_eq!(Choice::picked(&answers).map(|choice| choice.name), expected, "{query}");
        };
        check("about=microsoft_365", Some("microsoft_365_usage"));
        check("about=microsoft_365&work=before", Some("microsoft_365_usage"));
        check("about=business&work=before", Some("business_presales"));
        check("about=business&work=after", Some("business_usage"));
        check("about=business&work=both", Some("business_both"));
        check("about=own_product&work=after", Some("business_revenue"));
        check("about=business", None);
        check("work=after", None);
    }

    #[test]
    fn what_another_choice_asked_for_goes() {
        let content = json!({
            "customer": {"technical_contact": {"name": "Al"}, "domain": "contoso.example"},
            "revenue": {"isv_solution": "GridPlan"},
            "items": [{"product": "sales"}],
        });
        let content: DraftContent = serde_json::from_value(content).unwrap();
        let mut leaves = content.leaves();
        Choice::named("microsoft_365_usage").unwrap().apply(&mut leaves);
        let fields: Vec<&str> = leaves.keys().map(String::as_str).collect();
        assert_eq!(fields, ["activities", "customer.domain", "solution_area"]);
        let mut leaves = content.leaves();
        Choice::named("business_revenue").unwrap().apply(&mut leaves);
        assert_eq!(leaves.len(), 6);
    }
}
