//! Who is told of events as they happen: webhooks, and the addresses of partners' people.

use crate::notifications::Subscription;
use crate::store::feed::FeedPosition;
use crate::store::{Store, StoreError};
use crate::webhook::Webhook;

/// Everybody who is told of events.
#[derive(Debug, Clone, Default)]
pub struct Listeners {
    /// All webhooks.
    pub webhooks: Vec<Webhook>,
    /// The subscriptions that are told at once.
    pub subscriptions: Vec<Subscription>,
}

impl Listeners {
    /// Whether nobody is told anything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.webhooks.is_empty() && self.subscriptions.is_empty()
    }

    /// After what each of them is told.
    pub(super) fn begins(&self) -> impl Iterator<Item = &FeedPosition> {
        let webhooks = self.webhooks.iter().map(|webhook| &webhook.from);
        webhooks.chain(self.subscriptions.iter().map(|subscription| &subscription.from))
    }
}

impl Store {
    /// Everybody who is told of events now.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn listeners(&self) -> Result<Listeners, StoreError> {
        let mut known = KnownListeners::default();
        known.refresh(self).await?;
        Ok(known.listeners)
    }

    /// Whether anybody is told of events.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn has_listeners(&self) -> Result<bool, StoreError> {
        if self.has_webhooks().await? {
            return Ok(true);
        }
        if self.subscriptions_version().await? == 0 {
            return Ok(false);
        }
        Ok(self.subscriptions().await?.iter().any(Subscription::is_told_at_once))
    }
}

/// The versions of what a process knows, so that it reads everybody only when something changed.
#[derive(Debug, Clone, Default)]
pub struct KnownListeners {
    webhooks_version: Option<u64>,
    subscriptions_version: u64,
    listeners: Listeners,
}

impl KnownListeners {
    /// Everybody as it was at the last [`KnownListeners::refresh`].
    #[must_use]
    pub const fn all(&self) -> &Listeners {
        &self.listeners
    }

    /// Reads again what has changed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        // What is read may be newer than the version, and is then read once more.
        let version = Some(store.webhooks_version().await?);
        if self.webhooks_version != version {
            self.listeners.webhooks = store.webhooks().await?;
            self.webhooks_version = version;
        }
        let version = store.subscriptions_version().await?;
        if self.subscriptions_version != version {
            let mut subscriptions = store.subscriptions().await?;
            subscriptions.retain(Subscription::is_told_at_once);
            self.listeners.subscriptions = subscriptions;
            self.subscriptions_version = version;
        }
        Ok(())
    }
}
