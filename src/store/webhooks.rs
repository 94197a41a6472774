//! Webhooks and the outcomes of their latest deliveries.
//!
//! Webhooks lie in one hash with a version, so that whoever keeps a copy sees with one short look
//! whether it is still right. No secret is stored.

use chrono::DateTime;
use redis::Pipeline;
use tracing::warn;

use crate::store::batch::{Answer, Batch};
use crate::store::{Instant, Store, StoreError};
use crate::webhook::{Attempted, Webhook, WebhookId};

/// The field of the hash that counts its changes.
const VERSION: &str = "version";
/// Outcomes of deliveries that are kept per webhook.
const OUTCOMES_MAX: isize = 100;
/// After so long without a delivery the outcomes are forgotten, in seconds.
const OUTCOMES_SECONDS: u32 = 90 * 24 * 3_600;
/// How often a change is tried again when somebody else was faster.
const CONFLICTS_MAX: u32 = 10;
/// No time is part of what is written here.
const TIMELESS: Instant =
    Instant { now: DateTime::UNIX_EPOCH, real: DateTime::UNIX_EPOCH, skew_ms: None };

impl Store {
    /// All webhooks, oldest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let mut connection = self.connection();
        let all: Vec<(String, Vec<u8>)> = redis::cmd("HGETALL")
            .arg(self.keys().webhooks())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the webhooks"))?;
        let read = |(id, json): (String, Vec<u8>)| match serde_json::from_slice::<Webhook>(&json) {
            _ if id == VERSION => None,
            Ok(webhook) => Some(webhook),
            Err(error) => {
                // The others have to be told all the same.
                warn!(webhook.id = id, %error, "webhook {id} cannot be read and is left out");
                None
            }
        };
        let mut webhooks: Vec<Webhook> = all.into_iter().filter_map(read).collect();
        webhooks.sort_by_key(|webhook| (webhook.created_at, webhook.id));
        Ok(webhooks)
    }

    /// Whether there are any webhooks.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn has_webhooks(&self) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        let length: usize = redis::cmd("HLEN")
            .arg(self.keys().webhooks())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("count the webhooks"))?;
        Ok(length > 1)
    }

    /// How often webhooks have been changed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn webhooks_version(&self) -> Result<u64, StoreError> {
        let mut connection = self.connection();
        let version: Option<u64> = redis::cmd("HGET")
            .arg(self.keys().webhooks())
            .arg(VERSION)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the version of the webhooks"))?;
        Ok(version.unwrap_or_default())
    }

    /// One webhook, if it exists.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        Ok(self.stored_webhook(id).await?.map(|(webhook, _)| webhook))
    }

    async fn stored_webhook(&self, id: WebhookId) -> Result<Option<(Webhook, String)>, StoreError> {
        let doing = || format!("read webhook {id}");
        let mut connection = self.connection();
        let json: Option<String> = redis::cmd("HGET")
            .arg(self.keys().webhooks())
            .arg(id.to_string())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        let Some(json) = json else { return Ok(None) };
        let webhook =
            serde_json::from_str(&json).map_err(|error| StoreError::malformed(doing(), error))?;
        Ok(Some((webhook, json)))
    }

    /// Adds a webhook, and tells the workers.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        self.write_webhook("", webhook).await.map(drop)
    }

    /// Changes a webhook, and tells the workers; nothing when it does not exist.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or the webhook is changed all the time.
    pub async fn change_webhook(
        &self,
        id: WebhookId,
        change: impl Fn(&mut Webhook),
    ) -> Result<Option<Webhook>, StoreError> {
        for _ in 0..CONFLICTS_MAX {
            let Some((mut webhook, before)) = self.stored_webhook(id).await? else {
                return Ok(None);
            };
            change(&mut webhook);
            if self.write_webhook(&before, &webhook).await? {
                return Ok(Some(webhook));
            }
        }
        let found = "others kept changing it";
        Err(StoreError::malformed(format!("change webhook {id}"), found))
    }

    /// False when what is stored is not what was read.
    async fn write_webhook(&self, before: &str, webhook: &Webhook) -> Result<bool, StoreError> {
        let doing = || format!("write webhook {}", webhook.id);
        let json = serde_json::to_string(webhook)
            .map_err(|error| StoreError::malformed(doing(), error))?;
        let (key, id) = (self.keys().webhooks(), webhook.id.to_string());
        let mut batch = Batch::new(key.clone());
        batch.guard(key.clone(), &id, before);
        batch.write("HSET", key.clone(), &[&id, &json]);
        batch.write("HINCRBY", key, &[&VERSION, &1]);
        let done = self.run(&batch, 0, TIMELESS, doing).await?;
        self.wake_everybody().await?;
        Ok(done == Answer::Done)
    }

    /// Removes a webhook and what is remembered of it; false when there was none.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn remove_webhook(&self, id: WebhookId) -> Result<bool, StoreError> {
        let doing = || format!("remove webhook {id}");
        let Some((_, before)) = self.stored_webhook(id).await? else { return Ok(false) };
        let key = self.keys().webhooks();
        let mut batch = Batch::new(key.clone());
        batch.guard(key.clone(), id.to_string(), &before);
        batch.write("HINCRBY", key.clone(), &[&VERSION, &1]);
        batch.write("HDEL", key, &[&id.to_string()]);
        let done = self.run(&batch, 0, TIMELESS, doing).await?;
        let mut connection = self.connection();
        let () = redis::cmd("DEL")
            .arg(self.keys().deliveries(id))
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        self.forget_missed(id).await?;
        self.wake_everybody().await?;
        Ok(done == Answer::Done)
    }

    /// Remembers how an attempt to tell a webhook went.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn record_attempt(
        &self,
        id: WebhookId,
        attempted: &Attempted,
    ) -> Result<(), StoreError> {
        let doing = || format!("record a delivery to webhook {id}");
        let json = serde_json::to_string(attempted)
            .map_err(|error| StoreError::malformed(doing(), error))?;
        let key = self.keys().deliveries(id);
        let mut pipeline = Pipeline::new();
        pipeline.cmd("LPUSH").arg(&key).arg(json).ignore();
        pipeline.cmd("LTRIM").arg(&key).arg(0).arg(OUTCOMES_MAX - 1).ignore();
        pipeline.cmd("EXPIRE").arg(&key).arg(OUTCOMES_SECONDS).ignore();
        let mut connection = self.connection();
        pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing()))
    }

    /// The latest attempts to tell a webhook, newest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn attempts_of(&self, id: WebhookId) -> Result<Vec<Attempted>, StoreError> {
        let doing = || format!("read the deliveries to webhook {id}");
        let mut connection = self.connection();
        let all: Vec<Vec<u8>> = redis::cmd("LRANGE")
            .arg(self.keys().deliveries(id))
            .arg(0)
            .arg(OUTCOMES_MAX - 1)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        let read = all.iter().map(|json| serde_json::from_slice(json));
        read.collect::<Result<_, _>>().map_err(|error| StoreError::malformed(doing(), error))
    }
}
