//! Figures and looks as programs see them.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::identity::TenantId;
use crate::claim::{ClaimId, Finding};
use crate::usage::batch::COLUMNS;
use crate::usage::{Month, Read, Reader};
use crate::usage_access::reading::{Shown, ShownItem};

/// Figures of a tenant, and why some are not there.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Usage")]
pub(super) struct UsageView {
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: TenantId,
    /// The first month that was asked for and is kept.
    #[schemars(with = "String")]
    from: Month,
    /// The last month that was asked for, included.
    #[schemars(with = "String")]
    to: Month,
    /// The items whose figures are shown.
    items: Vec<ItemView>,
    /// Items that the partner has claimed and does not see.
    not_shown: Vec<NotShownView>,
}

/// The figures of one item.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UsageOfItem")]
struct ItemView {
    /// The item: `workload:<code>` or `subscription:<id>`.
    item: String,
    /// The claim by which the partner sees them; null for who needs none.
    #[schemars(with = "Option<uuid::Uuid>")]
    claim_id: Option<ClaimId>,
    /// Since when the partner sees them; what is shown begins with that month.
    since: Option<DateTime<Utc>>,
    /// The months, oldest first.
    months: Vec<MonthView>,
    /// Why some months are not there: `before_association`, `months_not_kept`, `no_figures`.
    notes: Vec<Finding>,
}

/// The figures of one month.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UsageOfMonth")]
struct MonthView {
    /// The month (UTC), such as `2026-11`.
    #[schemars(with = "String")]
    month: Month,
    /// Different people who used it in the month.
    monthly_active_users: u64,
    /// Units that the customer pays for, at the end of the month.
    paid_units: u64,
    /// Units that are assigned to somebody, at the end of the month.
    assigned_units: u64,
}

/// An item whose figures are not shown.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UsageNotShown")]
struct NotShownView {
    /// The item: `workload:<code>` or `subscription:<id>`.
    item: String,
    /// Why not, for programs, as in `check_access`.
    code: &'static str,
    /// Why not, for people.
    reason: String,
    /// The claim that explains it.
    #[schemars(with = "Option<uuid::Uuid>")]
    claim_id: Option<ClaimId>,
}

impl UsageView {
    /// What is shown.
    pub fn of(tenant_id: TenantId, shown: &Shown) -> Self {
        let not_shown = shown.not_shown.iter().map(|(item, why)| NotShownView {
            item: item.to_string(),
            code: why.code(),
            reason: why.sentence(),
            claim_id: why.claim_id(),
        });
        Self {
            tenant_id,
            from: shown.months.0,
            to: shown.months.1,
            items: shown.items.iter().map(item).collect(),
            not_shown: not_shown.collect(),
        }
    }
}

fn item(shown: &ShownItem) -> ItemView {
    let months = shown.months.iter().map(|(month, figures)| MonthView {
        month: *month,
        monthly_active_users: figures.monthly_active_users,
        paid_units: figures.paid_units,
        assigned_units: figures.assigned_units,
    });
    ItemView {
        item: shown.item.to_string(),
        claim_id: shown.grant.as_ref().map(|grant| grant.claim_id),
        since: shown.grant.as_ref().map(|grant| grant.since),
        months: months.collect(),
        notes: shown.notes.clone(),
    }
}

/// The figures as CSV, in the columns in which they come in. Every cell begins with a digit, a
/// letter of ours, or is a number, so that no spreadsheet takes one for a formula.
pub(super) fn csv(tenant_id: &TenantId, shown: &Shown) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    for shown in &shown.items {
        for (month, figures) in &shown.months {
            let place = [tenant_id.to_string(), shown.item.to_string(), month.to_string()];
            let figures = figures.all().map(|figure| figure.to_string());
            csv.write_record(place.iter().chain(&figures))?;
        }
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// Who has looked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UsageReads")]
pub(super) struct ReadsView {
    /// The looks, newest first.
    reads: Vec<ReadView>,
}

/// One look at a tenant's figures.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UsageRead")]
struct ReadView {
    /// When.
    at: DateTime<Utc>,
    /// Who: `partner`, `reviewer` or `usage_data_service`.
    by: &'static str,
    /// The partner's MPN ID, if it was a partner.
    mpn_id: Option<String>,
    /// The items: `workload:<code>` or `subscription:<id>`.
    items: Vec<String>,
    /// The first month; null where an access token was given, by which its holder looks elsewhere.
    #[schemars(with = "Option<String>")]
    from: Option<Month>,
    /// The last month, included.
    #[schemars(with = "Option<String>")]
    to: Option<Month>,
}

impl ReadsView {
    /// These looks.
    pub fn of(reads: Vec<Read>) -> Self {
        Self { reads: reads.into_iter().map(look).collect() }
    }
}

fn look(read: Read) -> ReadView {
    let (by, mpn_id) = match read.by {
        Reader::Partner(mpn_id) => ("partner", Some(mpn_id.to_string())),
        Reader::Reviewer => ("reviewer", None),
        Reader::UsageDataService => ("usage_data_service", None),
    };
    let items = read.items.iter().map(ToString::to_string).collect();
    let (from, to) = read.months.unzip();
    ReadView { at: read.at, by, mpn_id, items, from, to }
}
