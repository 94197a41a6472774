//! Reading one claim, its history, and who holds its items. Lists are the business of `search`.

use chrono::{DateTime, Utc};

use crate::claim::event::Recorded;
use crate::claim::identity::{ClaimId, MpnId, TenantId};
use crate::claim::item::Item;
use crate::claim::state::Holder;
use crate::claim::{ChainTip, Chained, Claim, ItemKey};
use crate::store::{Store, StoreError};

/// Events of one claim that are read at most.
const HISTORY_MAX: isize = 10_000;

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
        let found: (Option<Vec<u8>>, Option<String>) = redis::cmd("HMGET")
            .arg(self.keys.claim(id))
            .arg("snapshot")
            .arg("chain")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read claim {id}")))?;
        match found {
            (Some(snapshot), chain) => {
                self.read_claim(id, &snapshot, chain.as_deref().unwrap_or_default()).await.map(Some)
            }
            (None, _) => Ok(None),
        }
    }

    /// Everything that has happened to the claim, oldest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn history(&self, id: ClaimId) -> Result<Vec<Recorded>, StoreError> {
        let history = self.chained_history(id).await?;
        Ok(history.into_iter().map(|chained| chained.recorded).collect())
    }

    /// The same, each event with what the history up to it adds up to.
    ///
    /// # Errors
    ///
    /// As [`Store::history`].
    pub async fn chained_history(&self, id: ClaimId) -> Result<Vec<Chained>, StoreError> {
        let lines = self.history_lines(id).await?;
        let read = |(line, chain): (&Vec<u8>, ChainTip)| {
            serde_json::from_slice(line).map(|recorded| Chained { recorded, chain })
        };
        let events = lines.iter().zip(ChainTip::each(id, &lines)).map(read);
        events.collect::<Result<_, _>>().map_err(|error| {
            StoreError::malformed(format!("read the history of claim {id}"), error)
        })
    }

    /// The same, byte for byte as it is stored.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn history_lines(&self, id: ClaimId) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("LRANGE")
            .arg(self.keys.history(id))
            .arg(0)
            .arg(HISTORY_MAX)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read the history of claim {id}")))
    }

    /// Who holds the items of the claim, itself included.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn holders(&self, claim: &Claim) -> Result<Vec<Holder>, StoreError> {
        let submission = &claim.submission;
        let found = self.holders_of(&submission.customer.tenant_id, &submission.items).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Who holds each of these items of a tenant.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn holders_of(
        &self,
        tenant_id: &TenantId,
        items: &[Item],
    ) -> Result<Vec<Option<Holder>>, StoreError> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let doing = || format!("read who holds items of tenant {tenant_id}");
        let mut command = redis::cmd("MGET");
        for item in items {
            command.arg(self.keys.item(tenant_id, item));
        }
        let mut connection = self.connection();
        let records: Vec<Option<String>> =
            command.query_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let holder = |(item, record): (&Item, Option<String>)| {
            let Some(record) = record else { return Ok(None) };
            read_holder(item, &record)
                .map(Some)
                .ok_or_else(|| StoreError::malformed(doing(), format!("the record `{record}`")))
        };
        items.iter().zip(records).map(holder).collect()
    }

    /// Whether somebody has each of these items of a tenant.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn taken(
        &self,
        tenant_id: &TenantId,
        items: &[ItemKey],
    ) -> Result<Vec<bool>, StoreError> {
        let mut command = redis::cmd("MGET");
        for item in items {
            command.arg(self.keys.item_named(tenant_id, item));
        }
        let mut connection = self.connection();
        let doing = || format!("read which items of tenant {tenant_id} are taken");
        let found: Vec<Option<String>> =
            command.query_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        Ok(found.iter().map(Option::is_some).collect())
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
