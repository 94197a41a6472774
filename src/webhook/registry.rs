//! What people and programs ask about webhooks: make, look, pause, repeat, remove.
//!
//! Who may ask for which webhook is said by [`WebhookOwner::seen_by`]; it is not asked here.

use chrono::{DateTime, Utc};
use cpor_jobs::DeliverWebhook;

use crate::claim::{Claim, ClaimId};
use crate::clock::Clock;
use crate::secrets::{Secret, Secrets};
use crate::store::feed::{FeedEntry, FeedPosition};
use crate::store::{Store, StoreError};
use crate::webhook::courier::{reach, target};
use crate::webhook::signature::signing_secret;
use crate::webhook::{
    Attempted, EventFilter, Pause, Webhook, WebhookId, WebhookOwner, WebhookSettings,
};

/// Events that are read at once to repeat them.
const PAGE: usize = 256;

/// The way to the webhooks of a deployment; cheap to clone.
#[derive(Debug, Clone)]
pub struct Webhooks {
    store: Store,
    clock: Clock,
    secrets: Secrets,
    settings: WebhookSettings,
}

/// Something that was asked about a webhook could not be done.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// There is none with this id.
    #[error("there is no webhook {0}")]
    NotThere(WebhookId),
    /// The address must not be used.
    #[error("the address cannot be used: {0}")]
    Address(String),
    /// The owner has as many as allowed.
    #[error(
        "{owner} has {most} webhooks already; delete one first, or raise webhooks.per_owner_max"
    )]
    TooMany {
        /// Whose.
        owner: WebhookOwner,
        /// How many are allowed.
        most: usize,
    },
    /// While it is paused it is told nothing, not even again.
    #[error("webhook {0} is paused; resume it first")]
    Paused(WebhookId),
    /// The webhook never had and never will have this delivery.
    #[error("there is no delivery `{0}` of this webhook")]
    NoDelivery(String),
    /// Redis failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be told again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// Everything that happened from this instant on, as far as the feed still has it.
    Since(DateTime<Utc>),
    /// One delivery, by its id.
    Delivery(String),
}

/// What is being told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Replayed {
    /// How many deliveries were made due.
    pub deliveries: u64,
    /// Whether the feed may have had more in that time that has been trimmed since.
    pub incomplete: bool,
}

impl Webhooks {
    /// The webhooks of a store.
    #[must_use]
    pub const fn new(
        store: Store,
        clock: Clock,
        secrets: Secrets,
        settings: WebhookSettings,
    ) -> Self {
        Self { store, clock, secrets, settings }
    }

    /// Makes a webhook that is told of everything from now on.
    ///
    /// # Errors
    ///
    /// When the address cannot be used, the owner has too many, or Redis fails.
    pub async fn create(
        &self,
        owner: WebhookOwner,
        url: &str,
        events: EventFilter,
    ) -> Result<Webhook, WebhookError> {
        target(url, reach(&self.settings)).map_err(WebhookError::Address)?;
        let most = self.settings.per_owner_max;
        if self.list().await?.iter().filter(|other| other.owner == owner).count() >= most {
            return Err(WebhookError::TooMany { owner, most });
        }
        let webhook = Webhook {
            id: WebhookId::random(),
            owner,
            url: url.to_owned(),
            events,
            created_at: self.clock.now().await?,
            from: self.store.feed_end().await?,
            paused: None,
        };
        self.store.add_webhook(&webhook).await?;
        Ok(webhook)
    }

    /// All webhooks, oldest first.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn list(&self) -> Result<Vec<Webhook>, WebhookError> {
        Ok(self.store.webhooks().await?)
    }

    /// One webhook.
    ///
    /// # Errors
    ///
    /// When there is none with this id, or Redis fails.
    pub async fn find(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        self.store.webhook(id).await?.ok_or(WebhookError::NotThere(id))
    }

    /// What the receiver verifies signatures with: `whsec_<base64>`. Shown to its owner only.
    #[must_use]
    pub fn secret(&self, id: WebhookId) -> Secret {
        signing_secret(&self.secrets, id)
    }

    /// The latest attempts, newest first.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn deliveries(&self, id: WebhookId) -> Result<Vec<Attempted>, WebhookError> {
        Ok(self.store.attempts_of(id).await?)
    }

    /// How many events a webhook was not told of in its present or latest pause.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn missed(&self, id: WebhookId) -> Result<u64, WebhookError> {
        Ok(self.store.missed(id).await?)
    }

    /// Tells a webhook nothing until it is resumed. What was on its way to it waits, for three days
    /// since the event at most; what happens meanwhile is told only by [`Webhooks::replay`].
    ///
    /// # Errors
    ///
    /// When there is none with this id, or Redis fails.
    pub async fn pause(&self, id: WebhookId, reason: &str) -> Result<Webhook, WebhookError> {
        let since = self.clock.now().await?;
        let before = self.find(id).await?;
        if before.paused.is_none() {
            self.store.forget_missed(id).await?;
        }
        let pause = Pause { since, reason: reason.chars().take(500).collect() };
        let change = |webhook: &mut Webhook| {
            webhook.paused.get_or_insert_with(|| pause.clone());
        };
        self.store.change_webhook(id, change).await?.ok_or(WebhookError::NotThere(id))
    }

    /// Tells a webhook of what happens from now on.
    ///
    /// # Errors
    ///
    /// When there is none with this id, or Redis fails.
    pub async fn resume(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        let change = |webhook: &mut Webhook| webhook.paused = None;
        self.store.change_webhook(id, change).await?.ok_or(WebhookError::NotThere(id))
    }

    /// Removes a webhook; what was on its way to it is dropped.
    ///
    /// # Errors
    ///
    /// When there is none with this id, or Redis fails.
    pub async fn delete(&self, id: WebhookId) -> Result<(), WebhookError> {
        let removed = self.store.remove_webhook(id).await?;
        if removed { Ok(()) } else { Err(WebhookError::NotThere(id)) }
    }

    /// Tells a webhook again what it was told before, or has missed.
    ///
    /// # Errors
    ///
    /// When there is none with this id, it is paused, there is no such delivery, or Redis fails.
    pub async fn replay(&self, id: WebhookId, replay: &Replay) -> Result<Replayed, WebhookError> {
        let webhook = self.find(id).await?;
        if webhook.paused.is_some() {
            return Err(WebhookError::Paused(id));
        }
        match replay {
            Replay::Since(since) => self.replay_since(&webhook, *since).await,
            Replay::Delivery(delivery) => self.replay_one(&webhook, delivery).await,
        }
    }

    async fn replay_one(&self, webhook: &Webhook, id: &str) -> Result<Replayed, WebhookError> {
        let none = || WebhookError::NoDelivery(id.chars().take(120).collect());
        let delivery = DeliverWebhook::parse(id).map_err(|_| none())?;
        let claim_id = ClaimId::try_from(delivery.claim_id).map_err(|_| none())?;
        let claim = self.store.claim(claim_id).await?.ok_or_else(none)?;
        let has_event = |claim: &Claim| {
            let submission = &claim.submission;
            webhook.owner.has(&submission.partner.mpn_id, &submission.source)
                && (1..=claim.revision).contains(&delivery.revision)
        };
        if delivery.webhook_id != webhook.id.as_uuid() || !has_event(&claim) {
            return Err(none());
        }
        let (partition, at) = (claim_id.partition(), self.clock.instant().await?);
        let deliveries = self.store.deliver_again(partition, vec![delivery], at).await?;
        Ok(Replayed { deliveries, incomplete: false })
    }

    /// What the relay has not come to yet, it will tell by itself.
    async fn replay_since(
        &self,
        webhook: &Webhook,
        since: DateTime<Utc>,
    ) -> Result<Replayed, WebhookError> {
        let end = self.store.relayed_to(webhook).await?;
        let at = self.clock.instant().await?;
        let mut replayed = Replayed { deliveries: 0, incomplete: false };
        for partition in 0..self.store.keys().partitions() {
            let mut position = FeedPosition::start(self.store.keys().partitions());
            loop {
                let page = self.store.read_feed_of(&[partition], &position, PAGE).await?;
                // Only what was trimmed from an instant on would have been told.
                let trimmed = !page.gaps.is_empty();
                replayed.incomplete |=
                    trimmed && page.entries.first().is_none_or(|entry| entry.at >= since);
                let again = |entry: &&FeedEntry| {
                    entry.at >= since && end.includes(entry) && webhook.wants(entry)
                };
                let deliveries: Vec<_> =
                    page.entries.iter().filter(again).map(|e| webhook.delivery_of(e)).collect();
                if !deliveries.is_empty() {
                    replayed.deliveries +=
                        self.store.deliver_again(partition, deliveries, at).await?;
                }
                if page.position == position {
                    break;
                }
                position = page.position;
            }
        }
        Ok(replayed)
    }
}
