//! Signing in to the pages of partners' people, and out again: with the issuer, if one is set, or
//! with an API key; on a developer's machine also by a button.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use minijinja::context;
use tracing::info;

use crate::access::AuthError;
use crate::http::form::{Fields, encoded};
use crate::http::language::Wanted;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::{Site, see_other, set_cookie, wanted, with_cookie};
use crate::http::{Web, origin};

use super::frame::{Act, bare};
use super::{PEOPLE, issuer};

/// Where one signs in.
const PATH: &str = "/partner/sign-in";
/// Whose pages these are.
pub(super) const SITE: Site = Site::Partner;

pub(super) fn routes() -> Vec<Route> {
    let out = "/partner/sign-out";
    vec![
        Route::new(Method::GET, PATH, "show_partner_sign_in", "Signing in", show).page(),
        Route::new(Method::POST, PATH, "partner_sign_in", "Sign in", sign_in).page(),
        Route::new(Method::POST, out, "partner_sign_out", "Sign out", sign_out).signed_in(PEOPLE),
    ]
}

async fn show(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let next = Fields::of_query(&uri).text("next");
    form(&web, wanted(&uri, &headers), StatusCode::OK, &next, None)
}

async fn sign_in(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    origin::check_form(request.headers())?;
    let wanted = wanted(request.uri(), request.headers());
    let Ok(fields) = Fields::of_body(request, &web).await else {
        return Ok(form(&web, wanted, StatusCode::BAD_REQUEST, "", Some("unreadable")));
    };
    let (next, now) = (fields.text("next"), web.ledger.clock().real());
    if let (Some(_), Some(user)) = (fields.choice("development"), &web.development_user) {
        let cookie = web.sessions.begin(&user.caller, Some(user.name.as_str()), None, now);
        return Ok(enter(&web, &cookie, &next));
    }
    let (caller, expires_at) =
        match web.authenticator.identify(&fields.text("credential"), now).await {
            Ok(identified) => identified,
            Err(AuthError::Unavailable) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Ok(form(&web, wanted, status, &next, Some("unavailable")));
            }
            Err(AuthError::Missing | AuthError::Invalid) => {
                return Ok(form(&web, wanted, StatusCode::FORBIDDEN, &next, Some("unknown")));
            }
        };
    if !PEOPLE.contains(&caller.authority.role()) {
        return Ok(form(&web, wanted, StatusCode::FORBIDDEN, &next, Some("role")));
    }
    info!("somebody of a partner has signed in with a credential");
    Ok(enter(&web, &web.sessions.begin(&caller, None, expires_at, now), &next))
}

/// Whoever signs in next comes back to the page that was open.
async fn sign_out(act: Act) -> Response {
    let next = act.fields.text("next");
    let path = format!("{PATH}?next={}", encoded(SITE.home_or(&next)));
    with_cookie(see_other(&path), set_cookie(&act.visit.web, SITE, None))
}

/// Lets a browser in with this session.
pub(super) fn enter(web: &Web, session: &str, next: &str) -> Response {
    with_cookie(see_other(SITE.home_or(next)), set_cookie(web, SITE, Some(session)))
}

/// The page where one signs in; `trouble` is the key of its words in the table `sign_in_trouble`.
pub(super) fn form(
    web: &Web,
    wanted: Wanted,
    status: StatusCode,
    next: &str,
    trouble: Option<&str>,
) -> Response {
    let user = web.development_user.as_ref();
    let next = if next.is_empty() { super::HOME } else { next };
    let values = context! {
        next,
        here => format!("{PATH}?next={}", encoded(next)),
        trouble => trouble.unwrap_or_default(),
        issuer => web.authenticator.signs_in()
            .then(|| format!("{}?next={}", issuer::BEGIN, encoded(next))),
        development => user.map(|user| user.name.as_str()),
        development_mpn_id => user.and_then(|user| user.caller.authority.scope()),
    };
    bare(wanted.language(None, web.pages.default_language), status, "sign_in.html", values)
}
