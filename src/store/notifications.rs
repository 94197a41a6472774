//! Subscriptions of partners' people, and what each has due.
//!
//! Like webhooks they lie in one hash with a version, so that a relay sees with one short look
//! whether what it knows is still right. Where the digests of a subscription are is nothing that a
//! relay has to know.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::{Job, TendSubscription};
use redis::Pipeline;
use tracing::warn;

use crate::claim::identity::{EmailAddress, MpnId};
use crate::notifications::{ASKED_PER_DAY_MAX, Subscription, SubscriptionId};
use crate::store::batch::{Answer, Batch};
use crate::store::relay::{ToPut, Waiting};
use crate::store::{Instant, Store, StoreError};

/// The field of the hash that counts its changes.
const VERSION: &str = "version";
/// How often a change is tried again when somebody else was faster.
const CONFLICTS_MAX: u32 = 10;
/// Requests to confirm an address that one partner causes within a day.
const ASKED_BY_PER_DAY_MAX: u64 = 30;
/// For how long somebody who does not want to be asked is left alone.
const LEFT_ALONE: TimeDelta = TimeDelta::days(30);
const DAY_SECONDS: i64 = 24 * 3_600;
/// No time is part of what is written here.
const TIMELESS: Instant =
    Instant { now: DateTime::UNIX_EPOCH, real: DateTime::UNIX_EPOCH, skew_ms: None };

impl Store {
    /// All subscriptions, oldest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        let mut connection = self.connection();
        let all: Vec<(String, Vec<u8>)> = redis::cmd("HGETALL")
            .arg(self.keys().subscriptions())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the subscriptions"))?;
        let read = |(id, json): (String, Vec<u8>)| match serde_json::from_slice(&json) {
            _ if id == VERSION => None,
            Ok(subscription) => Some(subscription),
            Err(error) => {
                // The others have to be told all the same. What cannot be read may be an address.
                let at = error.column();
                warn!(subscription.id = id, "subscription {id} cannot be read at column {at}");
                None
            }
        };
        let mut subscriptions: Vec<Subscription> = all.into_iter().filter_map(read).collect();
        subscriptions.sort_by_key(|subscription| (subscription.created_at, subscription.id));
        Ok(subscriptions)
    }

    /// How often what a relay has to know of subscriptions was changed; 0 before the first one.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn subscriptions_version(&self) -> Result<u64, StoreError> {
        let mut connection = self.connection();
        let version: Option<u64> = redis::cmd("HGET")
            .arg(self.keys().subscriptions())
            .arg(VERSION)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the version of the subscriptions"))?;
        Ok(version.unwrap_or_default())
    }

    /// One subscription, if it exists.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn subscription(
        &self,
        id: SubscriptionId,
    ) -> Result<Option<Subscription>, StoreError> {
        Ok(self.stored_subscription(id).await?.map(|(subscription, _)| subscription))
    }

    async fn stored_subscription(
        &self,
        id: SubscriptionId,
    ) -> Result<Option<(Subscription, String)>, StoreError> {
        let doing = || format!("read subscription {id}");
        let mut connection = self.connection();
        let json: Option<String> = redis::cmd("HGET")
            .arg(self.keys().subscriptions())
            .arg(id.to_string())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        let Some(json) = json else { return Ok(None) };
        let subscription =
            serde_json::from_str(&json).map_err(|error| StoreError::malformed(doing(), error))?;
        Ok(Some((subscription, json)))
    }

    /// Adds a subscription, and tells the workers.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn add_subscription(&self, subscription: &Subscription) -> Result<(), StoreError> {
        self.write_subscription("", None, subscription).await.map(drop)
    }

    /// Changes a subscription, and tells the workers what they have to know; nothing when it does
    /// not exist.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or the subscription is changed all the time.
    pub async fn change_subscription(
        &self,
        id: SubscriptionId,
        change: impl Fn(&mut Subscription),
    ) -> Result<Option<Subscription>, StoreError> {
        for _ in 0..CONFLICTS_MAX {
            let Some((before, json)) = self.stored_subscription(id).await? else {
                return Ok(None);
            };
            let mut after = before.clone();
            change(&mut after);
            if after == before || self.write_subscription(&json, Some(&before), &after).await? {
                return Ok(Some(after));
            }
        }
        let found = "others kept changing it";
        Err(StoreError::malformed(format!("change subscription {id}"), found))
    }

    /// False when what is stored is not what was read.
    async fn write_subscription(
        &self,
        json_before: &str,
        before: Option<&Subscription>,
        after: &Subscription,
    ) -> Result<bool, StoreError> {
        let doing = || format!("write subscription {}", after.id);
        let json =
            serde_json::to_string(after).map_err(|error| StoreError::malformed(doing(), error))?;
        let (key, id) = (self.keys().subscriptions(), after.id.to_string());
        let relay_knows = before.is_some_and(|before| {
            Subscription { digests: after.digests, ..before.clone() } == *after
        });
        let mut batch = Batch::new(key.clone());
        batch.guard(key.clone(), &id, json_before);
        batch.write("HSET", key.clone(), &[&id, &json]);
        if !relay_knows {
            batch.write("HINCRBY", key, &[&VERSION, &1]);
        }
        let done = self.run(&batch, 0, TIMELESS, doing).await?;
        if !relay_knows {
            self.wake_everybody().await?;
        }
        Ok(done == Answer::Done)
    }

    /// Removes a subscription; false when there was none.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn remove_subscription(&self, id: SubscriptionId) -> Result<bool, StoreError> {
        let doing = || format!("remove subscription {id}");
        let Some((_, before)) = self.stored_subscription(id).await? else { return Ok(false) };
        let key = self.keys().subscriptions();
        let mut batch = Batch::new(key.clone());
        batch.guard(key.clone(), id.to_string(), &before);
        batch.write("HINCRBY", key.clone(), &[&VERSION, &1]);
        batch.write("HDEL", key, &[&id.to_string()]);
        let done = self.run(&batch, 0, TIMELESS, doing).await?;
        self.wake_everybody().await?;
        Ok(done == Answer::Done)
    }

    /// Puts what a subscription has due on the agenda, or moves it to `due_at`. What a worker has
    /// in hand right now is left to it.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn plan_tending(
        &self,
        subscription: &Subscription,
        asking: Option<u32>,
        due_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let partition = self.keys().partition_of_partner(&subscription.mpn_id);
        let entry: TendSubscription = subscription.tending(asking);
        let put = ToPut { job: Job::TendSubscription, entries: vec![entry.entry()] };
        self.put_on_agenda(partition, Waiting { due_at, put }).await.map(drop)
    }

    /// Counts a request to confirm an address; false when there were too many of late.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn count_asking(
        &self,
        email: &EmailAddress,
        mpn_id: &MpnId,
    ) -> Result<bool, StoreError> {
        let bounds = [
            (self.keys().asked_by(mpn_id), ASKED_BY_PER_DAY_MAX),
            (self.keys().asked(email), ASKED_PER_DAY_MAX),
        ];
        for (key, most) in bounds {
            let mut pipeline = Pipeline::new();
            pipeline.cmd("INCR").arg(&key);
            pipeline.cmd("EXPIRE").arg(&key).arg(DAY_SECONDS).arg("NX").ignore();
            let mut connection = self.connection();
            let (count,): (u64,) = pipeline
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing("count requests to confirm an address"))?;
            if count > most {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Nobody is to be asked at this address for a while.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn ask_no_more(&self, email: &EmailAddress) -> Result<(), StoreError> {
        let mut connection = self.connection();
        redis::cmd("SET")
            .arg(self.keys().asked(email))
            .arg(ASKED_PER_DAY_MAX)
            .arg("EX")
            .arg(LEFT_ALONE.num_seconds())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("remember that an address is not to be asked"))
    }
}
