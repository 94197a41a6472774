//! The live feed: every committed event that the caller may see, as server-sent events.
//!
//! A listener first hears what it has missed since its last event id, then what happens. It is
//! told when events it has missed are gone.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{Sender, channel};

use crate::access::{Authority, Caller};
use crate::claim::identity::{MpnId, Source};
use crate::claim::{ChainTip, ClaimId, Status};
use crate::http::Web;
use crate::http::extract::Query;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::VIEWERS;
use crate::store::StoreError;
use crate::store::feed::{FeedEntry, FeedNews, FeedPosition};

const LAST_EVENT_ID: &str = "last-event-id";
/// Entries that are read at once.
const PAGE: usize = 256;
/// Events that wait for a slow listener; while there is no room, nothing is read for it.
const AHEAD: usize = 256;
/// How often a silent stream shows that it is alive.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/events",
            "follow_events",
            "Follow events as they happen",
            follow,
        )
        .roles(VIEWERS)
        .says(
            "Server-sent events, one for each event of a claim that you may see; `data` is a \
                 JSON object. Come back with the last `id` you have seen, and you hear what you \
                 have missed. An event named `gap` says that some of that is not kept any more: \
                 read the claims anew.",
        )
        .query::<FollowQuery>()
        .header("Last-Event-ID", "The last id you have seen.")
        .gives_as(StatusCode::OK, Some("text/event-stream"), None, "The stream, which has no end.")
        .streams(),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FollowQuery {
    /// The last id you have seen, for clients that cannot send the header; `start` for everything
    /// that is kept.
    last_event_id: Option<String>,
}

/// The data of one event.
#[derive(Debug, Serialize)]
struct EventData<'a> {
    claim_id: ClaimId,
    revision: u64,
    event: &'a str,
    at: DateTime<Utc>,
    status: Status,
    mpn_id: &'a MpnId,
    source: &'a Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<ChainTip>,
}

async fn follow(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<FollowQuery>,
) -> Result<Response, Problem> {
    let header = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let since = position(&web, header.or(query.last_event_id.as_deref())).await?;
    // Listen first, then read what was before, so that nothing falls in between.
    let news = web.feed.subscribe().await?;
    let (events, mut ahead) = channel(AHEAD);
    let listener = Listener { web, authority: caller.authority, position: since, events };
    tokio::spawn(listener.run(news));
    let stream = stream::poll_fn(move |cx| ahead.poll_recv(cx)).map(Ok::<_, Infallible>);
    let alive = KeepAlive::new().interval(ALIVE_EVERY).text("alive");
    Ok(Sse::new(stream).keep_alive(alive).into_response())
}

async fn position(web: &Web, given: Option<&str>) -> Result<FeedPosition, Problem> {
    let partitions = web.ledger.store().keys().partitions();
    match given {
        None | Some("") => Ok(web.ledger.store().feed_end().await?),
        Some("start") => Ok(FeedPosition::start(partitions)),
        Some(text) => match text.parse::<FeedPosition>() {
            Ok(position) if position.fits(partitions) => Ok(position),
            Ok(_) | Err(_) => Err(Problem::malformed(
                "The last event id is not one of this feed; copy it whole, or begin without one.",
            )),
        },
    }
}

/// One connection to the feed.
struct Listener {
    web: Web,
    authority: Authority,
    position: FeedPosition,
    events: Sender<Event>,
}

/// Why a listener is not served any more.
enum End {
    /// It has gone, or the server stops.
    Gone,
    /// The feed cannot be read; the listener comes back with its last id.
    Trouble(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error)
    }
}

impl Listener {
    async fn run(mut self, mut news: Receiver<FeedNews>) {
        let stop = self.web.stop.clone();
        let gone = self.events.clone();
        let ended = tokio::select! {
            ended = self.follow(&mut news) => ended,
            () = stop.cancelled() => Err(End::Gone),
            () = gone.closed() => Err(End::Gone),
        };
        if let Err(End::Trouble(error)) = ended {
            tracing::warn!(error = %error, "a listener to the feed is sent away; it comes back");
        }
    }

    async fn follow(&mut self, news: &mut Receiver<FeedNews>) -> Result<(), End> {
        self.catch_up().await?;
        loop {
            match news.recv().await {
                Ok(FeedNews::Entry(entry)) if self.position.includes(&entry) => {}
                Ok(FeedNews::Entry(entry)) => self.tell(&entry).await?,
                Ok(FeedNews::Gap(_)) => self.tell_gap().await?,
                // It was too slow for the news, and reads what it has missed.
                Err(RecvError::Lagged(_)) => self.catch_up().await?,
                Err(RecvError::Closed) => return Err(End::Gone),
            }
        }
    }

    /// Everything that was committed after the position.
    async fn catch_up(&mut self) -> Result<(), End> {
        loop {
            let page = self.web.ledger.store().read_feed(&self.position, PAGE).await?;
            if !page.gaps.is_empty() {
                self.tell_gap().await?;
            }
            let is_end = page.entries.is_empty();
            for entry in &page.entries {
                self.tell(entry).await?;
            }
            self.position = page.position;
            if is_end {
                return Ok(());
            }
        }
    }

    async fn tell(&mut self, entry: &FeedEntry) -> Result<(), End> {
        self.position.advance(entry);
        if !entry.seen_by(&self.authority) {
            return Ok(());
        }
        let data = EventData {
            claim_id: entry.claim_id,
            revision: entry.revision,
            event: &entry.event,
            at: entry.at,
            status: entry.status,
            mpn_id: &entry.mpn_id,
            source: &entry.source,
            chain: entry.chain,
        };
        let event = Event::default().id(self.position.to_string()).event(&entry.event);
        // Plain fields always serialize.
        let Ok(event) = event.json_data(&data) else { return Ok(()) };
        self.events.send(event).await.map_err(|_| End::Gone)
    }

    async fn tell_gap(&self) -> Result<(), End> {
        let text = "Events that you have missed are not kept any more: read the claims anew.";
        let event = Event::default().event("gap").data(text);
        self.events.send(event).await.map_err(|_| End::Gone)
    }
}
