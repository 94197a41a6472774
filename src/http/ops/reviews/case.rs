//! One claim with everything that a decision about it needs: where it stands, what is claimed and
//! what proves it side by side, who else has the items, what was said, and what has happened.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::Zone;
use crate::claim::event::Recorded;
use crate::claim::review::Drawn;
use crate::claim::state::Holder;
use crate::claim::{Claim, Event, State};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::ops::claim::{self, Past, Standing, past};
use crate::http::ops::frame::{Page, Section, Visit};
use crate::http::ops::when::At;
use crate::http::problem::Problem;
use crate::http::v1::ClaimPath;
use crate::http::v1::claims::dossier;
use crate::view::ClaimView;

use super::contest::{Dispute, OTHERS_MAX, others, rule};
use super::offers::{Offers, first_approval};
use super::path_of;
use super::reasons::Wrong;
use super::side::Side;

/// Characters of what was done that are shown.
const SAID_MAX: usize = 300;
/// What people wrote into forms, to be shown again when something is wrong with it.
const WRITTEN: [&str; 6] = ["act", "decision", "winner", "comment", "reason", "text"];

#[derive(Serialize)]
struct View<'a> {
    claim: ClaimView<'a>,
    standing: Standing,
    is_late: bool,
    /// Why a reviewer looks at it, and who has approved it.
    review: Vec<String>,
    dispute: Option<Dispute>,
    /// What decides the contest, in sentences.
    rule: Vec<String>,
    sides: Vec<Side>,
    /// There are more claims that have the items.
    is_cut: bool,
    offers: Offers,
    remarks: Vec<Remark>,
    past: Vec<Past>,
    written: BTreeMap<&'static str, String>,
    dropped: Vec<String>,
    wrong: Wrong,
    zone: String,
    path: String,
    claim_path: String,
    link: String,
    done: String,
}

/// What somebody has said.
#[derive(Serialize)]
struct Remark {
    from: &'static str,
    actor: String,
    /// Nothing for those who do not see what partners write.
    text: Option<String>,
    at: At,
}

pub(super) async fn show(
    visit: Visit,
    Path(path): Path<ClaimPath>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let claim = claim::the_claim(&visit, &path).await?;
    let done = Fields::of_query(&uri).text("done").chars().take(SAID_MAX).collect();
    let filled = Filled { fields: &Fields::default(), wrong: Wrong::new(), done };
    page(&visit, claim, StatusCode::OK, filled, &headers).await
}

/// What a form was filled in with, and what is wrong with it.
pub(super) struct Filled<'a> {
    pub fields: &'a Fields,
    pub wrong: Wrong,
    pub done: String,
}

pub(super) async fn page(
    visit: &Visit,
    claim: Claim,
    status: StatusCode,
    filled: Filled<'_>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let web = &visit.web;
    let now = web.ledger.clock().now().await?;
    let holders = web.ledger.store().holders(&claim).await?;
    let dossier = dossier(web, claim).await?;
    let (claim, authority) = (&dossier.claim, &visit.session.caller.authority);
    let (zone, sees) = (web.customers_zone(claim), authority.sees_personal_data());
    let (sides, is_cut) = sides(visit, claim, &holders, (headers, &zone), now).await?;
    let Filled { fields, wrong, done } = filled;
    let path = path_of(claim.id);
    let view = View {
        claim: dossier.view().for_caller(authority),
        standing: Standing::of(&dossier, &zone, now),
        is_late: claim.decide_by().is_some_and(|decide_by| decide_by.due.by <= now),
        review: under_review(visit, claim),
        dispute: Dispute::of(claim, sees),
        rule: match sides.len() {
            1 => Vec::new(),
            _ => rule(claim, &sides, (&zone, now, sees)),
        },
        sides,
        is_cut,
        offers: Offers::of(visit, claim, (&holders, fields), (&zone, now)),
        remarks: remarks(&dossier.history, &zone, sees),
        past: past(&dossier.history, &zone, now, sees),
        written: WRITTEN.map(|name| (name, fields.text(name))).into(),
        dropped: fields.values("drop").map(str::to_owned).collect(),
        wrong,
        zone: zone.to_string(),
        claim_path: claim::path_of(claim.id),
        link: format!("{}{path}", web.public_url),
        path,
        done,
    };
    let title = format!("Review of claim {}", claim.id);
    let page = Page { file: "review.html", title: &title, section: Section::Reviews, view };
    visit.reply_as(status, &page).await
}

/// The claim; and, while it is about who gets the items, those that have them.
async fn sides(
    visit: &Visit,
    claim: &Claim,
    holders: &[Holder],
    (headers, zone): (&HeaderMap, &Zone),
    now: DateTime<Utc>,
) -> Result<(Vec<Side>, bool), Problem> {
    let shown = (headers, zone);
    let mut sides = vec![Side::of(visit, claim, (holders, true), shown, now).await?];
    if !matches!(claim.state, State::Contested { .. } | State::Disputed(_)) {
        return Ok((sides, false));
    }
    let others = others(claim, holders);
    for id in others.iter().take(OTHERS_MAX) {
        // It may have left for the archive.
        let Some(other) = visit.web.ledger.store().claim(*id).await? else { continue };
        sides.push(Side::of(visit, &other, (holders, false), shown, now).await?);
    }
    Ok((sides, others.len() > OTHERS_MAX))
}

fn under_review(visit: &Visit, claim: &Claim) -> Vec<String> {
    let State::UnderReview(review) = &claim.state else { return Vec::new() };
    let mut said = vec![match review.drawn {
        Drawn::All => "Every claim of its program is looked at.".to_owned(),
        Drawn::Sample { percent } => format!("It was drawn as one of the {percent} in a hundred."),
    }];
    if visit.web.ledger.rules().review.four_eyes {
        said.push(match first_approval(claim) {
            Some(first) => format!("Four eyes: {first} has approved it; a second reviewer has to."),
            None => "Four eyes: two reviewers have to approve it.".to_owned(),
        });
    }
    said
}

/// What was said, the newest first.
fn remarks(history: &[Recorded], zone: &Zone, sees: bool) -> Vec<Remark> {
    let remark = |recorded: &Recorded| match &recorded.event {
        Event::CommentAdded(added) => Some(Remark {
            from: added.from.as_str(),
            actor: recorded.actor.clone(),
            text: sees.then(|| added.text.as_str().to_owned()),
            at: At::of(recorded.at, zone),
        }),
        _ => None,
    };
    history.iter().rev().filter_map(remark).collect()
}
