//! Following the feed: one reader per process, whoever many listen.
//!
//! The reader works only while somebody listens. On a single server it waits on a connection of
//! its own for the streams to grow; on a cluster, where no command can wait on many slots, it
//! looks twice a second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::streams::StreamReadReply;
use redis::{AsyncConnectionConfig, Client, RedisError};
use tokio::sync::Mutex;
use tokio::sync::broadcast::{Receiver, Sender, channel};
use tracing::warn;

use crate::store::feed::{FeedEntry, FeedGap, FeedPosition};
use crate::store::{Connection, Store, StoreError};

/// News that a listener may be behind by before it misses some, and is told so.
const NEWS_MAX: usize = 4_096;
/// The same in a namespace that one process has for itself, of which it may have thousands.
const OWN_NEWS_MAX: usize = 128;
/// Entries read at once.
const PAGE: usize = 512;
/// How long one command waits for the streams to grow, in ms; then it is asked again, so that a
/// reader nobody listens to any more ends.
const BLOCK_MS: usize = 1_000;
/// Pause between two looks at a cluster.
const CLUSTER_PAUSE: Duration = Duration::from_millis(500);
/// Pause after Redis could not be asked.
const TROUBLE_PAUSE: Duration = Duration::from_millis(200);

/// What listeners hear.
#[derive(Debug, Clone)]
pub enum FeedNews {
    /// An event was committed.
    Entry(Arc<FeedEntry>),
    /// Events were trimmed before this process has read them.
    Gap(FeedGap),
}

/// The feed as it grows; clones share one reader.
#[derive(Debug, Clone)]
pub struct Feed(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    news: Sender<FeedNews>,
    /// Whether the reader works.
    reading: Mutex<bool>,
}

impl Feed {
    /// The feed of a store; nothing is read before somebody listens.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let news_max = if store.changed().is_some() { OWN_NEWS_MAX } else { NEWS_MAX };
        let news = channel(news_max).0;
        Self(Arc::new(Shared { store, news, reading: Mutex::new(false) }))
    }

    /// Everything that is committed from now on. Who wants what was committed before too
    /// subscribes first, then reads the feed, and leaves out of the news what
    /// [`FeedPosition::includes`]; and does so again after having missed some.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached.
    pub async fn subscribe(&self) -> Result<Receiver<FeedNews>, StoreError> {
        let mut reading = self.0.reading.lock().await;
        let receiver = self.0.news.subscribe();
        if !*reading {
            let position = self.0.store.feed_end().await?;
            tokio::spawn(read(Arc::clone(&self.0), position));
            *reading = true;
        }
        Ok(receiver)
    }
}

async fn read(shared: Arc<Shared>, mut position: FeedPosition) {
    let mut look: Vec<u16> = (0..shared.store.keys().partitions()).collect();
    let mut waiting = None;
    loop {
        {
            let mut reading = shared.reading.lock().await;
            if shared.news.receiver_count() == 0 {
                *reading = false;
                return;
            }
        }
        match shared.store.read_feed_of(&look, &position, PAGE).await {
            Ok(page) => {
                // Who does not listen any more misses nothing.
                for gap in page.gaps {
                    let _ = shared.news.send(FeedNews::Gap(gap));
                }
                let is_full = page.entries.len() >= PAGE;
                for entry in page.entries {
                    let _ = shared.news.send(FeedNews::Entry(Arc::new(entry)));
                }
                position = page.position;
                if !is_full {
                    look = grown(&shared.store, &position, &mut waiting).await;
                }
            }
            Err(error) => {
                unread(&error);
                tokio::time::sleep(TROUBLE_PAUSE).await;
            }
        }
    }
}

fn unread(error: &StoreError) {
    let error = error as &(dyn std::error::Error + 'static);
    warn!(error, "cannot read the feed; looking again soon");
}

/// The partitions in which there is something new; all of them when nobody can tell.
async fn grown(
    store: &Store,
    position: &FeedPosition,
    waiting: &mut Option<MultiplexedConnection>,
) -> Vec<u16> {
    let all = || (0..store.keys().partitions()).collect();
    if matches!(store.connection(), Connection::Cluster(_)) {
        tokio::time::sleep(CLUSTER_PAUSE).await;
        return all();
    }
    match wait(store, position, waiting).await {
        Ok(partitions) => partitions,
        Err(error) => {
            *waiting = None;
            warn!(error = %error, "cannot wait for the feed to grow; looking again soon");
            tokio::time::sleep(TROUBLE_PAUSE).await;
            all()
        }
    }
}

async fn wait(
    store: &Store,
    position: &FeedPosition,
    waiting: &mut Option<MultiplexedConnection>,
) -> Result<Vec<u16>, RedisError> {
    let connection = match waiting {
        Some(connection) => connection,
        None => waiting.insert(connect(store.url()).await?),
    };
    let keys: HashMap<String, u16> =
        (0..store.keys().partitions()).map(|p| (store.keys().feed(p), p)).collect();
    let mut command = redis::cmd("XREAD");
    command.arg("COUNT").arg(1).arg("BLOCK").arg(BLOCK_MS).arg("STREAMS");
    for key in keys.keys() {
        command.arg(key);
    }
    for partition in keys.values() {
        command.arg(position.in_partition(*partition).to_string());
    }
    let reply: Option<StreamReadReply> = command.query_async(connection).await?;
    let streams = reply.map(|reply| reply.keys).unwrap_or_default();
    Ok(streams.iter().filter_map(|stream| keys.get(&stream.key).copied()).collect())
}

async fn connect(url: &str) -> Result<MultiplexedConnection, RedisError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(5)))
        .set_response_timeout(Some(Duration::from_secs(10)));
    Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await
}
