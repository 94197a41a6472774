//! What the pages of partners' people are made of: templates, words, styles and scripts.

use std::sync::LazyLock;

use minijinja::Error;

use crate::calendar::Language;
use crate::http::html::{Templates, broken};
use crate::http::problem::Problem;

const CSS: &str = concat!(
    include_str!("../../../config/ops/ops.css"),
    include_str!("../../../config/ops/claims.css"),
    include_str!("../../../config/partner/partner.css"),
    include_str!("../../../config/partner/draft.css"),
    include_str!("../../../config/usage/chart.css"),
);
const JS: &str = concat!(
    include_str!("../../../config/ops/ops.js"),
    include_str!("../../../config/partner/draft.js"),
);
/// The words of a language: those of all pages, of the steps of a draft, and of proof.
const ENGLISH_WORDS: &str = concat!(
    include_str!("../../../config/partner/en.toml"),
    include_str!("../../../config/partner/draft.en.toml"),
    include_str!("../../../config/partner/proof.en.toml"),
);
const TURKISH_WORDS: &str = concat!(
    include_str!("../../../config/partner/tr.toml"),
    include_str!("../../../config/partner/draft.tr.toml"),
    include_str!("../../../config/partner/proof.tr.toml"),
);
const FILES: [(&str, &str); 20] = [
    ("layout.html", include_str!("../../../config/partner/layout.html")),
    ("parts.html", include_str!("../../../config/partner/parts.html")),
    ("again.html", include_str!("../../../config/partner/again.html")),
    ("outage.html", include_str!("../../../config/partner/outage.html")),
    ("problem.html", include_str!("../../../config/partner/problem.html")),
    ("sign_in.html", include_str!("../../../config/partner/sign_in.html")),
    ("claims.html", include_str!("../../../config/partner/claims.html")),
    ("drafts.html", include_str!("../../../config/partner/drafts.html")),
    ("draft_new.html", include_str!("../../../config/partner/draft_new.html")),
    ("draft_step.html", include_str!("../../../config/partner/draft_step.html")),
    ("draft_summary.html", include_str!("../../../config/partner/draft_summary.html")),
    ("draft_parts.html", include_str!("../../../config/partner/draft_parts.html")),
    ("draft_whose.html", include_str!("../../../config/partner/draft_whose.html")),
    ("draft_taken.html", include_str!("../../../config/partner/draft_taken.html")),
    ("proof_parts.html", include_str!("../../../config/partner/proof_parts.html")),
    ("claim.html", include_str!("../../../config/partner/claim.html")),
    ("confirm.html", include_str!("../../../config/partner/confirm.html")),
    ("amend.html", include_str!("../../../config/partner/amend.html")),
    ("location.html", include_str!("../../../config/partner/location.html")),
    ("notifications.html", include_str!("../../../config/partner/notifications.html")),
];

static ENGLISH: LazyLock<Result<Templates, Error>> =
    LazyLock::new(|| speaking(Language::English, ENGLISH_WORDS));
static TURKISH: LazyLock<Result<Templates, Error>> =
    LazyLock::new(|| speaking(Language::Turkish, TURKISH_WORDS));

fn speaking(language: Language, words: &str) -> Result<Templates, Error> {
    Templates::new(&FILES, CSS, JS)?.speaking(language, words)
}

/// The templates of a language.
pub(super) fn templates(language: Language) -> Result<&'static Templates, Problem> {
    let templates = match language {
        Language::English => &ENGLISH,
        Language::Turkish => &TURKISH,
    };
    templates.as_ref().map_err(broken)
}
