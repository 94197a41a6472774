//! What every operations page has: navigation, who is signed in, the time; and the way in for
//! forms.

use std::sync::LazyLock;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use chrono::SubsecRound as _;
use minijinja::value::{Serde, Value};
use minijinja::{Error, context};
use serde::Serialize;

use crate::access::Role;
use crate::claim::identity::{Comment, Line};
use crate::http::Web;
use crate::http::form::{Fields, encoded};
use crate::http::html::{Templates, broken};
use crate::http::problem::{Problem, ProblemType};
use crate::http::signed::{Signed, see_other};
use crate::http::v1::waiting::WAITING;
use crate::operations::{Overview, StatusCount};
use crate::store::meta::ClockMode;
use crate::view::utc;

const CSS: &str = concat!(
    include_str!("../../../config/ops/ops.css"),
    include_str!("../../../config/ops/figures.css"),
    include_str!("../../../config/ops/claims.css"),
    include_str!("../../../config/ops/reviews.css"),
);
const JS: &str = include_str!("../../../config/ops/ops.js");
const FILES: [(&str, &str); 18] = [
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
    ("reviews.html", include_str!("../../../config/ops/reviews.html")),
    ("review.html", include_str!("../../../config/ops/review.html")),
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
    /// What waits for a reviewer.
    Reviews,
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

/// Somebody who is signed in and asks for a page of these.
#[derive(Clone)]
pub(in crate::http) struct Visit(Signed);

impl From<Signed> for Visit {
    fn from(signed: Signed) -> Self {
        Self(signed)
    }
}

impl std::ops::Deref for Visit {
    type Target = Signed;

    fn deref(&self) -> &Signed {
        &self.0
    }
}

impl Visit {
    /// A page as an answer.
    pub(super) async fn reply<T: Serialize>(
        &self,
        page: &Page<'_, T>,
    ) -> Result<Response, Problem> {
        self.reply_as(StatusCode::OK, page).await
    }

    /// A page as an answer that is not simply fine.
    pub(super) async fn reply_as<T: Serialize>(
        &self,
        status: StatusCode,
        page: &Page<'_, T>,
    ) -> Result<Response, Problem> {
        let view = Value::from(Serde(&page.view));
        self.fill(status, page.file, page.title, page.section, view).await
    }

    /// What went wrong, as a page.
    pub(in crate::http) async fn problem(&self, problem: &Problem) -> Response {
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
            waiting => seen.facts.as_ref().map_or(0, |facts| waiting(&facts.overview)),
            view,
        };
        TEMPLATES.as_ref().map_err(broken)?.reply(status, file, frame)
    }
}

/// The visit that the gate let through.
impl FromRequestParts<Web> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        Signed::from_request_parts(parts, web).await.map(Self)
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

/// How many claims wait for a reviewer.
fn waiting(overview: &Overview) -> usize {
    let waits = |count: &&StatusCount| WAITING.contains(&count.status);
    overview.statuses.iter().filter(waits).map(|count| count.claims).sum()
}

/// Characters of a reason, at most.
const REASON_MAX: usize = 500;

impl FromRequest<Web> for Act {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Problem> {
        let signed = request.extensions().get::<Signed>().cloned();
        let visit = Visit(signed.ok_or_else(Problem::internal)?);
        let fields = visit.fields(request).await?;
        Ok(Self { visit, fields })
    }
}

/// A page for somebody who is not signed in.
pub(super) fn bare(status: StatusCode, file: &str, values: Value) -> Response {
    let templates = TEMPLATES.as_ref().map_err(broken);
    let page = templates.and_then(|templates| templates.reply(status, file, values));
    page.unwrap_or_else(IntoResponse::into_response)
}

/// A page that asks for itself again.
pub(in crate::http) fn again() -> Response {
    bare(StatusCode::OK, "again.html", context! {})
}

/// A page for when even who is signed in cannot be told.
pub(in crate::http) fn outage(problem: &Problem) -> Response {
    let problem = Value::from(Serde(problem.details()));
    bare(StatusCode::SERVICE_UNAVAILABLE, "outage.html", context! { title => "Away", problem })
}
