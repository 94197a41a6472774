//! Usage figures, and who has looked at them.
//!
//! The figures of an item lie in one hash beside the grants of its tenant, so that both are read
//! in one step: what is shown is what was granted at that very moment. A hash has the months that
//! are kept and no others, and is gone by itself once nothing has come for so long.

use std::collections::BTreeMap;

use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use redis::Pipeline;

use crate::claim::ItemKey;
use crate::claim::identity::{MpnId, TenantId};
use crate::store::grants::{Grant, read_grant};
use crate::store::{Store, StoreError};
use crate::usage::{Figures, Month, RETENTION_MONTHS_MAX, Read, Reader, Usage, UsageSettings};

/// Items that are written at once.
const AT_ONCE: usize = 64;
/// What a month has at most, in seconds.
const MONTH_SECONDS: u64 = 31 * 24 * 3_600;

/// The figures of an item, and the asker's grant on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemUsage {
    /// The item.
    pub item: ItemKey,
    /// The partner's grant at the moment at which the figures were read.
    pub grant: Option<Grant>,
    /// Every month there is, oldest first.
    pub months: BTreeMap<Month, Figures>,
}

impl Store {
    /// Puts figures in the place of what was there of the same month, and forgets those of months
    /// that are not kept any more. Each item is written in one step; writing all of it again does
    /// no harm.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses; some items may have been written.
    pub async fn write_usage(
        &self,
        all: &[Usage],
        kept: &UsageSettings,
        this: Month,
    ) -> Result<(), StoreError> {
        // They may come in any order.
        let mut items: BTreeMap<(TenantId, ItemKey), Vec<(Month, Figures)>> = BTreeMap::new();
        for usage in all {
            let months = items.entry((usage.tenant_id, usage.item.clone())).or_default();
            months.push((usage.month, usage.figures));
        }
        let written =
            items.into_iter().map(|(item, months)| self.write_item(item, months, (kept, this)));
        iter(written).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        self.metrics().usage_came(all.len() as u64);
        Ok(())
    }

    async fn write_item(
        &self,
        (tenant_id, item): (TenantId, ItemKey),
        months: Vec<(Month, Figures)>,
        (kept, this): (&UsageSettings, Month),
    ) -> Result<(), StoreError> {
        let key = self.keys().usage(&tenant_id, &item);
        let mut pipeline = Pipeline::new();
        pipeline.atomic().cmd("HSET").arg(&key);
        for (month, figures) in months {
            pipeline.arg(month.to_string()).arg(figures.written());
        }
        pipeline.ignore();
        pipeline.cmd("HDEL").arg(&key);
        for back in 1..=RETENTION_MONTHS_MAX {
            pipeline.arg(kept.oldest(this).before(back).to_string());
        }
        pipeline.ignore();
        let seconds = u64::from(kept.retention_months + 1) * MONTH_SECONDS;
        pipeline.cmd("EXPIRE").arg(&key).arg(seconds).ignore();
        let mut connection = self.connection();
        let doing = || format!("write the figures of {item} of tenant {tenant_id}");
        pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing()))
    }

    /// The figures of items of a tenant, in their order, with the partner's grants on them: both as
    /// they are at one moment.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn usage_of(
        &self,
        mpn_id: Option<&MpnId>,
        tenant_id: &TenantId,
        items: &[ItemKey],
    ) -> Result<Vec<ItemUsage>, StoreError> {
        let doing = || format!("read the figures of tenant {tenant_id}");
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipeline = Pipeline::new();
        pipeline.atomic().cmd("HMGET").arg(self.keys().grants(tenant_id));
        for item in items {
            let partner = mpn_id.map(ToString::to_string).unwrap_or_default();
            pipeline.arg(format!("{partner} {item}"));
        }
        for item in items {
            pipeline.cmd("HGETALL").arg(self.keys().usage(tenant_id, item));
        }
        let mut connection = self.connection();
        let answers: Vec<redis::Value> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let malformed = |error: redis::ParsingError| StoreError::malformed(doing(), error);
        let mut answers = answers.into_iter();
        let grants: Vec<Option<String>> =
            redis::from_redis_value(answers.next().unwrap_or(redis::Value::Nil))
                .map_err(malformed)?;
        let mut read = Vec::with_capacity(items.len());
        for ((item, grant), months) in items.iter().zip(grants).zip(answers) {
            let months: Vec<(String, String)> =
                redis::from_redis_value(months).map_err(malformed)?;
            let wrong = |what: &str| StoreError::malformed(doing(), format!("`{what}`"));
            let months = months.iter().map(|(month, figures)| {
                let month = Month::parse(month).map_err(|_| wrong(month))?;
                Ok((month, Figures::read(figures).ok_or_else(|| wrong(figures))?))
            });
            let grant = grant.map(|text| read_grant(item, &text).ok_or_else(|| wrong(&text)));
            let (grant, months) = (grant.transpose()?, months.collect::<Result<_, StoreError>>()?);
            read.push(ItemUsage { item: item.clone(), grant, months });
        }
        Ok(read)
    }

    /// Keeps a look at a tenant's figures for the customer: the newest `kept` ones, and for each
    /// partner and item when the last one was.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn record_read(
        &self,
        tenant_id: &TenantId,
        read: &Read,
        kept: usize,
    ) -> Result<(), StoreError> {
        if read.items.is_empty() {
            return Ok(());
        }
        let doing = || format!("record a look at the figures of tenant {tenant_id}");
        let json = serde_json::to_string(read);
        let json = json.map_err(|error| StoreError::malformed(doing(), error))?;
        let key = self.keys().reads(tenant_id);
        let mut pipeline = Pipeline::new();
        pipeline.atomic().cmd("LPUSH").arg(&key).arg(json).ignore();
        pipeline.cmd("LTRIM").arg(&key).arg(0).arg(kept.saturating_sub(1)).ignore();
        if let Reader::Partner(mpn_id) = &read.by {
            pipeline.cmd("HSET").arg(self.keys().looks(tenant_id));
            for item in &read.items {
                pipeline.arg(format!("{mpn_id} {item}")).arg(read.at.timestamp_millis());
            }
            pipeline.ignore();
        }
        let mut connection = self.connection();
        pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing()))
    }

    /// The newest looks at a tenant's figures, newest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn reads(&self, tenant_id: &TenantId, most: usize) -> Result<Vec<Read>, StoreError> {
        let doing = || format!("read who looked at the figures of tenant {tenant_id}");
        let mut connection = self.connection();
        let found: Vec<Vec<u8>> = redis::cmd("LRANGE")
            .arg(self.keys().reads(tenant_id))
            .arg(0)
            .arg(most.saturating_sub(1))
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        let read = found.iter().map(|json| serde_json::from_slice(json));
        read.collect::<Result<_, _>>().map_err(|error| StoreError::malformed(doing(), error))
    }
}
