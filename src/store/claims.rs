//! Reading claims: one, its history, who holds its items, and lists.

use chrono::{DateTime, Utc};
use futures_util::future::join_all;

use crate::claim::event::Recorded;
use crate::claim::identity::{ClaimId, MpnId, TenantId};
use crate::claim::item::Item;
use crate::claim::state::Holder;
use crate::claim::{Claim, Status};
use crate::store::{Store, StoreError};

/// Claims read in one go while listing.
const PAGE: usize = 500;
/// Events of one claim that are read at most.
const HISTORY_MAX: isize = 10_000;

/// Which claims to list; everything that is given has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimFilter {
    /// Claims in this status.
    pub status: Option<Status>,
    /// Claims of this partner.
    pub mpn_id: Option<MpnId>,
    /// Claims on this tenant.
    pub tenant_id: Option<TenantId>,
}

impl ClaimFilter {
    fn admits(&self, claim: &Claim) -> bool {
        self.status.is_none_or(|status| claim.status() == status)
            && self.mpn_id.as_ref().is_none_or(|id| claim.submission.partner.mpn_id == *id)
            && self.tenant_id.is_none_or(|id| claim.submission.customer.tenant_id == id)
    }
}

impl Store {
    /// The claim as it is now, if it exists.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn claim(&self, id: ClaimId) -> Result<Option<Claim>, StoreError> {
        if id.partition() >= self.keys.partitions() {
            return Ok(None);
        }
        let mut connection = self.connection();
        let snapshot: Option<Vec<u8>> = redis::cmd("HGET")
            .arg(self.keys.claim(id))
            .arg("snapshot")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read claim {id}")))?;
        match snapshot {
            Some(snapshot) => self.read_claim(id, &snapshot).await.map(Some),
            None => Ok(None),
        }
    }

    /// Everything that has happened to the claim, oldest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn history(&self, id: ClaimId) -> Result<Vec<Recorded>, StoreError> {
        let doing = || format!("read the history of claim {id}");
        let mut connection = self.connection();
        let events: Vec<Vec<u8>> = redis::cmd("LRANGE")
            .arg(self.keys.history(id))
            .arg(0)
            .arg(HISTORY_MAX)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        events
            .iter()
            .map(|json| serde_json::from_slice(json))
            .collect::<Result<_, _>>()
            .map_err(|error| StoreError::malformed(doing(), error))
    }

    /// Who holds the items of the claim, itself included.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn holders(&self, claim: &Claim) -> Result<Vec<Holder>, StoreError> {
        let doing = || format!("read who holds the items of claim {}", claim.id);
        let tenant_id = &claim.submission.customer.tenant_id;
        let items = &claim.submission.items;
        let mut command = redis::cmd("MGET");
        for item in items {
            command.arg(self.keys.item(tenant_id, item));
        }
        let mut connection = self.connection();
        let records: Vec<Option<String>> =
            command.query_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let held = items.iter().zip(records);
        held.filter_map(|(item, record)| Some((item, record?)))
            .map(|(item, record)| {
                read_holder(item, &record)
                    .ok_or_else(|| StoreError::malformed(doing(), format!("the record `{record}`")))
            })
            .collect()
    }

    /// The ids of claims that an index of the filter names, oldest first, from `offset` on.
    async fn indexed(
        &self,
        filter: &ClaimFilter,
        partition: u16,
        offset: usize,
    ) -> Result<Vec<ClaimId>, StoreError> {
        let index = match (&filter.tenant_id, &filter.mpn_id, filter.status) {
            (Some(tenant_id), _, _) => self.keys.by_tenant(tenant_id),
            (None, Some(mpn_id), _) => self.keys.by_partner(partition, mpn_id),
            (None, None, Some(status)) => self.keys.by_status(partition, status),
            (None, None, None) => return self.every_status(partition, offset).await,
        };
        self.zset_page(&index, offset).await
    }

    /// All claims of a partition, by going through the indexes of all statuses.
    async fn every_status(
        &self,
        partition: u16,
        mut offset: usize,
    ) -> Result<Vec<ClaimId>, StoreError> {
        let mut connection = self.connection();
        for status in Status::ALL {
            let index = self.keys.by_status(partition, status);
            let size: usize = redis::cmd("ZCARD")
                .arg(&index)
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing("list claims"))?;
            if offset < size {
                return self.zset_page(&index, offset).await;
            }
            offset -= size;
        }
        Ok(Vec::new())
    }

    async fn zset_page(&self, index: &str, offset: usize) -> Result<Vec<ClaimId>, StoreError> {
        let mut connection = self.connection();
        let ids: Vec<String> = redis::cmd("ZRANGE")
            .arg(index)
            .arg(offset)
            .arg(offset + PAGE - 1)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("list claims"))?;
        Ok(ids.iter().filter_map(|id| ClaimId::parse(id).ok()).collect())
    }

    /// Up to a page of claims of one partition that fit the filter, and where to go on.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn list(
        &self,
        filter: &ClaimFilter,
        partition: u16,
        offset: usize,
    ) -> Result<(Vec<Claim>, Option<usize>), StoreError> {
        let ids = self.indexed(filter, partition, offset).await?;
        let next = (!ids.is_empty()).then(|| offset + ids.len());
        let claims = self.claims(&ids).await?;
        Ok((claims.into_iter().filter(|claim| filter.admits(claim)).collect(), next))
    }

    /// The partitions in which claims that fit the filter can lie.
    #[must_use]
    pub fn partitions_of(&self, filter: &ClaimFilter) -> Vec<u16> {
        match &filter.tenant_id {
            Some(tenant_id) => vec![self.keys.partition_of_tenant(tenant_id)],
            None => (0..self.keys.partitions()).collect(),
        }
    }

    /// Reads many claims; those that are gone by now are left out.
    async fn claims(&self, ids: &[ClaimId]) -> Result<Vec<Claim>, StoreError> {
        let claims = join_all(ids.iter().map(|&id| self.claim(id))).await;
        claims.into_iter().filter_map(Result::transpose).collect()
    }
}

/// `<claim id> <mpn id> held|associated <since ms>`.
pub(super) fn read_holder(item: &Item, record: &str) -> Option<Holder> {
    let [claim_id, mpn_id, kind, since_ms] =
        record.split(' ').collect::<Vec<_>>().try_into().ok()?;
    Some(Holder {
        item: item.clone(),
        claim_id: ClaimId::parse(claim_id).ok()?,
        mpn_id: MpnId::parse(mpn_id).ok()?,
        since: since_ms.parse().ok().and_then(DateTime::<Utc>::from_timestamp_millis)?,
        official: kind == "associated",
    })
}
