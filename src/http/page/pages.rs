//! The templates of the pages, in every language, and what is the same on all of them.

use std::sync::Arc;

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::form::FieldError;
use crate::calendar::Language;
use crate::http::language::{LANGUAGES, of_tag, tag};
use crate::http::texts::Words;
use crate::worker::with_causes;

const ENGLISH: &str = include_str!("../../../config/page/en.toml");
const TURKISH: &str = include_str!("../../../config/page/tr.toml");
/// `page.css` and the style of charts, which is shared ([`crate::usage::chart`]).
const CSS: &str = concat!(
    include_str!("../../../config/page/page.css"),
    include_str!("../../../config/usage/chart.css")
);

const TEMPLATES: [(&str, &str); 11] = [
    ("layout.html", include_str!("../../../config/page/layout.html")),
    ("parts.html", include_str!("../../../config/page/parts.html")),
    ("notice.html", include_str!("../../../config/page/notice.html")),
    ("answer_form.html", include_str!("../../../config/page/answer_form.html")),
    ("confirm.html", include_str!("../../../config/page/confirm.html")),
    ("own_view.html", include_str!("../../../config/page/own_view.html")),
    ("figures.html", include_str!("../../../config/page/figures.html")),
    ("end.html", include_str!("../../../config/page/end.html")),
    ("subscription.html", include_str!("../../../config/page/subscription.html")),
    ("acknowledge.html", include_str!("../../../config/page/acknowledge.html")),
    ("plain.html", include_str!("../../../config/page/plain.html")),
];

/// Everything a page is made with.
#[derive(Clone)]
pub(in crate::http) struct Pages {
    english: Arc<Environment<'static>>,
    turkish: Arc<Environment<'static>>,
    /// The words of each language, in the order of [`LANGUAGES`].
    words: Arc<[Words; 2]>,
    /// What the addresses of the pages begin with.
    public_url: String,
    /// The language of people of whom nothing is known.
    pub(in crate::http) default_language: Language,
    /// What the pages may do: nothing but be styled, and be answered.
    pub(super) policy: HeaderValue,
    /// The page for links that are none, in the order of [`LANGUAGES`], made once.
    pub(super) missing: Arc<[String; 2]>,
}

/// A page to be made.
pub(super) struct Page<'a, T> {
    /// The file of the template.
    pub template: &'a str,
    /// In which language.
    pub language: Language,
    /// What the template is filled with.
    pub values: T,
    /// What is wrong with the form.
    pub errors: &'a [FieldError],
    /// Whether the page can be read in another language at the same address.
    pub can_switch: bool,
}

/// One language to switch to.
#[derive(Serialize)]
struct Switch {
    href: String,
    tag: &'static str,
    name: &'static str,
    current: bool,
}

impl Pages {
    /// The built-in pages of a deployment that is asked at `reply_to`, and whose addresses begin
    /// with `public_url`.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "templates and words are built in, and tests fill in every one of them"
    )]
    pub fn new(reply_to: &str, public_url: &str, default_language: &str) -> Self {
        let default_language = of_tag(default_language).unwrap_or(Language::English);
        let of = |language| {
            Arc::new(environment(language, reply_to).expect("the built-in pages are sound"))
        };
        let digest = BASE64_STANDARD.encode(Sha256::digest(CSS));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).expect("the policy is ASCII");
        let (english, turkish) = (of(Language::English), of(Language::Turkish));
        let words = LANGUAGES
            .map(|(language, _)| Words::parse(text_of(language)).expect("a test reads them"));
        let (public_url, missing, words) = (public_url.to_owned(), Arc::default(), Arc::new(words));
        let mut pages =
            Self { english, turkish, words, public_url, default_language, policy, missing };
        let missing = |(language, _)| pages.plain("missing", language).unwrap_or_default();
        pages.missing = Arc::new(LANGUAGES.map(missing));
        pages
    }

    /// The same pages of a deployment whose addresses begin with another `public_url`.
    #[must_use]
    pub fn at(&self, public_url: &str) -> Self {
        Self { public_url: public_url.to_owned(), ..self.clone() }
    }

    /// The words of a language, for what is not made by a template.
    pub(super) fn words(&self, language: Language) -> &Words {
        let place = LANGUAGES.iter().position(|(known, _)| *known == language);
        &self.words[place.unwrap_or_default()]
    }

    /// A page as HTML; nothing when a template is broken, which the log tells.
    pub(super) fn render<T: Serialize>(&self, page: &Page<'_, T>) -> Option<String> {
        let environment = match page.language {
            Language::English => &self.english,
            Language::Turkish => &self.turkish,
        };
        let values = context! {
            errors => Value::from(Serde(page.errors)),
            switch => Value::from(Serde(switch(page))),
            public_url => &self.public_url,
            ..Value::from(Serde(&page.values))
        };
        let rendered = environment.get_template(page.template).and_then(|t| t.render(values));
        rendered
            .inspect_err(|error| {
                let file = page.template;
                tracing::error!(error = with_causes(error), "the page {file} could not be made");
            })
            .ok()
    }

    /// A page that says one thing, by its table of words.
    pub(super) fn plain(&self, message: &str, language: Language) -> Option<String> {
        let values = context! { message };
        let can_switch = message == "missing";
        self.render(&Page { template: "plain.html", language, values, errors: &[], can_switch })
    }
}

fn switch<T>(page: &Page<'_, T>) -> Vec<Switch> {
    let one = |(language, name)| Switch {
        href: format!("?lang={}", tag(language)),
        tag: tag(language),
        name,
        current: language == page.language,
    };
    if page.can_switch { LANGUAGES.map(one).into() } else { Vec::new() }
}

const fn text_of(language: Language) -> &'static str {
    match language {
        Language::English => ENGLISH,
        Language::Turkish => TURKISH,
    }
}

fn environment(language: Language, reply_to: &str) -> Result<Environment<'static>, Error> {
    let broken = |error| Error::new(ErrorKind::BadSerialization, "words").with_source(error);
    let words = Words::parse(text_of(language)).map_err(broken)?;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax?);
    environment.add_global("css", Value::from_safe_string(CSS.to_owned()));
    environment.add_global("language", tag(language));
    environment.add_global("reply_to", reply_to.to_owned());
    environment.add_function("t", move |key: &str, given: Kwargs| words.tell(key, &given));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}
