//! Signing in with the issuer: there, and back again.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use tracing::info;

use crate::access::{Returned, SignInError};
use crate::app::SIGNED_IN_PATH;
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::route::Route;
use crate::http::signed::{cookie, see_other, wanted, with_cookie};

use super::PEOPLE;
use super::sign_in::{SITE, enter, form};

/// Where the way to the issuer begins.
pub(super) const BEGIN: &str = "/partner/sign-in/issuer";
/// What the browser keeps while it is at the issuer. It comes back from another site, so the cookie
/// has to go along with that one request.
const COOKIE: &str = "cpor-partner-sign-in";

pub(super) fn routes() -> Vec<Route> {
    let (begin_id, finish_id) = ("begin_partner_sign_in", "finish_partner_sign_in");
    vec![
        Route::new(Method::GET, BEGIN, begin_id, "Go to the issuer", begin).page(),
        Route::new(Method::GET, SIGNED_IN_PATH, finish_id, "Back from the issuer", finish).page(),
    ]
}

async fn begin(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let (next, now) = (Fields::of_query(&uri).text("next"), web.ledger.clock().real());
    let next = SITE.home_or(&next);
    match web.authenticator.begin_sign_in(&web.sign_ins, next, now).await {
        Ok(begun) => with_cookie(see_other(&begun.location), kept(&web, Some(&begun.cookie))),
        Err(error) => {
            let (status, trouble) = words(error);
            form(&web, wanted(&uri, &headers), status, next, Some(trouble))
        }
    }
}

async fn finish(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let (query, now) = (Fields::of_query(&uri), web.ledger.clock().real());
    let returned = Returned {
        code: query.text("code"),
        state: query.text("state"),
        error: query.text("error"),
        issuer: query.text("iss"),
    };
    let kept_before = cookie(&headers, COOKIE).unwrap_or_default();
    let signed_in = web.authenticator.finish_sign_in(&web.sign_ins, kept_before, &returned, now);
    let response = match signed_in.await {
        Ok(person) if PEOPLE.contains(&person.caller.authority.role()) => {
            info!("somebody of a partner has signed in with the issuer");
            // What the issuer says counts at the sign-in; the session has its own end.
            let session = web.sessions.begin(&person.caller, person.shown.as_deref(), None, now);
            enter(&web, &session, &person.next)
        }
        Ok(person) => {
            let status = StatusCode::FORBIDDEN;
            form(&web, wanted(&uri, &headers), status, &person.next, Some("role"))
        }
        Err(error) => {
            let (status, trouble) = words(error);
            form(&web, wanted(&uri, &headers), status, "", Some(trouble))
        }
    };
    with_cookie(response, kept(&web, None))
}

/// The status of an answer, and the key of its words in the table `sign_in_trouble`.
const fn words(error: SignInError) -> (StatusCode, &'static str) {
    match error {
        SignInError::NotSet => (StatusCode::NOT_FOUND, "not_set"),
        SignInError::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        SignInError::Stale => (StatusCode::BAD_REQUEST, "stale"),
        SignInError::Denied => (StatusCode::FORBIDDEN, "denied"),
        SignInError::Refused => (StatusCode::FORBIDDEN, "refused"),
        SignInError::NoRole => (StatusCode::FORBIDDEN, "role"),
    }
}

fn kept(web: &Web, cookie: Option<&str>) -> Option<HeaderValue> {
    let secure = if web.public_url.starts_with("https:") { "; Secure" } else { "" };
    let (value, life) = cookie.map_or(("", 0), |value| (value, 15 * 60));
    let text = format!(
        "{COOKIE}={value}; Path=/partner/sign-in; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"
    );
    HeaderValue::try_from(text).ok()
}
