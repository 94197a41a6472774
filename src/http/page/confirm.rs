//! The second step of every answer: a page that says what will happen, and asks again.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::facts::ClaimFacts;
use super::form::{FieldError, Values};
use super::pages::Page;
use crate::calendar::Language;
use crate::http::Web;

/// The page on which an answer is confirmed, as its template reads it.
#[derive(Serialize)]
pub(super) struct ConfirmView<'a> {
    /// The claim that is answered.
    pub claim: ClaimFacts,
    /// The choice of the first step.
    pub answer: &'static str,
    /// The claim whose association is to end; not on the page of a notice.
    pub association: Option<String>,
    /// Whether the answer came after the end of the window.
    pub is_late: bool,
    /// The end of the window, exclusive.
    pub closes: Option<String>,
    /// Where the form goes.
    pub here: String,
    /// What came with the choice.
    pub values: &'a Values,
    /// What ties the second step to the first.
    pub step: String,
}

/// What the second form says about whether the answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// It does.
    Yes,
    /// It is to be changed.
    Back,
    /// Nothing is to be recorded.
    Stop,
}

impl Confirmation {
    /// The choice of a field, if it is one.
    pub fn parse(raw: Option<&str>) -> Option<Self> {
        match raw? {
            "yes" => Some(Self::Yes),
            "back" => Some(Self::Back),
            "stop" => Some(Self::Stop),
            _ => None,
        }
    }
}

/// Nobody has said whether the answer stands.
pub(super) const UNCONFIRMED: FieldError =
    FieldError { field: "confirm", text: "confirm", target: "confirm" };
/// The first step is too old, or was about another answer.
pub(super) const AGAIN: FieldError =
    FieldError { field: "confirm", text: "again", target: "confirm" };

/// The page.
pub(super) fn confirm(
    web: &Web,
    language: Language,
    view: &ConfirmView<'_>,
    error: Option<FieldError>,
) -> Response {
    let status = if error.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let errors = error.as_slice();
    let template = "confirm.html";
    let page = Page { template, language, values: view, errors, can_switch: false };
    web.pages.reply(status, &page)
}
