//! Reads what the partner did and for which items: R01, R02, R06, R10.

use std::collections::HashSet;

use cpor_jobs::limits;

use super::Revenue;
use super::fields::{Fields, Findings, text};
use super::json::Json;
use super::reader::Reader;
use super::suggest::did_you_mean;
use crate::claim::catalog::Availability;
use crate::claim::identity::{ItemCode, Line, SubscriptionId, shown};
use crate::claim::item::Item;
use crate::claim::program::{Activity, Program, SolutionArea, activities_conflict};

impl Reader<'_> {
    pub fn solution_area(
        &self,
        fields: &Fields<'_>,
        findings: &mut Findings,
    ) -> Option<SolutionArea> {
        let code = fields.text("solution_area", findings)?;
        let found = SolutionArea::ALL.into_iter().find(|area| area.as_str() == code);
        if found.is_none() {
            let known = SolutionArea::ALL.map(SolutionArea::as_str);
            let path = fields.path("solution_area");
            self.refuse_code(path, "solution_area_unknown", code, &known, findings);
        }
        found
    }

    /// R02: activities that fit the solution area and each other, and whose program takes claims.
    pub fn activities(
        &self,
        fields: &Fields<'_>,
        solution_area: Option<SolutionArea>,
        findings: &mut Findings,
    ) -> Option<Vec<Activity>> {
        let list = fields.list("activities", limits::ACTIVITIES_MAX, findings)?;
        let mut activities = Vec::new();
        let mut all_read = true;
        for (path, json) in list {
            let Some(activity) = self.activity(path.clone(), json, solution_area, findings) else {
                all_read = false;
                continue;
            };
            if activities.contains(&activity) {
                let message = format!("The activity {activity} is given twice. Leave one out.");
                findings.add(path, "duplicate_activity", message);
            }
            activities.push(activity);
        }
        if activities_conflict(&activities) {
            let message = "Revenue association stands alone. Make two claims: one for revenue \
                           association, one for the other activities.";
            findings.add(fields.path("activities"), "activities_conflict", message);
        }
        all_read.then_some(activities)
    }

    fn activity(
        &self,
        path: String,
        json: &Json<'_>,
        solution_area: Option<SolutionArea>,
        findings: &mut Findings,
    ) -> Option<Activity> {
        let code = text(json, || path.clone(), findings)?;
        let Some(activity) = Activity::ALL.into_iter().find(|known| known.as_str() == code) else {
            let known = Activity::ALL.map(Activity::as_str);
            self.refuse_code(path, "activity_unknown", code, &known, findings);
            return None;
        };
        // Without a solution area there is a finding already, and nothing to compare with.
        let Some(solution_area) = solution_area else {
            return Some(activity);
        };
        match Program::of(solution_area, activity) {
            Some(program) => self.check_program(path, program, findings),
            None => {
                let area = self.catalog.solution_area_name(solution_area);
                let message = format!(
                    "The activity {activity} does not exist in {area}. In Microsoft 365 give \
                     usage; presales and revenue_association are for Business Applications."
                );
                findings.add(path, "activity_not_for_area", message);
            }
        }
        Some(activity)
    }

    fn check_program(&self, path: String, program: Program, findings: &mut Findings) {
        if let Some(why) = why_not_claimable(self.catalog.program(program, self.today)) {
            let name = self.catalog.program_name(program);
            let message = format!("The program {name} {why}. Choose another activity.");
            findings.add(path, "program_not_open", message);
        }
    }

    /// R06: items of the catalog for the solution area, claimable today, no duplicates.
    pub fn items(
        &self,
        fields: &Fields<'_>,
        solution_area: Option<SolutionArea>,
        findings: &mut Findings,
    ) -> Option<Vec<Item>> {
        let list = fields.list("items", limits::ITEMS_MAX, findings)?;
        let mut items = Vec::new();
        let mut keys = HashSet::new();
        let mut all_read = true;
        for (path, json) in list {
            let Some(item) = self.item(path.clone(), json, solution_area, findings) else {
                all_read = false;
                continue;
            };
            if !keys.insert(item.key()) {
                let message = "The same item is claimed twice in this claim. Leave one out.";
                findings.add(path, "duplicate_item", message);
            }
            items.push(item);
        }
        all_read.then_some(items)
    }

    fn item(
        &self,
        path: String,
        json: &Json<'_>,
        solution_area: Option<SolutionArea>,
        findings: &mut Findings,
    ) -> Option<Item> {
        const KNOWN: [&str; 3] = ["workload", "product", "subscription_id"];
        let fields = Fields::of(json, path.clone(), &KNOWN, findings)?;
        let has_product = fields.has("product") || fields.has("subscription_id");
        if fields.has("workload") && has_product {
            let message = "This is a workload and a product at once. Make two items of it.";
            findings.add(path, "ambiguous", message);
            return None;
        }
        let is_workload = match (fields.has("workload"), has_product) {
            (false, false) => solution_area != Some(SolutionArea::BusinessApplications),
            (has_workload, _) => has_workload,
        };
        let item = if is_workload {
            let workload = self.item_code(&fields, "workload", findings);
            Item::Workload { workload: workload? }
        } else {
            let product = self.item_code(&fields, "product", findings);
            let subscription_id =
                fields.required("subscription_id", SubscriptionId::parse, findings);
            Item::Subscription { product: product?, subscription_id: subscription_id? }
        };
        if solution_area.is_some_and(|area| area != item.solution_area()) {
            let message = "Microsoft 365 is claimed by workload, Business Applications by product \
                           and subscription_id. Correct the item or the solution area.";
            findings.add(path, "item_not_for_area", message);
        }
        Some(item)
    }

    /// The code of a workload or product that can be claimed today.
    fn item_code(
        &self,
        fields: &Fields<'_>,
        kind: &'static str,
        findings: &mut Findings,
    ) -> Option<ItemCode> {
        let code = fields.text(kind, findings)?;
        let path = fields.path(kind);
        let (found, entries, unknown, not_claimable) = if kind == "workload" {
            let found = self.catalog.workload(code, self.today);
            (found, self.catalog.workloads(), "workload_unknown", "workload_not_claimable")
        } else {
            let found = self.catalog.product(code, self.today);
            (found, self.catalog.products(), "product_unknown", "product_not_claimable")
        };
        if found == Availability::Unknown {
            let known: Vec<&str> = entries.iter().map(|entry| entry.code.as_str()).collect();
            self.refuse_code(path, unknown, code, &known, findings);
            return None;
        }
        if let Some(why) = why_not_claimable(found) {
            let name = self.catalog.item_name(code).unwrap_or(kind);
            let message = format!("{name} {why}. Leave it out.");
            findings.add(path.clone(), not_claimable, message);
        }
        ItemCode::parse(code).map_err(|finding| findings.push(finding.at(path))).ok()
    }

    /// R10: exactly for revenue association.
    pub fn revenue(
        &self,
        fields: &Fields<'_>,
        activities: Option<&[Activity]>,
        findings: &mut Findings,
    ) -> Option<Option<Revenue>> {
        const KNOWN: [&str; 3] = ["solution_seller", "customer_name", "isv_solution"];
        let asks = |activities: &[Activity]| activities.contains(&Activity::RevenueAssociation);
        let is_required = activities.is_some_and(asks);
        if !fields.has("revenue") && !is_required {
            return Some(None);
        }
        if activities.is_some() && !is_required {
            let message = "Revenue fields are only for the activity revenue_association. Leave \
                           them out, or claim revenue association.";
            findings.add(fields.path("revenue"), "revenue_not_expected", message);
        }
        let revenue = fields.object("revenue", &KNOWN, findings)?;
        let solution_seller = revenue.required("solution_seller", Line::parse, findings);
        let customer_name = revenue.required("customer_name", Line::parse, findings);
        let isv_solution = revenue.required("isv_solution", Line::parse, findings);
        Some(Some(Revenue {
            solution_seller: solution_seller?,
            customer_name: customer_name?,
            isv_solution: isv_solution?,
        }))
    }

    /// R01: what is claimed elsewhere is refused with the way there; anything else is unknown.
    fn refuse_code(
        &self,
        path: String,
        unknown: &'static str,
        code: &str,
        known: &[&str],
        findings: &mut Findings,
    ) {
        if let Some(elsewhere) = self.catalog.elsewhere(code) {
            let message = format!(
                "{} is not claimed here. Use the co-op claims process of Partner Center for it.",
                elsewhere.name
            );
            return findings.add(path, "program_not_claimable", message);
        }
        let hint = did_you_mean(code, known.iter().copied());
        let message = format!(
            "\"{}\" is not known.{hint} The known codes are: {}.",
            shown(code),
            known.join(", ")
        );
        findings.add(path, unknown, message);
    }
}

/// Why something that is known cannot be claimed: the end of a sentence that says since when.
fn why_not_claimable(found: Availability<'_>) -> Option<String> {
    match found {
        Availability::Claimable(_) | Availability::Unknown => None,
        Availability::NotYet(_, from) => Some(format!("cannot be claimed before {from}")),
        Availability::NoLonger(_, since) => Some(format!("cannot be claimed since {since}")),
        Availability::Never(_) => Some("is known but cannot be claimed here".to_owned()),
    }
}
