//! The timeline of a world that is dropped: there may be a runtime that nobody drives any more, or
//! none, so another thread asks, over a connection of its own.

use std::sync::mpsc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::read::PATIENCE;
use super::{About, Timeline};
use crate::store::{Bounds, Connection, Keys, Store};
use crate::testkit::smtp::Received;
use crate::testkit::world::in_words;

/// Longer than the other thread asks.
const RESCUE_PATIENCE: Duration = PATIENCE.saturating_mul(2);

/// What can be had without the runtime of the world, in a bounded time; never panics.
pub(in crate::testkit) fn read_without_runtime(
    store: &Store,
    mails: Vec<Received>,
    seen: DateTime<Utc>,
) -> Timeline {
    let (sender, receiver) = mpsc::channel();
    let (url, keys) = (store.url().to_owned(), store.keys().clone());
    let (copy, fallback) = (mails.clone(), mails);
    let asking = std::thread::Builder::new().name("timeline".to_owned()).spawn(move || {
        // Nobody waits any more for an answer that comes too late.
        let _ = sender.send(ask(&url, keys, &copy, seen));
    });
    let answer = asking.ok().and_then(|_| receiver.recv_timeout(RESCUE_PATIENCE).ok());
    answer.unwrap_or_else(|| Timeline::without_redis("it is too slow", &fallback, seen))
}

fn ask(url: &str, keys: Keys, mails: &[Received], seen: DateTime<Utc>) -> Timeline {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Timeline::without_redis(&in_words(&error), mails, seen),
    };
    runtime.block_on(async {
        match tokio::time::timeout(PATIENCE, Connection::open(url)).await {
            Ok(Ok(connection)) => {
                // Nothing is written through this store.
                let store = Store::new(connection, url, keys, Bounds::NONE);
                Timeline::read(&store, mails, About::Everything, seen).await
            }
            Ok(Err(error)) => Timeline::without_redis(&in_words(&error), mails, seen),
            Err(_) => Timeline::without_redis("nobody answers", mails, seen),
        }
    })
}
