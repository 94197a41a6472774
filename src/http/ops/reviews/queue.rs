//! What waits for a reviewer: claims under review, contested and disputed, who is late first.

use axum::http::Uri;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::{Claim, ClaimId, Status};
use crate::http::form::Fields;
use crate::http::ops::claims::tone;
use crate::http::ops::frame::{Page, Section, Visit};
use crate::http::ops::when::{At, away, capitalized};
use crate::http::problem::Problem;
use crate::http::v1::waiting::{WAITING, waiting};
use crate::http::words;
use crate::view::status_in_words;

use super::{PATH, path_of};

/// Claims on one page.
const SIZE: usize = 50;

#[derive(Serialize)]
struct View {
    kinds: Vec<Kind>,
    rows: Vec<Row>,
    /// How many wait, and how many of them are late.
    count: usize,
    late: usize,
    /// There are more than can be put in order.
    is_cut: bool,
    first: Option<String>,
    next: Option<String>,
}

/// A list that can be chosen.
#[derive(Serialize)]
struct Kind {
    words: String,
    path: String,
    is_chosen: bool,
}

/// A claim that waits.
#[derive(Serialize)]
struct Row {
    claim_id: ClaimId,
    path: String,
    /// The partner's name for it, for those who see such.
    name: Option<String>,
    words: String,
    tone: &'static str,
    mpn_id: String,
    domain: String,
    items: Vec<String>,
    decide_by: Option<At>,
    left: String,
    is_late: bool,
    /// Who has approved it already, where a second reviewer has to.
    approved_by: Option<String>,
    comments: u32,
}

/// What a kind is called in links, and for people.
fn kind(status: Option<Status>) -> (&'static str, String) {
    match status {
        None => ("", "Everything".to_owned()),
        Some(status) => (status.as_str(), capitalized(status_in_words(status))),
    }
}

pub(super) async fn show(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    let query = Fields::of_query(&uri);
    let asked = query.choice("kind").unwrap_or_default();
    let chosen = WAITING.into_iter().find(|status| status.as_str() == asked);
    let now = visit.web.ledger.clock().now().await?;
    let (claims, is_cut) = match chosen {
        Some(status) => waiting(&visit.web, &[status]).await?,
        None => waiting(&visit.web, &WAITING).await?,
    };
    // A page that is no more is the last one.
    let last = claims.len().div_ceil(SIZE).max(1);
    let page = query.text("page").parse().unwrap_or(1).clamp(1, last);
    let (path, mark) = match chosen {
        Some(status) => (format!("{PATH}?kind={status}"), '&'),
        None => (PATH.to_owned(), '?'),
    };
    let shown = claims.iter().skip((page - 1) * SIZE).take(SIZE);
    let view = View {
        kinds: kinds(chosen),
        rows: shown.map(|claim| Row::of(&visit, claim, now)).collect(),
        count: claims.len(),
        late: claims.iter().filter(|claim| is_late(claim, now)).count(),
        is_cut,
        first: (page > 1).then(|| path.clone()),
        next: (page * SIZE < claims.len()).then(|| format!("{path}{mark}page={}", page + 1)),
    };
    let page = Page { file: "reviews.html", title: "Reviews", section: Section::Reviews, view };
    visit.reply(&page).await
}

fn kinds(chosen: Option<Status>) -> Vec<Kind> {
    let all = std::iter::once(None).chain(WAITING.map(Some));
    let link = |status: Option<Status>| {
        let (value, words) = kind(status);
        let path = if value.is_empty() { PATH.to_owned() } else { format!("{PATH}?kind={value}") };
        Kind { words, path, is_chosen: status == chosen }
    };
    all.map(link).collect()
}

fn is_late(claim: &Claim, now: DateTime<Utc>) -> bool {
    claim.decide_by().is_some_and(|decide_by| decide_by.due.by <= now)
}

/// How long there is still, or how late it is.
fn left(claim: &Claim, now: DateTime<Utc>) -> String {
    match claim.decide_by().map(|decide_by| decide_by.due.by) {
        None => "no time is set".to_owned(),
        Some(by) if now < by => away(by, now),
        Some(by) => match words::in_units(now - by).as_str() {
            "" => "due now".to_owned(),
            late => format!("{late} late"),
        },
    }
}

impl Row {
    fn of(visit: &Visit, claim: &Claim, now: DateTime<Utc>) -> Self {
        let submission = &claim.submission;
        let sees = visit.session.caller.authority.sees_personal_data();
        let zone = visit.web.customers_zone(claim);
        let (catalog, status) = (&visit.web.ledger.rules().catalog, claim.status());
        let code = submission.items.iter().map(|item| item.code().as_str());
        Self {
            claim_id: claim.id,
            path: path_of(claim.id),
            name: sees.then(|| submission.name.as_str().to_owned()),
            words: capitalized(status_in_words(status)),
            tone: tone(status),
            mpn_id: submission.partner.mpn_id.to_string(),
            domain: submission.customer.domain.unicode().to_owned(),
            items: code.map(|code| catalog.item_name(code).unwrap_or(code).to_owned()).collect(),
            decide_by: claim.decide_by().map(|decide_by| At::of(decide_by.due.by, &zone)),
            left: left(claim, now),
            is_late: is_late(claim, now),
            approved_by: super::offers::first_approval(claim).map(str::to_owned),
            comments: claim.file.comments,
        }
    }
}
