//! Who has each item of a claim, and which other claims want it.

use serde::Serialize;

use crate::calendar::Zone;
use crate::claim::identity::MpnId;
use crate::claim::item::Item;
use crate::claim::state::Holder;
use crate::claim::{Claim, ClaimId, ItemKey};
use crate::http::ops::claims::tone;
use crate::http::ops::frame::Visit;
use crate::http::ops::when::At;
use crate::http::problem::Problem;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};
use crate::view::status_in_words;

/// Claims of the same tenant that are looked through.
const RIVALS_MAX: usize = 50;

/// A claimed item.
#[derive(Serialize)]
pub(in crate::http::ops) struct Held {
    key: String,
    /// Its name for people.
    label: String,
    holder: Option<HeldBy>,
}

/// Who has it.
#[derive(Serialize)]
struct HeldBy {
    claim_id: ClaimId,
    mpn_id: MpnId,
    is_this: bool,
    is_official: bool,
    since: At,
}

/// Another claim for one of the items.
#[derive(Serialize)]
pub(super) struct Rival {
    claim_id: ClaimId,
    mpn_id: MpnId,
    words: &'static str,
    tone: &'static str,
    items: Vec<String>,
    submitted: At,
}

/// Who has each item.
pub(in crate::http::ops) fn held(
    visit: &Visit,
    claim: &Claim,
    holders: &[Holder],
    zone: &Zone,
) -> Vec<Held> {
    let catalog = &visit.web.ledger.rules().catalog;
    let item = |item: &Item| {
        let code = item.code().as_str();
        let holder = holders.iter().find(|holder| holder.item == *item);
        Held {
            key: item.key(),
            label: catalog.item_name(code).unwrap_or(code).to_owned(),
            holder: holder.map(|holder| HeldBy {
                claim_id: holder.claim_id,
                mpn_id: holder.mpn_id.clone(),
                is_this: holder.claim_id == claim.id,
                is_official: holder.official,
                since: At::of(holder.since, zone),
            }),
        }
    };
    claim.submission.items.iter().map(item).collect()
}

/// Other claims for the same items, the newest first, among the newest of the tenant.
pub(super) async fn rivals(
    visit: &Visit,
    claim: &Claim,
    zone: &Zone,
) -> Result<Vec<Rival>, Problem> {
    let tenant_id = Some(claim.submission.customer.tenant_id);
    let filter = ClaimFilter { tenant_id, ..ClaimFilter::default() };
    let size = PageSize::new(RIVALS_MAX).unwrap_or(PageSize::DEFAULT);
    let search = Search::new(filter, Order::Newest, size);
    let found = visit.web.ledger.store().search(&search).await?.entries;
    let rival = |other: Claim| {
        let wanted = other.submission.items.iter().filter(|item| is_among(item, claim));
        let items: Vec<String> = wanted.map(Item::key).collect();
        (other.id != claim.id && !items.is_empty()).then(|| Rival {
            claim_id: other.id,
            mpn_id: other.submission.partner.mpn_id.clone(),
            words: status_in_words(other.status()),
            tone: tone(other.status()),
            items,
            submitted: At::of(other.submitted_at, zone),
        })
    };
    Ok(found.into_iter().filter_map(rival).collect())
}

fn is_among(item: &Item, claim: &Claim) -> bool {
    let key = ItemKey::from(item);
    claim.submission.items.iter().any(|own| key.names(own))
}
