//! From the feed to the agenda: which events have been passed on to webhooks and subscriptions.
//!
//! The cursor of a partition lies beside its agenda, so that one script moves it past events and
//! puts their deliveries on the agenda: every delivery gets there exactly once, whoever many relay
//! at once and whenever one of them dies.

use chrono::{DateTime, Utc};
use cpor_jobs::{DeliverWebhook, Job, SendNotification};

use crate::store::feed::{FeedEntry, FeedPosition, StreamId};
use crate::store::listeners::Listeners;
use crate::store::{Instant, Store, StoreError};
use crate::webhook::{Webhook, WebhookId};

/// Events of one partition that have not been relayed yet, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrelayed {
    /// Which partition.
    pub partition: u16,
    /// The events.
    pub entries: Vec<FeedEntry>,
    /// Whether events before them were trimmed before anybody relayed them.
    pub gap: bool,
    /// The cursor as it was read; empty before the first time.
    cursor: String,
    /// The id after which the events were read, and the one up to which they were.
    after: StreamId,
    end: StreamId,
}

impl Unrelayed {
    /// Whether there is nothing to relay.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end == self.after
    }

    /// Keeps the first so many events for now.
    pub fn truncate(&mut self, count: usize) {
        if count < self.entries.len() {
            self.entries.truncate(count);
            self.end = self.entries.last().map_or(self.after, |entry| entry.id);
        }
    }
}

/// What becomes of the events: who is told, and what paused webhooks are not told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relayed {
    /// What webhooks are told.
    pub deliveries: Vec<DeliverWebhook>,
    /// What subscriptions are told.
    pub notifications: Vec<SendNotification>,
    /// Paused webhooks, each with the number of events.
    pub missed: Vec<(WebhookId, u64)>,
}

/// Entries of one job for the agenda of a partition.
pub(super) struct ToPut {
    pub(super) job: Job,
    pub(super) entries: Vec<String>,
}

/// The same, and when they are due.
pub(super) struct Waiting {
    pub(super) due_at: DateTime<Utc>,
    pub(super) put: ToPut,
}

impl Relayed {
    fn to_put(&self) -> [ToPut; 2] {
        let entries = self.deliveries.iter().map(DeliverWebhook::entry).collect();
        let deliveries = ToPut { job: Job::DeliverWebhook, entries };
        let entries = self.notifications.iter().map(SendNotification::entry).collect();
        [deliveries, ToPut { job: Job::SendNotification, entries }]
    }
}

impl Store {
    /// At most `limit` events of a partition that the given listeners have not been told of.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn unrelayed(
        &self,
        partition: u16,
        listeners: &Listeners,
        limit: usize,
    ) -> Result<Unrelayed, StoreError> {
        let cursor = self.relay_cursor(partition).await?;
        let after = begin(&cursor, partition, listeners);
        let mut position = FeedPosition::start(self.keys().partitions());
        position.correct(partition, after);
        let page = self.read_feed_of(&[partition], &position, limit).await?;
        let end = page.position.in_partition(partition);
        let gap = !page.gaps.is_empty() && !cursor.is_empty();
        Ok(Unrelayed { partition, entries: page.entries, gap, cursor, after, end })
    }

    async fn relay_cursor(&self, partition: u16) -> Result<String, StoreError> {
        let mut connection = self.connection();
        let cursor: Option<String> = redis::cmd("HGET")
            .arg(self.keys().relay(partition))
            .arg("cursor")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read the relay of partition {partition}")))?;
        Ok(cursor.unwrap_or_default())
    }

    /// Puts deliveries on the agenda and moves the cursor past their events, in one step; false
    /// when somebody else has relayed these events meanwhile, and nothing was changed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn relay(
        &self,
        unrelayed: &Unrelayed,
        relayed: &Relayed,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let cursors = (unrelayed.cursor.clone(), unrelayed.end.to_string());
        let (partition, puts) = (unrelayed.partition, relayed.to_put());
        Ok(self.run_relay(partition, cursors, (&relayed.missed, &puts), at.now).await? >= 0)
    }

    /// Makes deliveries due now with fresh attempts, wherever their entries are, and says how many
    /// of them; those that a worker has in hand are left to it.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn deliver_again(
        &self,
        partition: u16,
        deliveries: Vec<DeliverWebhook>,
        at: Instant,
    ) -> Result<u64, StoreError> {
        let entries = deliveries.iter().map(DeliverWebhook::entry).collect();
        let put = ToPut { job: Job::DeliverWebhook, entries };
        self.put_on_agenda(partition, Waiting { due_at: at.now, put }).await
    }

    /// Puts entries on the agenda with fresh attempts, wherever they are now, and says how many;
    /// those that a worker has in hand are left to it.
    pub(super) async fn put_on_agenda(
        &self,
        partition: u16,
        waiting: Waiting,
    ) -> Result<u64, StoreError> {
        let Waiting { due_at, put } = waiting;
        let put = self.run_relay(partition, Default::default(), (&[], &[put]), due_at).await?;
        Ok(u64::try_from(put).unwrap_or_default())
    }

    async fn run_relay(
        &self,
        partition: u16,
        (expected, cursor): (String, String),
        (missed, puts): (&[(WebhookId, u64)], &[ToPut]),
        due_at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let keys = self.keys();
        let mut invocation = self.scripts.relay.prepare_invoke();
        invocation.key(keys.waiting(partition)).key(keys.relay(partition));
        invocation.arg(due_at.timestamp_millis()).arg(keys.wake_channel()).arg(partition);
        invocation.arg(expected).arg(cursor).arg(missed.len());
        for (id, count) in missed {
            invocation.arg(id.to_string()).arg(count);
        }
        for ToPut { job, entries } in puts {
            invocation.key(keys.agenda(partition, *job)).key(keys.running(partition, *job));
            invocation.key(keys.attempts(partition, *job)).key(keys.dead(partition, *job));
            invocation.key(keys.dead_letters(partition, *job));
            invocation.arg(entries.len());
            for entry in entries {
                invocation.arg(entry);
            }
        }
        let mut connection = self.connection();
        let put = invocation
            .invoke_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("relay the events of partition {partition}")))?;
        self.tell_changed();
        Ok(put)
    }

    /// Whether every committed event has been passed on to whoever is told of it.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn all_relayed(&self) -> Result<bool, StoreError> {
        let listeners = self.listeners().await?;
        if listeners.is_empty() {
            return Ok(true);
        }
        let end = self.feed_end().await?;
        for partition in 0..self.keys().partitions() {
            if !self.is_relayed(partition, &listeners, end.in_partition(partition)).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a partition's events up to `end` have been passed on to the listeners.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn is_relayed(
        &self,
        partition: u16,
        listeners: &Listeners,
        end: StreamId,
    ) -> Result<bool, StoreError> {
        if listeners.is_empty() {
            return Ok(true);
        }
        let cursor = self.relay_cursor(partition).await?;
        Ok(begin(&cursor, partition, listeners) >= end)
    }

    /// How far the events of every partition have been passed on to a webhook.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn relayed_to(&self, webhook: &Webhook) -> Result<FeedPosition, StoreError> {
        let mut position = webhook.from.clone();
        for partition in 0..self.keys().partitions() {
            let cursor = self.relay_cursor(partition).await?;
            position.advance_to(partition, StreamId::parse(&cursor).unwrap_or_default());
        }
        Ok(position)
    }

    /// How many events a webhook was not told of while it was paused.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn missed(&self, id: WebhookId) -> Result<u64, StoreError> {
        let mut sum = 0;
        for partition in 0..self.keys().partitions() {
            let mut connection = self.connection();
            let count: Option<u64> = redis::cmd("HGET")
                .arg(self.keys().relay(partition))
                .arg(id.to_string())
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing(format!("read what webhook {id} has missed")))?;
            sum += count.unwrap_or_default();
        }
        Ok(sum)
    }

    /// Counts what a webhook misses from zero again.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn forget_missed(&self, id: WebhookId) -> Result<(), StoreError> {
        for partition in 0..self.keys().partitions() {
            let mut connection = self.connection();
            let () = redis::cmd("HDEL")
                .arg(self.keys().relay(partition))
                .arg(id.to_string())
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing(format!("forget what webhook {id} has missed")))?;
        }
        Ok(())
    }
}

/// Where relaying goes on: what lies before the oldest listener concerns none of them.
fn begin(cursor: &str, partition: u16, listeners: &Listeners) -> StreamId {
    let oldest = listeners.begins().map(|from| from.in_partition(partition)).min();
    StreamId::parse(cursor).unwrap_or_default().max(oldest.unwrap_or_default())
}
