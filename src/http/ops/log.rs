//! What operators did: who, when, what, to what, and why; the newest first.

use axum::http::{Method, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::ClaimId;
use crate::http::figures::Ago;
use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::operations::{Action, OperatorAction};

use super::frame::{Page, Section, Visit};
use super::{LOOKS, redis_answers};

/// Lines on one page.
const PAGE: usize = 50;
/// Pages at most: as many lines as are kept.
const PAGES_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/ops/log", "show_log", "What operators did", show)
            .signed_in(LOOKS),
    ]
}

#[derive(Serialize)]
struct View {
    lines: Vec<Line>,
    page: usize,
    has_older: bool,
}

#[derive(Serialize)]
struct Line {
    at: Ago,
    actor: String,
    action: &'static str,
    name: &'static str,
    subject: String,
    /// The claim that the subject names.
    claim_id: Option<String>,
    reason: Option<String>,
}

async fn show(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    let page = Fields::of_query(&uri).text("page").parse().unwrap_or(1).clamp(1, PAGES_MAX);
    redis_answers(&visit.web).await?;
    let skipped = (page - 1) * PAGE;
    // One more than is shown, to know whether there is another page.
    let lines = visit.web.ledger.store().operations(skipped, PAGE + 1).await?;
    let has_older = lines.len() > PAGE;
    let real = visit.web.ledger.clock().real();
    let lines = lines.iter().take(PAGE).map(|line| Line::new(line, real)).collect();
    let view = View { lines, page, has_older };
    visit.reply(&Page { file: "log.html", title: "Log", section: Section::Log, view }).await
}

impl Line {
    fn new(line: &OperatorAction, real: DateTime<Utc>) -> Self {
        let last = line.subject.rsplit(' ').next().unwrap_or_default();
        Self {
            at: Ago::new(line.at, real),
            actor: line.actor.clone(),
            action: words(line.action),
            name: line.action.as_str(),
            subject: line.subject.clone(),
            claim_id: ClaimId::parse(last).ok().map(|id| id.to_string()),
            reason: line.reason.clone(),
        }
    }
}

const fn words(action: Action) -> &'static str {
    match action {
        Action::QueuePaused => "Paused the queue",
        Action::QueueResumed => "Resumed the queue",
        Action::ConcurrencySet => "Set handlers at once",
        Action::DeadRetried => "Retried the dead letter",
        Action::DeadDropped => "Dropped the dead letter",
        Action::EntryHastened => "Did at once what was planned for later:",
    }
}
