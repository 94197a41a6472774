//! Looks at usage figures: did who looked have an association then?

use chrono::{DateTime, Utc};

use crate::check::Invariant::I39;
use crate::check::report::Looks;
use crate::check::walk::{IN_FLIGHT_MAX, Seen, Walk, Wrong};
use crate::claim::identity::TenantId;
use crate::claim::{Claim, Event, Recorded};
use crate::store::looks::Look;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};

impl Walk<'_> {
    pub(super) async fn looks(&self, key: String, tenant_id: &str, now: DateTime<Utc>) -> Seen {
        let Ok(tenant_id) = TenantId::parse(tenant_id) else { return Ok(None) };
        let mut looks = Looks::default();
        for look in self.store().looks(&tenant_id).await? {
            let wrong = self.twice(|| self.looked(tenant_id, &look, now)).await?;
            looks.look(I39, wrong.is_none(), || wrong.unwrap_or_default());
        }
        Ok(Some((format!("key {key}"), looks)))
    }

    async fn looked(&self, tenant_id: TenantId, look: &Look, now: DateTime<Utc>) -> Wrong {
        if !self.patience.still_keeps(look.at, now) {
            return Ok(None); // Its claim may have left for the archive.
        }
        let (tenant_id, mpn_id) = (Some(tenant_id), Some(look.mpn_id.clone()));
        let filter = ClaimFilter { mpn_id, tenant_id, ..ClaimFilter::default() };
        let first = Search::new(filter, Order::Newest, PageSize::MAX);
        let mut search = Some(first.clone());
        while let Some(asked) = search {
            let page = self.store().search(&asked).await?;
            for claim in page.entries {
                if self.had_it(&claim, look).await? {
                    return Ok(None);
                }
            }
            search = page.next.and_then(|cursor| first.clone().after(&cursor).ok());
        }
        let Look { mpn_id, item, at } = look;
        Ok(Some(format!("partner {mpn_id} looked at {item} at {at} without an association")))
    }

    async fn had_it(&self, claim: &Claim, look: &Look) -> Result<bool, crate::store::StoreError> {
        if !claim.submission.items.iter().any(|item| look.item.names(item)) {
            return Ok(false);
        }
        let history = self.store().history(claim.id).await?;
        // Who read the grant just before it was revoked writes just after that.
        let begun = history.iter().find_map(official_at).is_some_and(|at| at <= look.at);
        let over = |recorded: &&Recorded| matches!(recorded.event, Event::AssociationEnded { .. });
        let ended = history.iter().find(over).map(|recorded| recorded.at);
        Ok(begun && ended.is_none_or(|ended| look.at <= ended + IN_FLIGHT_MAX))
    }
}

const fn official_at(recorded: &Recorded) -> Option<DateTime<Utc>> {
    match &recorded.event {
        Event::AssociationFinalized { official_at } => Some(*official_at),
        Event::AssociationImported(imported) => Some(imported.since),
        _ => None,
    }
}
