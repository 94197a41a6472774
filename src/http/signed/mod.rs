//! What all pages have for people who are signed in, whosever the pages are: the session's cookie,
//! the gate, forms with the session's token, and telling open pages that something has changed.
//!
//! Every site has a cookie of its own, so that somebody can be signed in to each. What a page looks
//! like is the site's own business.

mod gate;
mod live;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::Session;
use crate::http::form::Fields;
use crate::http::language::Wanted;
use crate::http::problem::{Problem, ProblemType};
use crate::http::{Web, ops, partner};

pub(super) use gate::{LANGUAGE_COOKIE, cookie, enter, set_cookie, wanted, with_cookie};
pub(super) use live::live;

/// Whose pages they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// Of the people who run the deployment.
    Operations,
    /// Of partners' people.
    Partner,
}

impl Site {
    /// The site of a route.
    fn of(path: &str) -> Self {
        if path.starts_with(partner::HOME) { Self::Partner } else { Self::Operations }
    }

    /// Where it begins.
    pub const fn home(self) -> &'static str {
        match self {
            Self::Operations => ops::HOME,
            Self::Partner => partner::HOME,
        }
    }

    /// Where one signs in.
    pub fn sign_in(self) -> String {
        format!("{}/sign-in", self.home())
    }

    /// The cookie of a session where others reach us by https, and elsewhere. The first name is
    /// one that browsers take from nobody but this very host.
    const fn cookies(self) -> [&'static str; 2] {
        match self {
            Self::Operations => ["__Host-cpor-session", "cpor-session"],
            Self::Partner => ["__Host-cpor-partner", "cpor-partner"],
        }
    }

    /// Where to go after signing in: a page of the site, and nothing else.
    pub fn home_or(self, next: &str) -> &str {
        let home = self.home();
        let is_ours = next.strip_prefix(home).is_some_and(|rest| rest.starts_with(['/', '?']));
        if is_ours && !next.starts_with(&self.sign_in()) { next } else { home }
    }
}

/// Somebody who is signed in and asks for a page.
#[derive(Clone)]
pub(super) struct Signed {
    /// What handlers work with.
    pub web: Web,
    /// Who it is.
    pub session: Session,
    /// What the browser says about the language it wants.
    pub wanted: Wanted,
    /// The page that was asked for, with its query; the site's home when it was no page.
    pub here: String,
}

impl Signed {
    /// The fields of a form that this person has sent from one of our pages.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or was not made for this session.
    pub async fn fields(&self, request: Request) -> Result<Fields, Problem> {
        let fields = Fields::of_body(request, &self.web).await.map_err(|_| unreadable())?;
        let is_ours = self.session.has_sent(&fields.text("token"));
        if is_ours { Ok(fields) } else { Err(unreadable()) }
    }
}

/// Whoever the gate let through.
impl FromRequestParts<Web> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}

fn unreadable() -> Problem {
    let detail = "Nothing was done: the form cannot be read, or was opened in an older session.";
    Problem::new(ProblemType::RequestMalformed, detail, "Go back, reload the page, and try again.")
}

/// Sends the browser on.
pub(super) fn see_other(path: &str) -> Response {
    match HeaderValue::try_from(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => Problem::internal().into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        let check = |next: &str, expected: &str| {
            assert_eq!(Site::Partner.home_or(next), expected, "{next}");
        };
        check("/partner/claims?status=contested", "/partner/claims?status=contested");
        check("/partner?lang=tr", "/partner?lang=tr");
        for next in [
            "/partner",
            "/partner/sign-in?next=/partner",
            "/partnership",
            "/ops/claims",
            "//evil.example/partner/",
            "https://evil.example/partner/",
            "",
        ] {
            check(next, "/partner");
        }
    }
}
