//! Signing in to the operations pages with an API key or a token of the issuer, and out again.
//!
//! On a developer's machine the ready keys are behind buttons.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;
use minijinja::context;
use tracing::info;

use crate::access::AuthError;
use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::{Site, see_other, set_cookie, with_cookie};
use crate::http::{Web, origin};

use super::LOOKS;
use super::frame::{self, Act};

/// Where one signs in.
const PATH: &str = "/ops/sign-in";
const SITE: Site = Site::Operations;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "show_sign_in", "Signing in", show).page(),
        Route::new(Method::POST, PATH, "sign_in", "Sign in", sign_in).page(),
        Route::new(Method::POST, "/ops/sign-out", "sign_out", "Sign out", sign_out)
            .signed_in(LOOKS),
    ]
}

async fn show(State(web): State<Web>, uri: Uri) -> Response {
    form(&web, StatusCode::OK, &Fields::of_query(&uri).text("next"), "")
}

async fn sign_in(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    origin::check_form(request.headers())?;
    let Ok(fields) = Fields::of_body(request, &web).await else {
        return Ok(form(&web, StatusCode::BAD_REQUEST, "", "The form cannot be read."));
    };
    let next = fields.text("next");
    let credential = match fields.choice("development") {
        Some(role) => development_key(&web, role).unwrap_or_default(),
        None => fields.text("credential"),
    };
    let now = web.ledger.clock().real();
    let (caller, expires_at) = match web.authenticator.identify(&credential, now).await {
        Ok(identified) => identified,
        Err(AuthError::Unavailable) => {
            return Err(Problem::unavailable("Credentials cannot be checked right now."));
        }
        Err(AuthError::Missing | AuthError::Invalid) => {
            let said = "That is no key or token that counts: unknown, expired, or revoked.";
            return Ok(form(&web, StatusCode::FORBIDDEN, &next, said));
        }
    };
    if !LOOKS.contains(&caller.authority.role()) {
        let said = "The operations pages are for the roles reviewer, operator and observer.";
        return Ok(form(&web, StatusCode::FORBIDDEN, &next, said));
    }
    let role = caller.authority.role();
    info!("somebody with the role {role} has signed in to the operations pages");
    let cookie = web.sessions.begin(&caller, None, expires_at, now);
    let cookie = set_cookie(&web, SITE, Some(&cookie));
    Ok(with_cookie(see_other(SITE.home_or(&next)), cookie))
}

async fn sign_out(act: Act) -> Response {
    with_cookie(see_other(PATH), set_cookie(&act.visit.web, SITE, None))
}

fn form(web: &Web, status: StatusCode, next: &str, trouble: &str) -> Response {
    let ready = web.development_keys.iter().map(|ready| ready.authority.role());
    let ready: Vec<&str> = ready.filter(|role| LOOKS.contains(role)).map(|r| r.as_str()).collect();
    let namespace = web.ledger.store().keys().namespace();
    let values = context! { title => "Sign in", namespace, ready, next, trouble };
    frame::bare(status, "sign_in.html", values)
}

/// A ready key of this machine.
fn development_key(web: &Web, role: &str) -> Option<String> {
    let ready = web.development_keys.iter().find(|ready| ready.authority.role().as_str() == role);
    ready.map(|ready| ready.key.reveal().clone())
}
