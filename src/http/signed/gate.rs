//! Before a page for people who are signed in: who it is, and whether that person may see it.
//!
//! The cookie goes along only with requests that begin on our own pages (`SameSite=Strict`), so a
//! link that is followed from a chat arrives without it. Such a request is answered with a page
//! that asks for itself again, and that request has the cookie.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;

use super::{Signed, Site, see_other};
use crate::access::{AuthError, Role, Session};
use crate::http::form::encoded;
use crate::http::guard::{Guard, not_allowed};
use crate::http::language::Wanted;
use crate::http::problem::Problem;
use crate::http::watch::LOOK_TIMEOUT;
use crate::http::{Web, ops, origin, partner};

/// The cookie of the language that somebody has chosen.
pub(in crate::http) const LANGUAGE_COOKIE: &str = "cpor-language";

/// Lets somebody who is signed in with one of these roles through to a page.
pub(in crate::http) async fn enter(
    guard: &Guard,
    roles: &[Role],
    mut request: Request,
    next: Next,
) -> Response {
    let (web, site) = (guard.web.clone(), Site::of(guard.path));
    let wanted = wanted(request.uri(), request.headers());
    let session = timeout(LOOK_TIMEOUT, session(&web, site, request.headers())).await;
    let session = match session.unwrap_or_else(|_| Err(untold())) {
        Ok(Some(session)) => session,
        Ok(None) => return stranger(&web, site, &request, wanted),
        Err(problem) => return outage(&web, site, wanted, &problem),
    };
    let here = path_of(site, request.method(), request.uri());
    let signed = Signed { web, session, wanted, here };
    let role = signed.session.caller.authority.role();
    let checked = match *request.method() {
        _ if !roles.contains(&role) => Err(not_allowed(role, roles)),
        Method::GET | Method::HEAD => Ok(()),
        _ => origin::check_form(request.headers()),
    };
    if let Err(problem) = checked {
        return as_page(site, signed, &problem).await;
    }
    request.extensions_mut().insert(signed.clone());
    let response = guard.within_time(request, next).await;
    match response.extensions().get::<Problem>() {
        Some(problem) => as_page(site, signed, problem).await,
        None => response,
    }
}

/// What a browser says about the language it wants, a choice of before included.
pub(in crate::http) fn wanted(uri: &Uri, headers: &HeaderMap) -> Wanted {
    Wanted::of_request(uri, headers).or_chosen(cookie(headers, LANGUAGE_COOKIE))
}

/// Who is signed in, if anybody is.
async fn session(web: &Web, site: Site, headers: &HeaderMap) -> Result<Option<Session>, Problem> {
    let now = web.ledger.clock().real();
    let mut cookies = site.cookies().into_iter().flat_map(|name| cookies(headers, name));
    let found = cookies.find_map(|cookie| web.sessions.read(cookie, now));
    let Some(session) = found else { return Ok(None) };
    let person = session.person();
    if let (Some(home), Some(acting)) = (&session.home, session.caller.authority.mpn_id())
        && !web.directory.are_together(home, acting).await
    {
        return Ok(None);
    }
    if person.is_development_user() {
        let known = web.development_user.as_ref().is_some_and(|user| user.caller == person);
        return Ok(known.then_some(session));
    }
    match web.authenticator.still(&person, now).await {
        Ok(true) => Ok(Some(session)),
        Ok(false) => Ok(None),
        Err(AuthError::Missing | AuthError::Invalid | AuthError::Unavailable) => Err(untold()),
    }
}

fn untold() -> Problem {
    Problem::unavailable("Whether you are signed in cannot be told right now.")
}

/// What went wrong, as a page of the site.
async fn as_page(site: Site, signed: Signed, problem: &Problem) -> Response {
    match site {
        Site::Operations => ops::Visit::from(signed).problem(problem).await,
        Site::Partner => partner::Visit::from(signed).problem(problem),
    }
}

/// A page for when even who is signed in cannot be told.
fn outage(web: &Web, site: Site, wanted: Wanted, problem: &Problem) -> Response {
    match site {
        Site::Operations => ops::outage(problem),
        Site::Partner => partner::outage(web, wanted),
    }
}

/// Somebody without a session is sent to sign in, and back.
fn stranger(web: &Web, site: Site, request: &Request, wanted: Wanted) -> Response {
    let is_get = request.method() == Method::GET;
    let from = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if is_get && matches!(from, Some("cross-site" | "same-site")) {
        return match site {
            Site::Operations => ops::again(),
            Site::Partner => partner::again(web, wanted),
        };
    }
    let next = path_of(site, request.method(), request.uri());
    see_other(&format!("{}?next={}", site.sign_in(), encoded(&next)))
}

fn path_of(site: Site, method: &Method, uri: &Uri) -> String {
    let path = uri.path_and_query().filter(|_| method == Method::GET);
    path.map_or_else(|| site.home().to_owned(), ToString::to_string)
}

/// The values of all cookies of this name.
fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(move |(found, _)| found.trim() == name).map(|(_, value)| value.trim())
}

/// The value of the first cookie of this name.
pub(in crate::http) fn cookie<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    cookies(headers, name).next()
}

/// The header that keeps a session in the browser, or ends it there.
pub(in crate::http) fn set_cookie(
    web: &Web,
    site: Site,
    cookie: Option<&str>,
) -> Option<HeaderValue> {
    let is_https = web.public_url.starts_with("https:");
    let name = site.cookies()[usize::from(!is_https)];
    let secure = if is_https { "; Secure" } else { "" };
    let end = if cookie.is_none() { "; Max-Age=0" } else { "" };
    let value = cookie.unwrap_or_default();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{end}");
    HeaderValue::try_from(text).ok()
}

/// An answer with a cookie.
pub(in crate::http) fn with_cookie(
    mut response: Response,
    cookie: Option<HeaderValue>,
) -> Response {
    match cookie {
        Some(value) => {
            response.headers_mut().append(header::SET_COOKIE, value);
            response
        }
        None => Problem::internal().into_response(),
    }
}
