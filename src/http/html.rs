//! Pages that are made of templates with a style and a script of their own, as answers with the
//! headers that keep everything else out of them.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use sha2::{Digest, Sha256};

use crate::calendar::Language;
use crate::http::figures;
use crate::http::language::tag;
use crate::http::problem::Problem;
use crate::http::texts::Words;
use crate::worker::with_causes;

/// Templates with the one style and the one script that they include.
pub(super) struct Templates {
    environment: Environment<'static>,
    policy: HeaderValue,
}

impl Templates {
    /// Templates by the name of their file; `css` and `js` are there in each of them.
    pub fn new(
        files: &[(&'static str, &'static str)],
        css: &'static str,
        js: &'static str,
    ) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax?);
        environment.add_global("css", Value::from_safe_string(css.to_owned()));
        environment.add_filter("grouped", figures::grouped);
        environment.add_global("js", Value::from_safe_string(js.to_owned()));
        for (name, source) in files {
            environment.add_template(name, source)?;
        }
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            hash(css),
            hash(js)
        );
        let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("sandbox"));
        Ok(Self { environment, policy })
    }

    /// The same with words of a language: `t("table.key", name=value)`.
    pub fn speaking(self, language: Language, words: &str) -> Result<Self, Error> {
        let broken = |error| Error::new(ErrorKind::BadSerialization, "words").with_source(error);
        let words = Words::parse(words).map_err(broken)?;
        let mut environment = self.environment;
        environment.add_global("language", tag(language));
        environment.add_function("t", move |key: &str, given: Kwargs| words.tell(key, &given));
        Ok(Self { environment, ..self })
    }

    /// A page as an answer.
    pub fn reply(
        &self,
        status: StatusCode,
        file: &str,
        values: Value,
    ) -> Result<Response, Problem> {
        let rendered = self.environment.get_template(file).and_then(|t| t.render(values));
        let html = rendered.map_err(|error| broken(&error))?;
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            // Without it the browser would not say that a form comes from this page.
            (header::REFERRER_POLICY, "same-origin"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        Ok(response)
    }
}

/// A template of ours does not work; the log says which and why.
pub(super) fn broken(error: &Error) -> Problem {
    tracing::error!(error = with_causes(error), "a page could not be made");
    Problem::internal()
}
