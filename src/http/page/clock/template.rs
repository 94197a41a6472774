//! The template of the clock's page with its style and script. It is made once per process:
//! nothing in it depends on a deployment.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::Response;
use minijinja::Error;
use minijinja::value::{Serde, Value};

use super::view::View;
use crate::http::html::{Templates, broken};
use crate::http::problem::Problem;

const NAME: &str = "clock.html";
const HTML: &str = include_str!("../../../../config/page/clock.html");
const CSS: &str = concat!(
    include_str!("../../../../config/page/page.css"),
    include_str!("../../../../config/page/clock.css")
);
const JS: &str = include_str!("../../../../config/page/clock.js");

static TEMPLATES: LazyLock<Result<Templates, Error>> =
    LazyLock::new(|| Templates::new(&[(NAME, HTML)], CSS, JS));

/// The page as an answer.
pub(super) fn reply(status: StatusCode, view: &View) -> Result<Response, Problem> {
    let templates = TEMPLATES.as_ref().map_err(broken)?;
    templates.reply(status, NAME, Value::from(Serde(view)))
}
