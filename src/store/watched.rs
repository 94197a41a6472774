//! Associations on subscriptions that became official before anybody looked for the end of their
//! subscriptions: they are put on the agenda once.

use cpor_jobs::Job;

use crate::claim::ClaimId;
use crate::store::indexes::claim_of_member;
use crate::store::{Store, StoreError};

/// Entries of the index that are read at once.
const PAGE: usize = 500;
const DOING: &str = "look for associations on subscriptions";

impl Store {
    /// Plans the look at their subscriptions for the official associations of a partition that have
    /// none planned, as far as none at all is planned there; and says for how many.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn watch_subscriptions(&self, partition: u16) -> Result<u64, StoreError> {
        let (keys, job) = (self.keys(), Job::CheckSubscription);
        let planned =
            [keys.agenda(partition, job), keys.running(partition, job), keys.dead(partition, job)];
        let mut pipeline = redis::pipe();
        for key in &planned {
            pipeline.cmd("ZCARD").arg(key);
        }
        let mut connection = self.connection();
        let counts: Vec<u64> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(DOING))?;
        if counts.iter().sum::<u64>() > 0 {
            return Ok(0);
        }
        let (mut entered, mut from) = (0, "[subscription:".to_owned());
        loop {
            let page: Vec<String> = redis::cmd("ZRANGE")
                .arg(keys.by_item(partition))
                .arg(&from)
                .arg("(subscription;")
                .arg("BYLEX")
                .arg("LIMIT")
                .arg(0)
                .arg(PAGE)
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing(DOING))?;
            for id in page.iter().filter_map(|member| claim_of_member(member)) {
                entered += u64::from(self.watch(partition, id).await?);
            }
            match page.last() {
                Some(last) if page.len() == PAGE => from = format!("({last}"),
                Some(_) | None => return Ok(entered),
            }
        }
    }

    async fn watch(&self, partition: u16, id: ClaimId) -> Result<bool, StoreError> {
        let Some(claim) = self.claim(id).await? else { return Ok(false) };
        let Some(since) = claim.watched_since() else { return Ok(false) };
        let mut connection = self.connection();
        redis::cmd("ZADD")
            .arg(self.keys().agenda(partition, Job::CheckSubscription))
            .arg("NX")
            .arg(since.timestamp_millis())
            .arg(id.to_string())
            .query_async::<bool>(&mut connection)
            .await
            .map_err(StoreError::doing(format!("plan the look at subscriptions of claim {id}")))
    }
}
