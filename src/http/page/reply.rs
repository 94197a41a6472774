//! Answers to browsers: pages and data with their headers, ways back to a page, and pages that say
//! what went wrong.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::pages::{Page, Pages};
use crate::calendar::Language;
use crate::http::language::{LANGUAGES, Wanted, tag};
use crate::ledger::LedgerError;
use crate::store::StoreError;
use crate::worker::with_causes;

/// After how many seconds it is worth trying again.
const RETRY_AFTER_S: u16 = 60;

/// Why there is no page to show. Each is answered with a page that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The link is none of ours, or what it is about is not there any more.
    Missing,
    /// Redis is away; nothing was recorded.
    Unavailable,
    /// Redis went away while an answer was being recorded.
    Uncertain,
    /// The form cannot be read.
    Unreadable(StatusCode),
    /// A bug of ours.
    Broken,
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            tracing::warn!(error = with_causes(&error), "a page met Redis in trouble");
            return Self::Unavailable;
        }
        tracing::error!(error = with_causes(&error), "a page failed");
        Self::Broken
    }
}

impl Trouble {
    /// What it means that an answer could not be applied; `None` when the claim has been decided
    /// otherwise meanwhile.
    pub fn of_apply(error: LedgerError) -> Option<Self> {
        match error {
            LedgerError::Refused { .. } | LedgerError::Calendar { .. } => None,
            LedgerError::NoClaim(_) => Some(Self::Missing),
            LedgerError::Contended { .. } | LedgerError::LeaseLost(_) => Some(Self::Unavailable),
            // The commit may have arrived, and only its answer was lost.
            LedgerError::Store(error) => match Self::from(error) {
                Self::Unavailable => Some(Self::Uncertain),
                other => Some(other),
            },
        }
    }

    const fn page(self) -> (StatusCode, &'static str) {
        match self {
            Self::Missing => (StatusCode::NOT_FOUND, "missing"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Uncertain => (StatusCode::SERVICE_UNAVAILABLE, "uncertain"),
            Self::Unreadable(status) => (status, "unreadable"),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "broken"),
        }
    }
}

impl Pages {
    /// A page, or the page that says that something went wrong.
    pub(super) fn reply<T: Serialize>(&self, status: StatusCode, page: &Page<'_, T>) -> Response {
        match self.render(page) {
            Some(html) => self.with_headers(status, html, page.language),
            None => self.trouble(Trouble::Broken, page.language),
        }
    }

    /// Data instead of a page, which browsers save under a name.
    pub(super) fn data<T: Serialize>(
        &self,
        name: &'static str,
        data: &T,
        language: Language,
    ) -> Response {
        let Ok(json) = serde_json::to_string(data) else {
            return self.trouble(Trouble::Broken, language);
        };
        let mut response = self.with_headers(StatusCode::OK, json, language);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(saved) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            headers.insert(header::CONTENT_DISPOSITION, saved);
        }
        response
    }

    /// The page that says what went wrong.
    pub(super) fn trouble(&self, trouble: Trouble, language: Language) -> Response {
        let (status, message) = trouble.page();
        let html = match trouble {
            Trouble::Missing => {
                let index = LANGUAGES.iter().position(|(known, _)| *known == language);
                index.map(|index| self.missing[index].clone())
            }
            Trouble::Unavailable
            | Trouble::Uncertain
            | Trouble::Unreadable(_)
            | Trouble::Broken => self.plain(message, language),
        };
        let mut response = self.with_headers(status, html.unwrap_or_default(), language);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
        }
        response
    }

    /// The page that says what went wrong to somebody of whom only the request is known.
    pub(super) fn trouble_for(&self, trouble: Trouble, wanted: Wanted) -> Response {
        self.trouble(trouble, wanted.language(None, self.default_language))
    }

    fn with_headers(&self, status: StatusCode, html: String, language: Language) -> Response {
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_LANGUAGE, tag(language)),
            (header::CACHE_CONTROL, "no-store"),
            (header::VARY, "Accept-Language"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("permissions-policy"), "browsing-topics=()"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        response
    }
}

/// Sends the browser back to the page of the same link, so that a reload repeats nothing. What is
/// told there is in the query; it changes words only, never what the page says of the claim.
pub(super) fn back(language: Language, told: &[(&str, &str)]) -> Response {
    let mut location = format!("?lang={}", tag(language));
    for (name, value) in told {
        location.push_str(&format!("&{name}={value}"));
    }
    let headers = [
        (header::LOCATION, location),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
