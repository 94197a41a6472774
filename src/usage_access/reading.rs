//! Looking at figures: what is shown, why the rest is not, and the record of it for the customer.
//!
//! Nothing is shown that is not on record first: when the record cannot be written, nobody sees
//! anything. Grants and figures are read at the same moment, so what a revoked grant had opened is
//! closed from the commit on that revoked it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Access, NoAccess, Question, access};
use crate::claim::identity::{MpnId, TenantId};
use crate::claim::{Claim, Finding, ItemKey, Status};
use crate::ledger::Ledger;
use crate::metrics::Seeing;
use crate::store::StoreError;
use crate::store::grants::Grant;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};
use crate::store::usage::ItemUsage;
use crate::usage::{Figures, Month, Read, Reader, UsageSettings};

/// Items of one answer, as many as a claim can have.
const ITEMS_MAX: usize = cpor_jobs::limits::ITEMS_MAX;

/// Who wants to see what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub by: Reader,
    /// Whose figures.
    pub tenant_id: TenantId,
    /// Of which item; nothing for all that the partner has claimed.
    pub item: Option<ItemKey>,
    /// From this month on.
    pub from: Option<Month>,
    /// Up to this month, included.
    pub to: Option<Month>,
}

/// What is shown, and why something is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The first month that was asked for and is kept, and the last one.
    pub months: (Month, Month),
    /// The items whose figures are shown.
    pub items: Vec<ShownItem>,
    /// The others that the partner has claimed, and why theirs are not.
    pub not_shown: Vec<(ItemKey, NoAccess)>,
}

/// The figures of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownItem {
    /// The item.
    pub item: ItemKey,
    /// The partner's grant; nothing where none is needed.
    pub grant: Option<Grant>,
    /// The months, oldest first.
    pub months: BTreeMap<Month, Figures>,
    /// Why some months that were asked for are not there.
    pub notes: Vec<Finding>,
}

/// Shows figures, after it is on record that they are seen; inside, what is wrong with the
/// question, or why the one item that was asked for is not shown.
///
/// # Errors
///
/// When Redis cannot be reached or refuses, or what lies there cannot be read.
pub async fn read(
    ledger: &Ledger,
    asked: &Asked,
    kept: &UsageSettings,
    now: DateTime<Utc>,
) -> Result<Result<Shown, Vec<Finding>>, StoreError> {
    let (this, store) = (Month::of(now), ledger.store());
    let months = match span(asked, kept, this) {
        Ok(months) => months,
        Err(finding) => return Ok(Err(vec![finding])),
    };
    let items = match items(ledger, asked).await? {
        Ok(items) => items,
        Err(finding) => return Ok(Err(vec![finding])),
    };
    let partner = if let Reader::Partner(mpn_id) = &asked.by { Some(mpn_id) } else { None };
    let mut shown = Shown { months, items: Vec::new(), not_shown: Vec::new() };
    for usage in store.usage_of(partner, &asked.tenant_id, &items).await? {
        let Some(mpn_id) = partner.filter(|_| usage.grant.is_none()) else {
            shown.items.push(ShownItem::of(usage, asked, months));
            continue;
        };
        match why_not(ledger, mpn_id, &asked.tenant_id, &usage.item, now).await? {
            Some(why) => shown.not_shown.push((usage.item, why)),
            // It has been granted this moment.
            None => shown.items.extend(granted_now(ledger, asked, &usage.item, months).await?),
        }
    }
    let seeing = if shown.items.is_empty() { Seeing::NotShown } else { Seeing::Shown };
    store.metrics().usage_read(seeing);
    if let (Some(_), Some((_, why))) = (&asked.item, shown.not_shown.first()) {
        return Ok(Err(vec![Finding::new("item", why.code(), why.sentence())]));
    }
    let items = shown.items.iter().map(|shown| shown.item.clone()).collect();
    let read = Read { at: now, by: asked.by.clone(), items, months: Some(shown.seen()) };
    store.record_read(&asked.tenant_id, &read, kept.reads_kept).await?;
    Ok(Ok(shown))
}

/// Records that the partner may look at the data of all these items now, if all are granted.
///
/// # Errors
///
/// When Redis cannot be reached or refuses; inside, one finding for each item that is not granted.
pub async fn admit(
    ledger: &Ledger,
    mpn_id: &MpnId,
    (tenant_id, items): (&TenantId, &[ItemKey]),
    kept: &UsageSettings,
    now: DateTime<Utc>,
) -> Result<Result<(), Vec<Finding>>, StoreError> {
    let store = ledger.store();
    let grants = store.grants_on(mpn_id, tenant_id, items).await?;
    let mut findings = Vec::new();
    for (index, item) in items.iter().enumerate().filter(|(index, _)| grants[*index].is_none()) {
        if let Some(why) = why_not(ledger, mpn_id, tenant_id, item, now).await? {
            findings.push(Finding::new(format!("items[{index}]"), why.code(), why.sentence()));
        }
    }
    if !findings.is_empty() {
        return Ok(Err(findings));
    }
    let (by, items) = (Reader::Partner(mpn_id.clone()), items.to_vec());
    let read = Read { at: now, by, items, months: None };
    store.record_read(tenant_id, &read, kept.reads_kept).await?;
    Ok(Ok(()))
}

/// The months that a partner sees of what is there: from the one on in which it was granted
/// access, as far as they are kept ([`crate::usage`] says why).
#[must_use]
pub fn visible(
    months: &BTreeMap<Month, Figures>,
    grant: Option<&Grant>,
    (from, to): (Month, Month),
) -> BTreeMap<Month, Figures> {
    let begins = grant.map_or(from, |grant| Month::of(grant.since).max(from));
    let within = |(month, _): &(&Month, &Figures)| begins <= **month && **month <= to;
    months.iter().filter(within).map(|(month, figures)| (*month, *figures)).collect()
}

impl Shown {
    /// The months that were shown of one item or another.
    fn seen(&self) -> (Month, Month) {
        let begins = self.items.iter().map(|item| item.begins(self.months.0)).min();
        (begins.unwrap_or(self.months.0).min(self.months.1), self.months.1)
    }
}

impl ShownItem {
    fn of(usage: ItemUsage, asked: &Asked, (from, to): (Month, Month)) -> Self {
        let ItemUsage { item, grant, months } = usage;
        let months = visible(&months, grant.as_ref(), (from, to));
        let mut shown = Self { item, grant, months, notes: Vec::new() };
        let mut note = |code, message| shown.notes.push(Finding::new("months", code, message));
        if asked.from.is_some_and(|asked| asked < from) {
            note("months_not_kept", format!("Figures are kept from {from} on."));
        }
        if let Some(grant) = &shown.grant
            && Month::of(grant.since) > from
        {
            let (month, since) = (Month::of(grant.since), super::utc(grant.since));
            let message = format!(
                "Figures of months before {month} are not shown: the association is official since \
                 {since}."
            );
            note("before_association", message);
        }
        if shown.months.is_empty() {
            note("no_figures", "No figures of the other months have come in.".to_owned());
        }
        shown
    }

    fn begins(&self, from: Month) -> Month {
        self.grant.as_ref().map_or(from, |grant| Month::of(grant.since).max(from))
    }
}

/// The months that were asked for and are kept.
fn span(asked: &Asked, kept: &UsageSettings, this: Month) -> Result<(Month, Month), Finding> {
    let oldest = kept.oldest(this);
    let (from, to) = (asked.from.unwrap_or(oldest), asked.to.unwrap_or(this));
    if to < from {
        let message = "The last month is before the first one.";
        return Err(Finding::new("to", "months_turned_around", message));
    }
    Ok((from.max(oldest), to))
}

/// The items that are asked about: the one, or all that the partner has claimed, with the official
/// ones first.
async fn items(
    ledger: &Ledger,
    asked: &Asked,
) -> Result<Result<Vec<ItemKey>, Finding>, StoreError> {
    let missing = |message| Ok(Err(Finding::new("item", "item_missing", message)));
    let mpn_id = match (&asked.item, &asked.by) {
        (Some(item), _) => return Ok(Ok(vec![item.clone()])),
        (None, Reader::Partner(mpn_id)) => mpn_id,
        (None, Reader::Reviewer | Reader::UsageDataService) => return missing("Name the item."),
    };
    let mut items = Vec::new();
    for status in [Some(Status::Associated), None] {
        for claim in claims_of(ledger, mpn_id, &asked.tenant_id, status).await? {
            for item in claim.submission.items.iter().map(ItemKey::from) {
                if !items.contains(&item) {
                    items.push(item);
                }
            }
        }
        if status.is_some() && items.len() > ITEMS_MAX {
            return missing("You have more items than one answer has room for. Name the item.");
        }
    }
    items.truncate(ITEMS_MAX);
    Ok(Ok(items))
}

async fn claims_of(
    ledger: &Ledger,
    mpn_id: &MpnId,
    tenant_id: &TenantId,
    status: Option<Status>,
) -> Result<Vec<Claim>, StoreError> {
    let filter = ClaimFilter {
        mpn_id: Some(mpn_id.clone()),
        tenant_id: Some(*tenant_id),
        status,
        ..ClaimFilter::default()
    };
    let search = Search::new(filter, Order::Newest, PageSize::DEFAULT);
    Ok(ledger.store().search(&search).await?.entries)
}

/// Why the partner does not see the item; nothing if it does by now.
async fn why_not(
    ledger: &Ledger,
    mpn_id: &MpnId,
    tenant_id: &TenantId,
    item: &ItemKey,
    now: DateTime<Utc>,
) -> Result<Option<NoAccess>, StoreError> {
    let (mpn_id, tenant_id, item) = (mpn_id.clone(), *tenant_id, item.clone());
    let answer = access(ledger, &Question { mpn_id, tenant_id, item }, now).await?;
    Ok(if let Access::Denied(why) = answer { Some(why) } else { None })
}

async fn granted_now(
    ledger: &Ledger,
    asked: &Asked,
    item: &ItemKey,
    months: (Month, Month),
) -> Result<Option<ShownItem>, StoreError> {
    let Reader::Partner(mpn_id) = &asked.by else { return Ok(None) };
    let item = std::slice::from_ref(item);
    let read = ledger.store().usage_of(Some(mpn_id), &asked.tenant_id, item).await?;
    let granted = read.into_iter().find(|usage| usage.grant.is_some());
    Ok(granted.map(|usage| ShownItem::of(usage, asked, months)))
}
