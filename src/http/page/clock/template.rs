//! The template of the clock's page with its style and script, and the headers of its answers.
//! It is made once per process: nothing in it depends on a deployment.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, UndefinedBehavior};
use sha2::{Digest, Sha256};

use super::view::View;
use crate::http::problem::Problem;
use crate::worker::with_causes;

const NAME: &str = "clock.html";
const HTML: &str = include_str!("../../../../config/page/clock.html");
const CSS: &str = concat!(
    include_str!("../../../../config/page/page.css"),
    include_str!("../../../../config/page/clock.css")
);
const JS: &str = include_str!("../../../../config/page/clock.js");

static TEMPLATE: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(environment);

/// The page as an answer.
pub(super) fn reply(status: StatusCode, view: &View) -> Result<Response, Problem> {
    let environment = TEMPLATE.as_ref().map_err(broken)?;
    let template = environment.get_template(NAME).map_err(|error| broken(&error))?;
    let html = template.render(Value::from(Serde(view))).map_err(|error| broken(&error))?;
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        hash(CSS),
        hash(JS)
    );
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        // Without it the browser would not say that a form comes from this page.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::try_from(policy).map_err(|_| Problem::internal())?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn broken(error: &Error) -> Problem {
    tracing::error!(error = with_causes(error), "the clock's page could not be made");
    Problem::internal()
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax?);
    environment.add_global("css", Value::from_safe_string(CSS.to_owned()));
    environment.add_global("js", Value::from_safe_string(JS.to_owned()));
    environment.add_template(NAME, HTML)?;
    Ok(environment)
}
