//! Tells an open page that something has changed, so that it reads itself again.
//!
//! What has changed is not said: a page has its own way of asking. However much happens, a page is
//! told once a second at most; and every few seconds in any case, because queues grow old without
//! any event.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::Method;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use futures_util::stream::unfold;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{sleep, timeout};

use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::store::feed::FeedNews;

use super::LOOKS;
use super::frame::Visit;

/// The least time between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest time without one.
const SILENCE: Duration = Duration::from_secs(5);
/// Looks of one connection; then the browser comes back, and shows its session again.
const LOOKS_MAX: usize = 300;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/ops/live", "follow_operations", "Follow changes", live)
            .signed_in(LOOKS)
            .streams(),
    ]
}

async fn live(visit: Visit) -> Result<Response, Problem> {
    let news = visit.web.feed.subscribe().await?;
    let stop = visit.web.stop.clone();
    let ticks = unfold(news, async |mut news| {
        changed(&mut news).await?;
        // Browsers leave out an event without data.
        Some((Ok::<_, Infallible>(Event::default().event("changed").data("look")), news))
    });
    Ok(Sse::new(ticks.take(LOOKS_MAX).take_until(stop.cancelled_owned())).into_response())
}

/// Ends when it is time for another look; nothing once the feed has ended.
async fn changed(news: &mut Receiver<FeedNews>) -> Option<()> {
    sleep(PAUSE).await;
    match timeout(SILENCE, news.recv()).await {
        Ok(Err(RecvError::Closed)) => return None,
        Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => {}
    }
    // Everything until now is seen by the same look.
    while let Ok(_) | Err(tokio::sync::broadcast::error::TryRecvError::Lagged(_)) = news.try_recv()
    {
    }
    Some(())
}
