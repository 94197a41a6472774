//! Brings committed events from the feed to the agenda, one entry per webhook or subscription that
//! wants them.
//!
//! Every worker relays everything, so that none has to be the one; whoever is first moves the
//! cursor, and the others find their events relayed. Where nobody is to be told, nothing is read
//! but the versions of who might be, once a second.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cpor_jobs::Job;
use futures_util::future::join_all;
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tracing::{error, warn};

use crate::clock::Clock;
use crate::store::feed::{Feed, FeedEntry, FeedNews};
use crate::store::listeners::{KnownListeners, Listeners};
use crate::store::{Instant, Relayed, Store, StoreError, Unrelayed};
use crate::webhook::Webhook;
use crate::worker::Context;
use crate::worker::error::with_causes;

/// Events of one partition that are relayed in one step at most.
const EVENTS_MAX: usize = 128;
/// Deliveries that are put on the agenda in one step, about.
const DELIVERIES_MAX: usize = 500;
/// How often it is asked whether anybody is to be told now, unless somebody says so.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often everything is looked at, also when nothing was heard.
const LOOK_AT_ALL_EVERY: Duration = Duration::from_secs(5);
/// Pause after Redis could not be asked.
const TROUBLE_PAUSE: Duration = Duration::from_millis(200);

/// Who tells webhooks or subscriptions of events also relays to them.
pub(super) async fn relay(cx: Arc<Context>, changed: Arc<Notify>) {
    let tells = |job: &Job| matches!(job, Job::DeliverWebhook | Job::SendNotification);
    if cx.settings.jobs.iter().any(tells) {
        let (store, clock) = (cx.ledger.store().clone(), cx.ledger.clock().clone());
        Relay { store, clock, feed: cx.feed.clone(), changed }.run().await;
    }
}

/// The relay of one process.
struct Relay {
    store: Store,
    clock: Clock,
    feed: Feed,
    /// Told when who is to be told may have changed.
    changed: Arc<Notify>,
}

impl Relay {
    /// Relays for as long as it is polled.
    async fn run(&self) {
        let mut known = KnownListeners::default();
        loop {
            let relayed = match known.refresh(&self.store).await {
                Ok(()) if known.all().is_empty() => Ok(()),
                Ok(()) => self.relay_while_there_are_listeners(&mut known).await,
                Err(error) => Err(error),
            };
            let pause = match relayed {
                // Where only this process changes anything, it is told of every change.
                Ok(()) if self.store.changed().is_some() => LOOK_AT_ALL_EVERY,
                Ok(()) => LOOK_EVERY,
                Err(error) => {
                    warn!(error = with_causes(&error), "cannot relay events; trying again soon");
                    TROUBLE_PAUSE
                }
            };
            tokio::select! {
                () = self.changed.notified(), if pause != TROUBLE_PAUSE => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn relay_while_there_are_listeners(
        &self,
        known: &mut KnownListeners,
    ) -> Result<(), StoreError> {
        let all: BTreeSet<u16> = (0..self.store.keys().partitions()).collect();
        let mut news = self.feed.subscribe().await?;
        let mut look = all.clone();
        while !known.all().is_empty() {
            look = self.round(&look, known).await?;
            if look.is_empty() {
                tokio::select! {
                    heard = news.recv() => hear(heard, &all, &mut look),
                    () = self.changed.notified() => look.clone_from(&all),
                    () = tokio::time::sleep(LOOK_AT_ALL_EVERY) => look.clone_from(&all),
                }
            }
            hear_the_rest(&mut news, &all, &mut look);
        }
        Ok(())
    }

    /// Relays some events of the given partitions, and says where there may be more.
    ///
    /// The listeners are read after the events: who was there before an event is told of it.
    async fn round(
        &self,
        look: &BTreeSet<u16>,
        known: &mut KnownListeners,
    ) -> Result<BTreeSet<u16>, StoreError> {
        let reads =
            look.iter().map(|&partition| self.store.unrelayed(partition, known.all(), EVENTS_MAX));
        let reads = join_all(reads).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        known.refresh(&self.store).await?;
        let some: Vec<_> = reads.into_iter().filter(|read| !read.is_empty()).collect();
        if some.is_empty() || known.all().is_empty() {
            return Ok(BTreeSet::new());
        }
        let at = self.clock.instant().await?;
        let relays = some.into_iter().map(|events| self.relay(events, known.all(), at));
        let relayed = join_all(relays).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(relayed.into_iter().collect())
    }

    /// The partition, in which there may be more by now.
    async fn relay(
        &self,
        mut events: Unrelayed,
        listeners: &Listeners,
        at: Instant,
    ) -> Result<u16, StoreError> {
        let partition = events.partition;
        let relayed = relayed(&mut events, listeners);
        if self.store.relay(&events, &relayed, at).await? && events.gap {
            error!(
                redis.partition = partition,
                "events were trimmed from the feed before anybody was told of \
                them; raise agenda.feed_max, or keep a worker running"
            );
        }
        Ok(partition)
    }
}

/// Who is told of the events. What is too much for one step is left for the next one.
fn relayed(events: &mut Unrelayed, listeners: &Listeners) -> Relayed {
    let Listeners { webhooks, subscriptions } = listeners;
    let mut relayed = Relayed::default();
    let mut missed = vec![0; webhooks.len()];
    let mut count = 0;
    for entry in &events.entries {
        if relayed.deliveries.len() + relayed.notifications.len() >= DELIVERIES_MAX {
            break;
        }
        for (webhook, missed) in webhooks.iter().zip(&mut missed) {
            if !is_for(webhook, entry) {
                continue;
            }
            match &webhook.paused {
                Some(_) => *missed += 1,
                None => relayed.deliveries.push(webhook.delivery_of(entry)),
            }
        }
        let told = subscriptions.iter().filter(|s| s.wants(entry) && !s.from.includes(entry));
        relayed.notifications.extend(told.map(|subscription| subscription.notification_of(entry)));
        count += 1;
    }
    events.truncate(count);
    let missed = webhooks.iter().zip(missed).filter(|(_, count)| *count > 0);
    relayed.missed = missed.map(|(webhook, count)| (webhook.id, count)).collect();
    relayed
}

/// Whether a webhook was there when the event happened, and wants it.
fn is_for(webhook: &Webhook, entry: &FeedEntry) -> bool {
    webhook.wants(entry) && !webhook.from.includes(entry)
}

/// What was missed may be anywhere.
fn hear(heard: Result<FeedNews, RecvError>, all: &BTreeSet<u16>, look: &mut BTreeSet<u16>) {
    match heard {
        Ok(FeedNews::Entry(entry)) => {
            look.insert(entry.partition);
        }
        Ok(FeedNews::Gap(gap)) => {
            look.insert(gap.partition);
        }
        Err(RecvError::Lagged(_) | RecvError::Closed) => look.clone_from(all),
    }
}

fn hear_the_rest(news: &mut Receiver<FeedNews>, all: &BTreeSet<u16>, look: &mut BTreeSet<u16>) {
    loop {
        match news.try_recv() {
            Ok(heard) => hear(Ok(heard), all, look),
            Err(TryRecvError::Lagged(missed)) => hear(Err(RecvError::Lagged(missed)), all, look),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return,
        }
    }
}
