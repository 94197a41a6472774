//! What every page of partners' people has: navigation, who is signed in, the language; and the way
//! in for forms.

use std::sync::LazyLock;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use crate::calendar::Language;
use crate::claim::identity::MpnId;
use crate::http::Web;
use crate::http::form::{Fields, encoded};
use crate::http::language::{LANGUAGES, Wanted, tag};
use crate::http::partner::material::templates;
use crate::http::problem::{Problem, ProblemType};
use crate::http::signed::{Signed, see_other};
use crate::http::texts::Words;
use crate::store::meta::ClockMode;

/// Where a page is in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Section {
    /// What is official.
    Associations,
    /// Claims, and one of them.
    Claims,
    /// What is not submitted yet.
    Drafts,
    /// Another association.
    New,
    /// What the partner's people are told.
    Notifications,
    /// A page that is in no section.
    None,
}

/// The navigation: an entry is there as soon as its page is.
const NAVIGATION: [(Section, &str); 5] = [
    (Section::Associations, "/partner/associations"),
    (Section::Claims, "/partner/claims"),
    (Section::Drafts, "/partner/drafts"),
    (Section::Notifications, "/partner/notifications"),
    (Section::New, "/partner/new"),
];

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let routes = super::routes();
    let exists = |path: &str| routes.iter().any(|route| route.path == path);
    let there = NAVIGATION.into_iter().filter(|(_, path)| exists(path));
    there.map(|(section, path)| Entry { section, path }).collect()
});

#[derive(Debug, Serialize)]
struct Entry {
    section: Section,
    path: &'static str,
}

/// A page to be made.
pub(super) struct Page<'a, T> {
    /// The file of the template.
    pub file: &'a str,
    /// Where it is.
    pub section: Section,
    /// What the template is filled with.
    pub view: T,
}

/// Somebody of a partner who is signed in and asks for a page of these.
#[derive(Clone)]
pub(in crate::http) struct Visit {
    signed: Signed,
    /// The language of the page.
    pub language: Language,
}

impl From<Signed> for Visit {
    fn from(signed: Signed) -> Self {
        let language = signed.wanted.language(None, signed.web.pages.default_language);
        Self { signed, language }
    }
}

impl std::ops::Deref for Visit {
    type Target = Signed;

    fn deref(&self) -> &Signed {
        &self.signed
    }
}

impl Visit {
    /// A page as an answer.
    pub(super) fn reply<T: Serialize>(&self, page: &Page<'_, T>) -> Result<Response, Problem> {
        self.reply_as(StatusCode::OK, page)
    }

    /// A page as an answer that is not simply fine.
    pub(super) fn reply_as<T: Serialize>(
        &self,
        status: StatusCode,
        page: &Page<'_, T>,
    ) -> Result<Response, Problem> {
        self.fill(status, page.file, page.section, Value::from(Serde(&page.view)))
    }

    /// A part of a page, which a script puts in its place.
    pub(super) fn part<T: Serialize>(&self, file: &str, view: &T) -> Result<Response, Problem> {
        let view = Value::from(Serde(view));
        templates(self.language)?.reply(StatusCode::OK, file, context! { view })
    }

    /// What went wrong, as a page.
    pub(in crate::http) fn problem(&self, problem: &Problem) -> Response {
        let details = Value::from(Serde(problem.details()));
        let view = context! { words => words_of(problem.kind()), ..details };
        let page = self.fill(problem.status(), "problem.html", Section::None, view);
        page.unwrap_or_else(|problem| problem.into_response())
    }

    /// The words of the page's language.
    pub(super) fn words(&self) -> Result<&'static Words, Problem> {
        Ok(templates(self.language)?.words())
    }

    /// How colleagues know this person.
    pub(super) fn name(&self) -> &str {
        self.session.shown.as_ref().unwrap_or(&self.session.caller.name)
    }

    /// The partner whose claims this person sees.
    pub(super) fn partner(&self) -> Result<&MpnId, Problem> {
        self.session.caller.authority.mpn_id().ok_or_else(Problem::internal)
    }

    fn fill(
        &self,
        status: StatusCode,
        file: &str,
        section: Section,
        view: Value,
    ) -> Result<Response, Problem> {
        let caller = &self.session.caller;
        let frame = context! {
            section => Value::from(Serde(&section)),
            navigation => Value::from(Serde(&*ENTRIES)),
            who => self.name(),
            mpn_id => caller.authority.scope().unwrap_or_default(),
            token => &self.session.form_token,
            is_virtual => self.web.ledger.clock().mode() == ClockMode::Virtual,
            here => &self.here,
            languages => languages(self.language),
            view,
        };
        templates(self.language)?.reply(status, file, frame)
    }
}

/// Every language with its tag, its own name and whether it is this one.
fn languages(current: Language) -> Value {
    let one = |(language, name)| (tag(language), name, language == current);
    Value::from(Serde(LANGUAGES.map(one)))
}

/// The words for a kind of problem: a part of the keys in the table `problem`.
const fn words_of(kind: ProblemType) -> &'static str {
    match kind {
        ProblemType::NotFound | ProblemType::MethodNotAllowed => "not_found",
        ProblemType::RoleNotAllowed | ProblemType::CredentialInvalid => "role",
        ProblemType::ClaimConflict
        | ProblemType::DraftChanged
        | ProblemType::KeyReused
        | ProblemType::ClockConflict
        | ProblemType::CalendarConflict => "conflict",
        ProblemType::FindingsReported => "findings",
        ProblemType::TooLarge => "too_large",
        ProblemType::RequestMalformed | ProblemType::MediaTypeNotSupported => "unreadable",
        ProblemType::TooManyRequests | ProblemType::TimedOut | ProblemType::Unavailable => {
            "unavailable"
        }
        ProblemType::Internal => "internal",
    }
}

/// The visit that the gate let through.
impl FromRequestParts<Web> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        Signed::from_request_parts(parts, web).await.map(Self::from)
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
    /// Sends the browser to a page that says what was done, by the key of its words in the table
    /// `done`, so that a reload repeats nothing.
    pub fn done(&self, path: &str, key: &str) -> Response {
        let mark = if path.contains('?') { '&' } else { '?' };
        see_other(&format!("{path}{mark}done={}", encoded(key)))
    }
}

impl FromRequest<Web> for Act {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Problem> {
        let signed = request.extensions().get::<Signed>().cloned();
        let visit = Visit::from(signed.ok_or_else(Problem::internal)?);
        let fields = visit.fields(request).await?;
        Ok(Self { visit, fields })
    }
}

/// A page for somebody who is not signed in.
pub(super) fn bare(language: Language, status: StatusCode, file: &str, values: Value) -> Response {
    let values = context! { languages => languages(language), ..values };
    let page = templates(language).and_then(|all| all.reply(status, file, values));
    let mut response = page.unwrap_or_else(|problem| problem.into_response());
    let vary = HeaderValue::from_static("Accept-Language, Cookie");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// A page that asks for itself again.
pub(in crate::http) fn again(web: &Web, wanted: Wanted) -> Response {
    let language = wanted.language(None, web.pages.default_language);
    bare(language, StatusCode::OK, "again.html", context! {})
}

/// A page for when even who is signed in cannot be told.
pub(in crate::http) fn outage(web: &Web, wanted: Wanted) -> Response {
    let language = wanted.language(None, web.pages.default_language);
    bare(language, StatusCode::SERVICE_UNAVAILABLE, "outage.html", context! {})
}
