//! `/r/<token>/window.json`: the explanation of the window that the page of a notice shows, for
//! programs. The link is the credential, as on the page; what it does not show is not here either.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::reject::Visit;
use super::reply::Trouble;
use crate::http::Web;
use crate::http::language::Wanted;
use crate::view::explanation;

/// Gives the explanation; changes nothing.
pub(super) async fn window(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let wanted = Wanted::of_request(&uri, &headers);
    let visit = match Visit::begin(&web, token(&uri), wanted).await {
        Ok(visit) => visit,
        Err(trouble) => return web.pages.trouble_for(trouble, wanted),
    };
    match visit.standing().window() {
        Some(window) => {
            let (paused_at, language) = (visit.claim.paused_at(), visit.language);
            let explanation = explanation(window, paused_at, visit.now, language);
            web.pages.data("window.json", &explanation, language)
        }
        None => web.pages.trouble_for(Trouble::Missing, wanted),
    }
}

/// The part of the path before the last one.
fn token(uri: &Uri) -> &str {
    uri.path().rsplit('/').nth(1).unwrap_or_default()
}
