//! Many figures at once, read line by line: all of them are good, or none is taken.
//!
//! All or nothing, because that is what can be repeated without thinking: put the lines right that
//! were named, and send everything again. What has been there before is replaced, so sending the
//! same twice changes nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;

use super::figures::FIGURE_MAX;
use super::{Figures, Month, Usage, UsageSettings};
use crate::claim::catalog::{Availability, Catalog};
use crate::claim::identity::TenantId;
use crate::claim::{Finding, ItemKey};
use crate::table::Columns;

/// The columns of a CSV.
pub const COLUMNS: [&str; 6] =
    ["tenant_id", "item", "month", "monthly_active_users", "paid_units", "assigned_units"];
/// Findings that are reported; of more only the number is told.
const FINDINGS_MAX: usize = 1_000;

/// The figures of one item of one tenant in one month, as they are sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UsageFigures")]
pub struct Row {
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: String,
    /// The item: `workload:<code>` or `subscription:<id>`.
    item: String,
    /// The month (UTC), such as `2026-11`.
    #[schemars(regex(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$"))]
    month: String,
    /// Different people who used it in the month.
    #[schemars(range(max = FIGURE_MAX))]
    monthly_active_users: u64,
    /// Units that the customer pays for, at the end of the month.
    #[schemars(range(max = FIGURE_MAX))]
    paid_units: u64,
    /// Units that are assigned to somebody, at the end of the month.
    #[schemars(range(max = FIGURE_MAX))]
    assigned_units: u64,
}

/// Figures that are being read.
pub struct Batch<'a> {
    catalog: &'a Catalog,
    now: DateTime<Utc>,
    kept: UsageSettings,
    columns: Option<Columns>,
    taken: BTreeMap<(TenantId, ItemKey, Month), (Figures, u64)>,
    wrong: Vec<Finding>,
    wrong_more: u64,
}

impl<'a> Batch<'a> {
    /// Nothing so far; `now` decides which months are kept.
    #[must_use]
    pub const fn new(catalog: &'a Catalog, kept: UsageSettings, now: DateTime<Utc>) -> Self {
        Self {
            catalog,
            now,
            kept,
            columns: None,
            taken: BTreeMap::new(),
            wrong: Vec::new(),
            wrong_more: 0,
        }
    }

    /// One line of JSON.
    pub fn json_line(&mut self, line: u64, raw: &[u8]) {
        match serde_json::from_slice::<Row>(raw) {
            Ok(row) => self.row(line, row),
            Err(error) => self.wrong(line, unreadable(error)),
        }
    }

    /// A whole array of JSON; its elements are counted from 1, as lines are.
    pub fn json_array(&mut self, raw: &[u8]) {
        match serde_json::from_slice::<Vec<serde_json::Value>>(raw) {
            Ok(rows) => {
                for (row, line) in rows.into_iter().zip(1..) {
                    match serde_json::from_value::<Row>(row) {
                        Ok(row) => self.row(line, row),
                        Err(error) => self.wrong(line, unreadable(error)),
                    }
                }
            }
            Err(error) => self.wrong_whole(unreadable(error)),
        }
    }

    /// One line of CSV; the first one names the columns.
    pub fn csv_line(&mut self, line: u64, raw: &[u8]) {
        let Some(columns) = &self.columns else {
            match Columns::named(raw, &COLUMNS) {
                Ok(columns) => self.columns = Some(columns),
                Err(finding) => self.wrong_whole(finding),
            }
            return;
        };
        match columns.cells(raw).and_then(row) {
            Ok(row) => self.row(line, row),
            Err(finding) => self.wrong(line, finding),
        }
    }

    /// A line that cannot be used, whatever it says.
    pub fn wrong(&mut self, line: u64, finding: Finding) {
        let field = match finding.field.as_str() {
            Finding::WHOLE => format!("line[{line}]"),
            field => format!("line[{line}].{field}"),
        };
        self.wrong_whole(finding.at(field));
    }

    fn wrong_whole(&mut self, finding: Finding) {
        if self.wrong.len() < FINDINGS_MAX {
            self.wrong.push(finding);
        } else {
            self.wrong_more += 1;
        }
    }

    /// Whether nothing that comes can make it any better: there is too much of it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.taken.len() > self.kept.figures_at_once_max
            || (self.columns.is_none() && self.wrong.iter().any(|it| it.code == "columns"))
    }

    fn row(&mut self, line: u64, row: Row) {
        let figures = Figures {
            monthly_active_users: row.monthly_active_users,
            paid_units: row.paid_units,
            assigned_units: row.assigned_units,
        };
        for (figure, name) in figures.all().into_iter().zip(&COLUMNS[3..]) {
            if figure > FIGURE_MAX {
                let message = format!("This is more than {FIGURE_MAX}, which cannot be.");
                self.wrong(line, Finding::new(*name, "figure_too_large", message));
            }
        }
        let tenant_id = self.good(line, TenantId::parse(&row.tenant_id));
        let item = self.good(line, ItemKey::parse(&row.item).and_then(|item| self.known(item)));
        let month = self.good(line, Month::parse(&row.month).and_then(|month| self.kept(month)));
        let (Some(tenant_id), Some(item), Some(month)) = (tenant_id, item, month) else { return };
        if let Some((_, earlier)) = self.taken.insert((tenant_id, item, month), (figures, line)) {
            let message = format!("Line {earlier} has figures of the same item and month.");
            self.wrong(line, Finding::new("month", "figures_twice", message));
        }
    }

    fn good<T>(&mut self, line: u64, read: Result<T, Finding>) -> Option<T> {
        read.map_err(|finding| self.wrong(line, finding)).ok()
    }

    fn known(&self, item: ItemKey) -> Result<ItemKey, Finding> {
        let ItemKey::Workload(code) = &item else { return Ok(item) };
        match self.catalog.workload(code.as_str(), self.now.date_naive()) {
            Availability::Unknown => {
                let message = "There is no such workload; see the catalog.";
                Err(Finding::new("item", "unknown_item", message))
            }
            Availability::Claimable(_)
            | Availability::NotYet(..)
            | Availability::NoLonger(..)
            | Availability::Never(_) => Ok(item),
        }
    }

    fn kept(&self, month: Month) -> Result<Month, Finding> {
        let this = Month::of(self.now);
        let oldest = self.kept.oldest(this);
        if month > this {
            let message = format!("This month has not begun; it is {this} now (UTC).");
            return Err(Finding::new("month", "month_not_begun", message));
        }
        if month < oldest {
            let message = format!("Figures are kept from {oldest} on (usage.retention_months).");
            return Err(Finding::new("month", "month_not_kept", message));
        }
        Ok(month)
    }

    /// Everything that was read, if all of it is good and there is something.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, with the number of its line in the field: `line[3].month`.
    pub fn finish(mut self) -> Result<Vec<Usage>, Vec<Finding>> {
        let most = self.kept.figures_at_once_max;
        if self.taken.len() > most {
            let message = format!("These are more than {most} figures; send them in parts.");
            return Err(vec![Finding::new(Finding::WHOLE, "too_many_figures", message)]);
        }
        if self.wrong_more > 0 {
            let message =
                format!("{} more things are wrong; they are not listed.", self.wrong_more);
            self.wrong.push(Finding::new(Finding::WHOLE, "more_findings", message));
        }
        if self.wrong.is_empty() && self.taken.is_empty() {
            let message = "There is not a single line with figures.";
            self.wrong.push(Finding::new(Finding::WHOLE, "no_figures", message));
        }
        if !self.wrong.is_empty() {
            return Err(self.wrong);
        }
        let taken = self.taken.into_iter();
        let usage =
            |((tenant_id, item, month), (figures, _))| Usage { tenant_id, item, month, figures };
        Ok(taken.map(usage).collect())
    }
}

/// A row from cells in the order of [`COLUMNS`].
fn row(mut cells: Vec<String>) -> Result<Row, Finding> {
    let number = |at: usize| {
        cells[at].parse::<u64>().map_err(|_| {
            let message = "This is not a whole number of 0 or more, in digits alone.";
            Finding::new(COLUMNS[at], "figure_malformed", message)
        })
    };
    let (monthly_active_users, paid_units, assigned_units) = (number(3)?, number(4)?, number(5)?);
    let mut text = |at: usize| std::mem::take(&mut cells[at]);
    let (tenant_id, item, month) = (text(0), text(1), text(2));
    Ok(Row { tenant_id, item, month, monthly_active_users, paid_units, assigned_units })
}

fn unreadable(error: serde_json::Error) -> Finding {
    let said: String = error.to_string().chars().take(200).collect();
    let message = format!("This is not an object with {}: {said}.", COLUMNS.join(", "));
    Finding::new(Finding::WHOLE, "line_malformed", message)
}
