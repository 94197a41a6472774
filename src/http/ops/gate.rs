//! Before an operations page: who is signed in, and whether that person may see it.
//!
//! The cookie goes along only with requests that begin on our own pages (`SameSite=Strict`), so a
//! link that is followed from a chat arrives without it. Such a request is answered with a page
//! that asks for itself again, and that request has the cookie.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use minijinja::context;
use tokio::time::timeout;

use crate::access::{AuthError, Role, Session};
use crate::http::guard::{Guard, not_allowed};
use crate::http::problem::Problem;
use crate::http::watch::LOOK_TIMEOUT;
use crate::http::{Web, origin};

use super::frame::{self, Visit};
use super::sign_in;

/// The cookie where others reach us by https, and elsewhere. The first name is one that browsers
/// take from nobody but this very host.
const COOKIE_NAMES: [&str; 2] = ["__Host-cpor-session", "cpor-session"];

/// Lets somebody who is signed in with one of these roles through to a page.
pub(in crate::http) async fn enter(
    guard: &Guard,
    roles: &[Role],
    mut request: Request,
    next: Next,
) -> Response {
    let web = guard.web.clone();
    let session = timeout(LOOK_TIMEOUT, session(&web, request.headers())).await;
    let session = match session.unwrap_or_else(|_| Err(untold())) {
        Ok(Some(session)) => session,
        Ok(None) => return stranger(&request),
        Err(problem) => return frame::outage(&problem),
    };
    let visit = Visit { web, session };
    let role = visit.session.caller.authority.role();
    let checked = match *request.method() {
        _ if !roles.contains(&role) => Err(not_allowed(role, roles)),
        Method::GET => Ok(()),
        _ => origin::check_form(request.headers()),
    };
    if let Err(problem) = checked {
        return visit.problem(&problem).await;
    }
    request.extensions_mut().insert(visit.clone());
    let response = guard.within_time(request, next).await;
    match response.extensions().get::<Problem>() {
        Some(problem) => visit.problem(problem).await,
        None => response,
    }
}

/// Who is signed in, if anybody is.
async fn session(web: &Web, headers: &HeaderMap) -> Result<Option<Session>, Problem> {
    let now = web.ledger.clock().real();
    let found = cookies(headers).find_map(|cookie| web.sessions.read(cookie, now));
    let Some(session) = found else { return Ok(None) };
    match web.authenticator.still(&session.caller, now).await {
        Ok(true) => Ok(Some(session)),
        Ok(false) => Ok(None),
        Err(AuthError::Missing | AuthError::Invalid | AuthError::Unavailable) => Err(untold()),
    }
}

fn untold() -> Problem {
    Problem::unavailable("Whether you are signed in cannot be told right now.")
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| COOKIE_NAMES.contains(&name.trim())).map(|(_, value)| value.trim())
}

/// Somebody without a session is sent to sign in, and back.
fn stranger(request: &Request) -> Response {
    let is_get = request.method() == Method::GET;
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if is_get && matches!(site, Some("cross-site" | "same-site")) {
        return frame::bare(StatusCode::OK, "again.html", context! {});
    }
    let next = if is_get { path_of(request.uri()) } else { super::HOME.to_owned() };
    let to = format!("{}?next={}", sign_in::PATH, frame::encoded(&next));
    frame::see_other(&to)
}

fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| super::HOME.to_owned(), ToString::to_string)
}

/// The header that keeps a session in the browser, or ends it there.
pub(super) fn set_cookie(web: &Web, cookie: Option<&str>) -> Option<HeaderValue> {
    let is_https = web.public_url.starts_with("https:");
    let name = COOKIE_NAMES[usize::from(!is_https)];
    let secure = if is_https { "; Secure" } else { "" };
    let end = if cookie.is_none() { "; Max-Age=0" } else { "" };
    let value = cookie.unwrap_or_default();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{end}");
    HeaderValue::try_from(text).ok()
}
