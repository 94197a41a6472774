//! Tells an open page that something has changed, so that it reads itself again.
//!
//! What has changed is not said: a page has its own way of asking. However much happens, a page is
//! told once a second at most; and after a while of silence in any case, because what is shown
//! grows old without any event. Only what concerns claims that the person sees is told.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use futures_util::stream::unfold;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{sleep, timeout};

use super::Signed;
use crate::access::Authority;
use crate::http::problem::Problem;
use crate::store::feed::FeedNews;

/// The least time between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// Looks of one connection; then the browser comes back, and shows its session again.
const LOOKS_MAX: usize = 300;

/// Ticks of an open page; no two are further apart than `silence` and a second.
pub(in crate::http) async fn live(signed: &Signed, silence: Duration) -> Result<Response, Problem> {
    let news = signed.web.feed.subscribe().await?;
    let (stop, authority) = (signed.web.stop.clone(), signed.session.caller.authority.clone());
    let ticks = unfold((news, authority), move |(mut news, authority)| async move {
        changed(&mut news, &authority, silence).await?;
        // Browsers leave out an event without data.
        let event = Event::default().event("changed").data("look");
        Some((Ok::<_, Infallible>(event), (news, authority)))
    });
    Ok(Sse::new(ticks.take(LOOKS_MAX).take_until(stop.cancelled_owned())).into_response())
}

/// Ends when it is time for another look; nothing once the feed has ended.
async fn changed(
    news: &mut Receiver<FeedNews>,
    authority: &Authority,
    silence: Duration,
) -> Option<()> {
    sleep(PAUSE).await;
    if let Ok(None) = timeout(silence, concerning(news, authority)).await {
        return None;
    }
    // Everything until now is seen by the same look.
    while let Ok(_) | Err(TryRecvError::Lagged(_)) = news.try_recv() {}
    Some(())
}

/// Waits for something that concerns this person; nothing once the feed has ended.
async fn concerning(news: &mut Receiver<FeedNews>, authority: &Authority) -> Option<()> {
    loop {
        match news.recv().await {
            Ok(FeedNews::Entry(entry)) if !entry.seen_by(authority) => {}
            Ok(FeedNews::Entry(_) | FeedNews::Gap(_)) | Err(RecvError::Lagged(_)) => {
                return Some(());
            }
            Err(RecvError::Closed) => return None,
        }
    }
}
