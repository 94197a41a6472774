//! What a statement of work says: of a claim, or of a draft in which anything may be missing.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use crate::calendar::Language;
use crate::claim::Submission;
use crate::claim::catalog::Catalog;
use crate::claim::program::{Activity, SolutionArea};

/// Of everything in a draft so many characters are shown; a submission has no more.
const TEXT_MAX: usize = 300;
/// So many items are shown; a submission has no more.
const ITEMS_MAX: usize = 50;

/// What is known of the work before anybody signs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementOfWork {
    partner: String,
    partner_contact: String,
    customer: String,
    tenant_id: String,
    customer_contact: String,
    solution_area: String,
    activities: Vec<Activity>,
    items: Vec<String>,
}

/// The words of a language: `config/proofs/<language>.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub code: String,
    pub title: String,
    pub lead: String,
    pub parties: String,
    pub partner: String,
    pub partner_contact: String,
    pub customer: String,
    pub tenant_id: String,
    pub customer_contact: String,
    pub work: String,
    pub solution_area: String,
    pub activities: String,
    pub items: String,
    pub description: String,
    pub dates: String,
    pub from: String,
    pub to: String,
    pub confirmation: String,
    pub confirms: String,
    pub name: String,
    pub job_title: String,
    pub date: String,
    pub signature: String,
    pub presales: String,
    pub usage: String,
    pub revenue_association: String,
}

impl Words {
    fn activity(&self, activity: Activity) -> &str {
        match activity {
            Activity::Presales => &self.presales,
            Activity::Usage => &self.usage,
            Activity::RevenueAssociation => &self.revenue_association,
        }
    }
}

/// A piece of the document, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    /// The name of the document.
    Title(&'a str),
    /// The name of what follows.
    Heading(&'a str),
    /// Text.
    Paragraph(&'a str),
    /// What something is: a label, and what is known of it, which may be nothing.
    Row(&'a str, &'a str),
    /// Room to write: a label, and so many lines.
    Room(&'a str, u8),
}

/// The words of a language.
///
/// # Errors
///
/// None in a release, because a test reads them.
pub fn words(language: Language) -> Result<Words, toml::de::Error> {
    toml::from_str(match language {
        Language::English => include_str!("../../../config/proofs/en.toml"),
        Language::Turkish => include_str!("../../../config/proofs/tr.toml"),
    })
}

impl StatementOfWork {
    /// Of a claim.
    #[must_use]
    pub fn of(submission: &Submission, catalog: &Catalog) -> Self {
        serde_json::to_value(submission)
            .map_or_else(|_| Self::default(), |json| Self::of_draft(&json, catalog))
    }

    /// Of a draft, which has the fields of a submission, any of which may be missing or wrong.
    #[must_use]
    pub fn of_draft(draft: &Value, catalog: &Catalog) -> Self {
        let text = |path: &str| shown(draft.pointer(path));
        let joined = |parts: [String; 2]| {
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            parts.join(", ")
        };
        let area = draft.get("solution_area").cloned().unwrap_or_default();
        let area = serde_json::from_value::<SolutionArea>(area);
        let activities = draft.get("activities").and_then(Value::as_array);
        let activity = |activity: &Value| serde_json::from_value::<Activity>(activity.clone()).ok();
        let activities = activities.into_iter().flatten().take(ITEMS_MAX).filter_map(activity);
        let items = draft.get("items").and_then(Value::as_array).into_iter().flatten();
        Self {
            partner: text("/partner/mpn_id"),
            partner_contact: joined([
                text("/partner/contact/name"),
                text("/partner/contact/email"),
            ]),
            customer: text("/customer/domain"),
            tenant_id: text("/customer/tenant_id"),
            customer_contact: joined([
                text("/customer/contact/name"),
                text("/customer/contact/title"),
            ]),
            solution_area: area
                .map(|area| catalog.solution_area_name(area).to_owned())
                .unwrap_or_default(),
            activities: activities.collect(),
            items: items.take(ITEMS_MAX).filter_map(|item| item_text(item, catalog)).collect(),
        }
    }

    /// The statement as text, with what was done and when.
    pub(in crate::proofs) fn text(
        &self,
        words: &Words,
        description: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> String {
        let (items, from, to) = (self.items.join("; "), from.to_string(), to.to_string());
        let activities: Vec<&str> = self.activities.iter().map(|a| words.activity(*a)).collect();
        let activities = activities.join(", ");
        let rows = [
            (&words.partner, self.partner.as_str()),
            (&words.partner_contact, &self.partner_contact),
            (&words.customer, &self.customer),
            (&words.tenant_id, &self.tenant_id),
            (&words.customer_contact, &self.customer_contact),
            (&words.solution_area, &self.solution_area),
            (&words.activities, &activities),
            (&words.items, &items),
            (&words.description, description),
            (&words.from, &from),
            (&words.to, &to),
        ];
        let rows = rows.iter().filter(|(_, value)| !value.is_empty());
        let rows: Vec<String> = rows.map(|(label, value)| format!("{label}: {value}")).collect();
        format!("{}\n\n{}\n\n{}", words.title, rows.join("\n"), words.confirms)
    }

    /// The document from top to bottom.
    pub(super) fn blocks<'a>(&'a self, words: &'a Words) -> Vec<Block<'a>> {
        let mut blocks = vec![
            Block::Title(&words.title),
            Block::Paragraph(&words.lead),
            Block::Heading(&words.parties),
            Block::Row(&words.partner, &self.partner),
            Block::Row(&words.partner_contact, &self.partner_contact),
            Block::Row(&words.customer, &self.customer),
            Block::Row(&words.tenant_id, &self.tenant_id),
            Block::Row(&words.customer_contact, &self.customer_contact),
            Block::Heading(&words.work),
            Block::Row(&words.solution_area, &self.solution_area),
        ];
        let mut activities = self.activities.iter().map(|activity| words.activity(*activity));
        blocks.push(Block::Row(&words.activities, activities.next().unwrap_or_default()));
        blocks.extend(activities.map(|activity| Block::Row("", activity)));
        let first = self.items.first().map_or("", String::as_str);
        blocks.push(Block::Row(&words.items, first));
        blocks.extend(self.items.iter().skip(1).map(|item| Block::Row("", item)));
        blocks.extend([
            Block::Room(&words.description, 4),
            Block::Heading(&words.dates),
            Block::Row(&words.from, ""),
            Block::Row(&words.to, ""),
            Block::Heading(&words.confirmation),
            Block::Paragraph(&words.confirms),
            Block::Row(&words.name, ""),
            Block::Row(&words.job_title, ""),
            Block::Row(&words.date, ""),
            Block::Room(&words.signature, 2),
        ]);
        blocks
    }
}

/// An item by its name, with the subscription where it is one.
fn item_text(item: &Value, catalog: &Catalog) -> Option<String> {
    let code = item.get("workload").or_else(|| item.get("product"))?.as_str()?;
    let name = catalog.item_name(code).map_or_else(|| shown(Some(&code.into())), str::to_owned);
    match shown(item.get("subscription_id")).as_str() {
        "" => Some(name),
        id => Some(format!("{name} ({id})")),
    }
}

/// A text on one line, of bounded length.
fn shown(value: Option<&Value>) -> String {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_MAX).collect()
}
