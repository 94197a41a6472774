//! The usage figures of an association, as charts. Every look is on record and shown to the
//! customer, so a page that only reads itself again does not look.

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::{Claim, ItemKey, Status};
use crate::http::partner::frame::Visit;
use crate::http::problem::Problem;
use crate::http::texts::Words;
use crate::usage::{ChartWords, Reader, chart};
use crate::usage_access::reading::{Asked, ShownItem, read};

/// The figures; why there are none, when there are none.
#[derive(Serialize)]
pub(super) struct Usage {
    items: Vec<Charted>,
}

/// The figures of an item.
#[derive(Serialize)]
struct Charted {
    label: String,
    /// HTML of ours.
    chart: String,
    /// Keys of the words for why months are missing, in the table `usage`.
    notes: Vec<&'static str>,
}

/// The figures of an association, if somebody asks for the page.
pub(super) async fn of(
    visit: &Visit,
    claim: &Claim,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<Option<Usage>, Problem> {
    let reads_itself = headers.get("sec-fetch-dest").is_some_and(|dest| dest == "empty");
    if claim.status() != Status::Associated || reads_itself {
        return Ok(None);
    }
    let keys: Vec<ItemKey> = claim.submission.items.iter().map(ItemKey::from).collect();
    let asked = Asked {
        by: Reader::Partner(visit.partner()?.clone()),
        tenant_id: claim.submission.customer.tenant_id,
        item: if let [only] = &keys[..] { Some(only.clone()) } else { None },
        from: None,
        to: None,
    };
    let shown = read(&visit.web.ledger, &asked, &visit.web.usage, now).await?;
    let words = visit.words()?;
    let items = shown.map(|shown| shown.items).unwrap_or_default();
    let items = items.into_iter().filter(|item| keys.contains(&item.item)).enumerate();
    let items = items.map(|(number, item)| Charted::of(visit, words, claim, number, &item));
    Ok(Some(Usage { items: items.collect() }))
}

impl Charted {
    fn of(visit: &Visit, words: &Words, claim: &Claim, number: usize, item: &ShownItem) -> Self {
        let claimed = claim.submission.items.iter().find(|claimed| item.item.names(claimed));
        let catalog = &visit.web.ledger.rules().catalog;
        let code = claimed.map(|claimed| claimed.code().as_str()).unwrap_or_default();
        let label = catalog.item_name(code).unwrap_or(code).to_owned();
        let chart_words = ChartWords {
            title: &label,
            figures: ["usage.users", "usage.paid", "usage.assigned"].map(|key| words.plain(key)),
            month: words.plain("usage.month"),
            as_table: words.plain("usage.as_table"),
            nothing: words.plain("usage.nothing"),
        };
        let chart = chart(&format!("usage-{number}"), &item.months, &chart_words);
        let known = ["before_association", "months_not_kept"];
        let notes = known.into_iter().filter(|code| item.notes.iter().any(|n| n.code == *code));
        Self { chart, notes: notes.collect(), label }
    }
}
