//! What the pages are made of: the files of `config/partner`, and those shared with `/ops`.

/// The style of every page.
pub(super) const CSS: &str = concat!(
    include_str!("../../../config/ops/ops.css"),
    include_str!("../../../config/ops/claims.css"),
    include_str!("../../../config/partner/partner.css"),
    include_str!("../../../config/partner/draft.css"),
    include_str!("../../../config/usage/chart.css"),
);
/// What makes pages live.
pub(super) const JS: &str = concat!(
    include_str!("../../../config/ops/ops.js"),
    include_str!("../../../config/partner/draft.js"),
);
/// The words in English: those of all pages, and those of the steps of a draft.
pub(super) const ENGLISH_WORDS: &str = concat!(
    include_str!("../../../config/partner/en.toml"),
    include_str!("../../../config/partner/draft.en.toml"),
);
/// The same in Turkish.
pub(super) const TURKISH_WORDS: &str = concat!(
    include_str!("../../../config/partner/tr.toml"),
    include_str!("../../../config/partner/draft.tr.toml"),
);
/// The templates by name.
pub(super) const FILES: [(&str, &str); 17] = [
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
    ("claim.html", include_str!("../../../config/partner/claim.html")),
    ("confirm.html", include_str!("../../../config/partner/confirm.html")),
    ("amend.html", include_str!("../../../config/partner/amend.html")),
];
