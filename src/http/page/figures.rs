//! What the customer sees of its usage figures: what a partner is shown of them, as charts, and who
//! has looked.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::facts::{ClaimFacts, Teller};
use super::own_view::OwnVisit;
use super::pages::Page;
use super::reply::Trouble;
use crate::claim::ItemKey;
use crate::claim::catalog::Catalog;
use crate::http::language::tag;
use crate::http::texts::Words;
use crate::store::StoreError;
use crate::usage::{ChartWords, Month, Read, Reader, chart};
use crate::usage_access::reading::visible;

/// Looks that are listed on the page.
const LOOKS: usize = 50;

/// The figures that a partner is shown, as the template reads them.
#[derive(Serialize)]
struct FiguresView {
    claim: ClaimFacts,
    since: String,
    items: Vec<ItemChart>,
    /// The list of all partners.
    list: String,
}

/// One item with its chart.
#[derive(Serialize)]
struct ItemChart {
    label: String,
    /// The subscription's id; empty for a workload.
    detail: String,
    /// HTML of ours.
    chart: String,
}

/// One look at the figures.
#[derive(Serialize)]
pub(super) struct LookFacts {
    at: String,
    /// The key of the words for who it was.
    by: &'static str,
    mpn_id: String,
    items: Vec<String>,
    /// Empty for an access token.
    from: String,
    to: String,
}

impl OwnVisit<'_> {
    /// The figures that the partner of an association is shown.
    pub async fn figures(&self, claim_id: &str) -> Result<Response, Trouble> {
        let store = self.web.ledger.store();
        let found = match self.claim(claim_id).await? {
            Some(claim) => {
                let grants = store.grants_of(&claim).await?;
                grants.first().map(|grant| grant.since).map(|since| (claim, grants, since))
            }
            None => None,
        };
        let Some((claim, grants, since)) = found else { return Ok(self.back("already")) };
        let facts = self.facts(&claim);
        let keys: Vec<ItemKey> = claim.submission.items.iter().map(ItemKey::from).collect();
        let read = store.usage_of(None, &self.link.tenant_id, &keys).await?;
        let (this, words) = (Month::of(self.now), self.web.pages.words(self.language));
        let span = (self.web.usage.oldest(this), this);
        let mut items = Vec::with_capacity(read.len());
        for (number, (usage, facts)) in read.iter().zip(&facts.items).enumerate() {
            // What is granted no longer is not seen by the partner.
            let Some(grant) = grants.iter().find(|grant| grant.item == usage.item) else {
                continue;
            };
            let months = visible(&usage.months, Some(grant), span);
            let chart =
                chart(&format!("chart-{number}"), &months, &chart_words(words, &facts.label));
            let (label, detail) = (facts.label.clone(), facts.detail.clone());
            items.push(ItemChart { label, detail, chart });
        }
        let since = self.teller(&claim).moment(since);
        let list = format!("?lang={}", tag(self.language));
        let values = FiguresView { claim: facts, since, items, list };
        let (template, language) = ("figures.html", self.language);
        let page = Page { template, language, values, errors: &[], can_switch: false };
        Ok(self.web.pages.reply(StatusCode::OK, &page))
    }

    /// Who has looked at the figures, newest first.
    pub async fn looks(&self) -> Result<Vec<LookFacts>, StoreError> {
        let reads = self.web.ledger.store().reads(&self.link.tenant_id, LOOKS).await?;
        let teller = Teller::at(self.zone.clone(), self.language);
        let catalog = &self.web.ledger.rules().catalog;
        Ok(reads.into_iter().map(|read| look(read, &teller, catalog)).collect())
    }
}

fn look(read: Read, teller: &Teller, catalog: &Catalog) -> LookFacts {
    let (by, mpn_id) = match read.by {
        Reader::Partner(mpn_id) => ("looked.partner", mpn_id.to_string()),
        Reader::Reviewer => ("looked.reviewer", String::new()),
        Reader::UsageDataService => ("looked.usage_data_service", String::new()),
    };
    let item = |item: &ItemKey| match item {
        ItemKey::Workload(code) => catalog.item_name(code.as_str()).unwrap_or(code.as_str()).into(),
        ItemKey::Subscription(id) => id.to_string(),
    };
    let months = read.months.map(|(from, to)| (from.to_string(), to.to_string()));
    let (from, to) = months.unwrap_or_default();
    let items = read.items.iter().map(item).collect();
    LookFacts { at: teller.moment(read.at), by, mpn_id, items, from, to }
}

fn chart_words<'a>(words: &'a Words, title: &'a str) -> ChartWords<'a> {
    ChartWords {
        title,
        figures: ["figures.users", "figures.paid", "figures.assigned"].map(|key| words.plain(key)),
        month: words.plain("figures.month"),
        as_table: words.plain("figures.as_table"),
        nothing: words.plain("figures.nothing"),
    }
}
