//! What a step offers to choose from: countries, workloads, products.

use serde::Serialize;

use crate::claim::catalog::{Availability, Entry};
use crate::drafts::{DraftContent, DraftItem};
use crate::http::partner::frame::Visit;
use crate::http::problem::Problem;

/// Rows for products beyond those that are filled in.
const EMPTY_ROWS: usize = 3;

/// Something to choose.
#[derive(Serialize)]
pub(super) struct Named {
    code: String,
    name: String,
}

/// A workload to choose.
#[derive(Serialize)]
pub(super) struct Workload {
    #[serde(flatten)]
    named: Named,
    is_chosen: bool,
}

/// The products that are filled in, and rows for others.
pub(super) fn rows_of(content: &DraftContent) -> Vec<DraftItem> {
    let filled = content.items.iter().filter(|item| item.workload.is_none());
    let (mut rows, most): (Vec<_>, _) = (filled.cloned().collect(), cpor_jobs::limits::ITEMS_MAX);
    rows.resize((rows.len() + EMPTY_ROWS).min(most.max(rows.len())), DraftItem::default());
    rows
}

/// The countries that have a calendar.
pub(super) fn countries(visit: &Visit) -> Vec<String> {
    let calendars = &visit.web.ledger.rules().window().calendars;
    calendars.ids().map(ToString::to_string).filter(|id| id.len() == 2).collect()
}

fn named(entry: &Entry) -> Named {
    Named { code: entry.code.clone(), name: entry.name.clone() }
}

/// The workloads that can be claimed now, and those that were chosen before.
pub(super) async fn workloads(
    visit: &Visit,
    content: &DraftContent,
) -> Result<Vec<Workload>, Problem> {
    let today = visit.web.ledger.clock().now().await?.date_naive();
    let catalog = &visit.web.ledger.rules().catalog;
    let chosen = |code: &str| content.items.iter().any(|i| i.workload.as_deref() == Some(code));
    let entries = catalog.workloads().iter().filter(|entry| {
        matches!(catalog.workload(&entry.code, today), Availability::Claimable(_))
            || chosen(&entry.code)
    });
    let entries = entries.map(|e| Workload { named: named(e), is_chosen: chosen(&e.code) });
    Ok(entries.collect())
}

/// The products that can be claimed now.
pub(super) async fn products(visit: &Visit) -> Result<Vec<Named>, Problem> {
    let today = visit.web.ledger.clock().now().await?.date_naive();
    let catalog = &visit.web.ledger.rules().catalog;
    let is_open =
        |e: &&Entry| matches!(catalog.product(&e.code, today), Availability::Claimable(_));
    Ok(catalog.products().iter().filter(is_open).map(named).collect())
}
