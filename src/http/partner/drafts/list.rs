//! The partner's drafts: what is there, beginning another, discarding one.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::{Zone, moment};
use crate::drafts::{Draft, DraftContent, DraftState};
use crate::http::extract::Path;
use crate::http::partner::frame::{Act, Page, Section, Visit};
use crate::http::partner::locations;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;

use super::{ALL, DraftPath, path_of, refused};

/// Drafts on the page.
const MOST: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    let new = "/partner/new";
    vec![
        Route::new(Method::GET, ALL, "show_partner_drafts", "A partner's drafts", list),
        Route::new(Method::GET, new, "show_new_association", "+ Customer association", new_page),
        Route::new(Method::POST, new, "begin_association", "Begin a draft", begin),
        Route::new(
            Method::POST,
            "/partner/drafts/{draft_id}/discard",
            "discard_partner_draft",
            "Discard a draft",
            discard,
        ),
    ]
}

#[derive(Serialize)]
struct View {
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    revision: u64,
    name: Option<String>,
    domain: Option<String>,
    state: &'static str,
    claim_id: Option<String>,
    changed_by: String,
    changed_at: DateTime<Utc>,
    changed: String,
    expires: String,
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let found = visit.web.drafts.list(visit.partner()?, None, MOST).await;
    let found = found.map_err(|error| refused("list the drafts", error))?;
    let mut rows: Vec<Row> = found.iter().map(|draft| row(&visit, draft)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.changed_at));
    visit.reply(&Page { file: "drafts.html", section: Section::Drafts, view: View { rows } })
}

fn row(visit: &Visit, draft: &Draft) -> Row {
    let said = |at: DateTime<Utc>| moment(at, &Zone::UTC, visit.language);
    let summary = visit.web.drafts.summary(draft);
    Row {
        id: draft.id.to_string(),
        revision: draft.revision,
        name: summary.name,
        domain: summary.domain,
        state: match draft.state {
            DraftState::Open => "open",
            DraftState::Submitting => "submitting",
            DraftState::Submitted { .. } => "submitted",
        },
        claim_id: draft.claim_id().map(|id| id.to_string()),
        changed_by: draft.changed_by.clone(),
        changed_at: draft.changed_at,
        changed: said(draft.changed_at),
        expires: said(summary.expires_at),
    }
}

/// The first step; nothing is written before it is sent.
async fn new_page(visit: Visit) -> Result<Response, Problem> {
    let view = locations::listed(&visit).await?;
    visit.reply(&Page { file: "draft_new.html", section: Section::New, view })
}

/// Begins a draft of the location that was chosen, for which the visitor acts from then on.
async fn begin(act: Act) -> Result<Response, Problem> {
    let visit = &act.visit;
    let Some(mpn_id) = locations::wanted(&act).await? else {
        let view = locations::refused(visit).await?;
        let page = Page { file: "draft_new.html", section: Section::New, view };
        return visit.reply_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let created = visit.web.drafts.create(&mpn_id, DraftContent::default(), visit.name()).await;
    let draft = created.map_err(|error| refused("begin the draft", error))?;
    locations::go_on(visit, &mpn_id, &path_of(draft.id, "customer"))
}

async fn discard(Path(path): Path<DraftPath>, act: Act) -> Result<Response, Problem> {
    let seen = act.fields.text("revision").parse().ok();
    let discarded =
        act.visit.web.drafts.discard(Some(act.visit.partner()?), path.id()?, seen).await;
    discarded.map_err(|error| refused("discard the draft", error))?;
    Ok(see_other(ALL))
}
