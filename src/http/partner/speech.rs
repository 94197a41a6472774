//! Choosing the language of the pages. The choice is a cookie of the browser and nothing else; it
//! is the one form that also somebody sends who is not signed in.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::response::Response;

use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::{of_tag, tag};
use crate::http::origin;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::{LANGUAGE_COOKIE, Site, see_other, with_cookie};

use super::HOME;

/// How long a choice is remembered, in seconds: a year.
const LIFE_SECONDS: u32 = 365 * 24 * 60 * 60;

pub(super) fn routes() -> Vec<Route> {
    let path = "/partner/language";
    vec![Route::new(Method::POST, path, "choose_language", "Choose a language", choose).page()]
}

async fn choose(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    origin::check_form(request.headers())?;
    let fields = Fields::of_body(request, &web).await;
    let fields = fields.map_err(|_| Problem::malformed("The form cannot be read"))?;
    let language = of_tag(&fields.text("lang")).map_or("en", tag);
    let secure = if web.public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!(
        "{LANGUAGE_COOKIE}={language}; Path={HOME}; Max-Age={LIFE_SECONDS}; HttpOnly; \
         SameSite=Lax{secure}"
    );
    let next = fields.text("next");
    let sign_in = Site::Partner.sign_in();
    let next = if next.starts_with(&format!("{sign_in}?")) || next == sign_in {
        &next
    } else {
        Site::Partner.home_or(&next)
    };
    Ok(with_cookie(see_other(next), HeaderValue::try_from(cookie).ok()))
}
