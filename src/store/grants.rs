//! Who may see which usage data: the grants, and the associations they come from.
//!
//! A grant is written and revoked in the commit that makes or ends its association, so what is
//! read here is what counts. Why somebody has none is the business of `usage_access`.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use crate::access::Authority;
use crate::claim::identity::{ClaimId, MpnId, TenantId};
use crate::claim::{Claim, ItemKey, Status};
use crate::store::search::{ClaimFilter, Order, Page, PageSize, Search};
use crate::store::{Store, StoreError};

/// A partner's open access to the usage data of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The item.
    pub item: ItemKey,
    /// The claim that brought it.
    pub claim_id: ClaimId,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A claim that is official, with its grants.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficialAssociation {
    /// The claim: partner, tenant, items, and since when.
    pub claim: Claim,
    /// The open grants of the claim, read after it: none if it has ended in between.
    pub grants: Vec<Grant>,
}

/// Whose associations are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// All partners of this customer.
    Tenant(TenantId),
    /// All customers of this partner.
    Partner(MpnId),
}

impl Search {
    /// The first page of the associations of a party, the newest claim first, as far as the caller
    /// sees them.
    #[must_use]
    pub fn associations_of(party: Party, seen_by: Option<Authority>, size: PageSize) -> Self {
        let status = Some(Status::Associated);
        let mut filter = ClaimFilter { status, seen_by, ..ClaimFilter::default() };
        match party {
            Party::Tenant(tenant_id) => filter.tenant_id = Some(tenant_id),
            Party::Partner(mpn_id) => filter.mpn_id = Some(mpn_id),
        }
        Self::new(filter, Order::Newest, size)
    }
}

impl Store {
    /// A page of official associations with their grants, of a search by
    /// [`Search::associations_of`].
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn associations(
        &self,
        search: &Search,
    ) -> Result<Page<OfficialAssociation>, StoreError> {
        let page = self.search(search).await?;
        let with_grants = async |claim: Claim| {
            let grants = self.grants_of(&claim).await?;
            Ok::<_, StoreError>(OfficialAssociation { claim, grants })
        };
        let entries = try_join_all(page.entries.into_iter().map(with_grants)).await?;
        Ok(Page { entries, next: page.next })
    }

    /// The open grants of a claim, in the order of its items.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn grants_of(&self, claim: &Claim) -> Result<Vec<Grant>, StoreError> {
        let submission = &claim.submission;
        let items: Vec<ItemKey> = submission.items.iter().map(ItemKey::from).collect();
        let (mpn_id, tenant_id) = (&submission.partner.mpn_id, &submission.customer.tenant_id);
        let grants = self.grants_on(mpn_id, tenant_id, &items).await?;
        Ok(grants.into_iter().flatten().filter(|grant| grant.claim_id == claim.id).collect())
    }

    /// The partner's grants on items of a tenant, in the order of the items.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn grants_on(
        &self,
        mpn_id: &MpnId,
        tenant_id: &TenantId,
        items: &[ItemKey],
    ) -> Result<Vec<Option<Grant>>, StoreError> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let doing = || format!("read the grants of partner {mpn_id} on tenant {tenant_id}");
        let mut command = redis::cmd("HMGET");
        command.arg(self.keys.grants(tenant_id));
        for item in items {
            command.arg(format!("{mpn_id} {item}"));
        }
        let mut connection = self.connection();
        let found: Vec<Option<String>> =
            command.query_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let grant = |(item, record): (&ItemKey, Option<String>)| {
            let Some(record) = record else { return Ok(None) };
            let grant = read_grant(item, &record);
            let malformed = || StoreError::malformed(doing(), format!("the grant `{record}`"));
            grant.map(Some).ok_or_else(malformed)
        };
        items.iter().zip(found).map(grant).collect()
    }
}

/// Reads `<claim id> <since ms>`.
pub(super) fn read_grant(item: &ItemKey, record: &str) -> Option<Grant> {
    let (claim_id, since_ms) = record.split_once(' ')?;
    Some(Grant {
        item: item.clone(),
        claim_id: ClaimId::parse(claim_id).ok()?,
        since: DateTime::from_timestamp_millis(since_ms.parse().ok()?)?,
    })
}
