//! What every operations page has: navigation, who is signed in, the time; and the way in for
//! forms.

use std::sync::LazyLock;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::SubsecRound as _;
use minijinja::value::{Serde, Value};
use minijinja::{Error, context};
use serde::Serialize;

use crate::access::{Role, Session};
use crate::claim::identity::{Comment, Line};
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::html::{Templates, broken};
use crate::http::problem::{Problem, ProblemType};
use crate::store::meta::ClockMode;
use crate::view::utc;

const CSS: &str = concat!(
    include_str!("../../../config/ops/ops.css"),
    include_str!("../../../config/ops/figures.css"),
    include_str!("../../../config/ops/claims.css"),
);
const JS: &str = include_str!("../../../config/ops/ops.js");
const FILES: [(&str, &str); 16] = [
    ("layout.html", include_str!("../../../config/ops/layout.html")),
    ("parts.html", include_str!("../../../config/ops/parts.html")),
    ("again.html", include_str!("../../../config/ops/again.html")),
    ("outage.html", include_str!("../../../config/ops/outage.html")),
    ("problem.html", include_str!("../../../config/ops/problem.html")),
    ("sign_in.html", include_str!("../../../config/ops/sign_in.html")),
    ("overview.html", include_str!("../../../config/ops/overview.html")),
    ("dead.html", include_str!("../../../config/ops/dead.html")),
    ("dead_group.html", include_str!("../../../config/ops/dead_group.html")),
    ("dead_entry.html", include_str!("../../../config/ops/dead_entry.html")),
    ("lists.html", include_str!("../../../config/ops/lists.html")),
    ("windows.html", include_str!("../../../config/ops/windows.html")),
    ("claims.html", include_str!("../../../config/ops/claims.html")),
    ("claim.html", include_str!("../../../config/ops/claim.html")),
    ("queues.html", include_str!("../../../config/ops/queues.html")),
    ("log.html", include_str!("../../../config/ops/log.html")),
];

static TEMPLATES: LazyLock<Result<Templates, Error>> =
    LazyLock::new(|| Templates::new(&FILES, CSS, JS));

/// Where a page is in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Section {
    /// How everything stands.
    Overview,
    /// What is left to a person.
    Dead,
    /// When windows end.
    Windows,
    /// Claims, and one of them.
    Claims,
    /// The queues.
    Queues,
    /// What operators did.
    Log,
    /// A page that is in no section.
    None,
}

/// A page to be made.
pub(super) struct Page<'a, T> {
    /// The file of the template.
    pub file: &'a str,
    /// What the browser calls it.
    pub title: &'a str,
    /// Where it is.
    pub section: Section,
    /// What the template is filled with.
    pub view: T,
}

/// Somebody who is signed in and asks for a page.
#[derive(Clone)]
pub(super) struct Visit {
    /// What handlers work with.
    pub web: Web,
    /// Who it is.
    pub session: Session,
}

impl Visit {
    /// A page as an answer.
    pub async fn reply<T: Serialize>(&self, page: &Page<'_, T>) -> Result<Response, Problem> {
        self.reply_as(StatusCode::OK, page).await
    }

    /// A page as an answer that is not simply fine.
    pub async fn reply_as<T: Serialize>(
        &self,
        status: StatusCode,
        page: &Page<'_, T>,
    ) -> Result<Response, Problem> {
        let view = Value::from(Serde(&page.view));
        self.fill(status, page.file, page.title, page.section, view).await
    }

    /// What went wrong, as a page.
    pub async fn problem(&self, problem: &Problem) -> Response {
        let view = Value::from(Serde(problem.details()));
        self.fill(problem.status(), "problem.html", "Not done", Section::None, view)
            .await
            .unwrap_or_else(IntoResponse::into_response)
    }

    /// Who acts, as the log of operators' actions names it.
    pub fn actor(&self) -> Result<Line, Problem> {
        Line::parse(&self.session.caller.name).map_err(|_| Problem::internal())
    }

    /// Whether the person acts, or only looks.
    pub fn acts(&self) -> bool {
        self.session.caller.authority.role() != Role::Observer
    }

    async fn fill(
        &self,
        status: StatusCode,
        file: &str,
        title: &str,
        section: Section,
        view: Value,
    ) -> Result<Response, Problem> {
        let (web, caller) = (&self.web, &self.session.caller);
        let role = caller.authority.role();
        let seen = web.seen().await;
        let now = seen.facts.as_ref().map(|facts| utc(facts.overview.now.trunc_subsecs(0)));
        let frame = context! {
            title,
            section => Value::from(Serde(&section)),
            namespace => web.ledger.store().keys().namespace(),
            is_virtual => web.ledger.clock().mode() == ClockMode::Virtual,
            caller => &caller.name,
            role => role.as_str(),
            acts => self.acts(),
            decides => role == Role::Reviewer,
            operates => role == Role::Operator,
            token => &self.session.form_token,
            alarms => Value::from(Serde(&seen.alarms)),
            now => now.unwrap_or_default(),
            view,
        };
        TEMPLATES.as_ref().map_err(broken)?.reply(status, file, frame)
    }
}

/// The visit that the gate let through.
impl FromRequestParts<Web> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}

/// A form that somebody who is signed in has sent from one of our pages.
pub(super) struct Act {
    /// Who it is.
    pub visit: Visit,
    /// What the form says.
    pub fields: Fields,
}

impl Act {
    /// Why it is done, in a few words, which every act needs.
    pub fn reason(&self) -> Result<Comment, Problem> {
        let reason = self.fields.text("reason");
        let is_short = reason.chars().count() <= REASON_MAX;
        if let (true, Ok(reason)) = (is_short, Comment::parse(&reason)) {
            return Ok(reason);
        }
        let remedy =
            format!("Go back, and write down a reason of at most {REASON_MAX} characters.");
        let detail = "Nothing was done, because no reason was given, or one that is too long.";
        Err(Problem::new(ProblemType::RequestMalformed, detail, remedy))
    }

    /// Sends the browser to a page that says what was done, so that a reload repeats nothing.
    pub fn done(&self, path: &str, said: &str) -> Response {
        let (path, place) = path.split_once('#').unwrap_or((path, ""));
        let mark = if path.contains('?') { '&' } else { '?' };
        let place = if place.is_empty() { String::new() } else { format!("#{place}") };
        see_other(&format!("{path}{mark}done={}{place}", encoded(said)))
    }
}

/// Characters of a reason, at most.
const REASON_MAX: usize = 500;

impl FromRequest<Web> for Act {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or_else(Problem::internal)?;
        let fields = Fields::of_body(request, web).await.map_err(|_| unreadable())?;
        let is_ours = visit.session.has_sent(&fields.text("token"));
        if is_ours { Ok(Self { visit, fields }) } else { Err(unreadable()) }
    }
}

fn unreadable() -> Problem {
    let detail = "Nothing was done: the form cannot be read, or was opened in an older session.";
    Problem::new(ProblemType::RequestMalformed, detail, "Go back, reload the page, and try again.")
}

/// A page for somebody who is not signed in.
pub(super) fn bare(status: StatusCode, file: &str, values: Value) -> Response {
    let templates = TEMPLATES.as_ref().map_err(broken);
    let page = templates.and_then(|templates| templates.reply(status, file, values));
    page.unwrap_or_else(IntoResponse::into_response)
}

/// Sends the browser on to a path of ours.
pub(super) fn see_other(path: &str) -> Response {
    let location = HeaderValue::try_from(path);
    let location = location.unwrap_or_else(|_| HeaderValue::from_static(super::HOME));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// A text as a value in a query.
pub(super) fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// A page for when even who is signed in cannot be told.
pub(super) fn outage(problem: &Problem) -> Response {
    let problem = Value::from(Serde(problem.details()));
    bare(StatusCode::SERVICE_UNAVAILABLE, "outage.html", context! { title => "Away", problem })
}
