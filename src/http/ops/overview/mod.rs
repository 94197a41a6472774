//! `/ops`: in one glance, whether claims move; and what needs a person, first.
//!
//! Everything is of the one look that every page shares (`http/watch.rs`).

mod flow;
mod health;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::alarms::{Alarm, AlarmCode, Facts, Severity};
use crate::http::figures::Ago;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::watch::SOON;

use super::frame::{Page, Section, Visit};
use super::queues::QueueRow;
use super::{HOME, LOOKS};
use flow::Stage;
use health::{MailRow, ProcessRow, RedisRow};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, HOME, "open_overview", "How everything stands", show)
            .signed_in(LOOKS),
    ]
}

#[derive(Serialize)]
struct View {
    alarms: Vec<AlarmRow>,
    known: Option<Board>,
}

/// What is shown when Redis answers.
#[derive(Serialize)]
struct Board {
    stages: Vec<Stage>,
    claims: usize,
    queues: Vec<QueueRow>,
    mail: Vec<MailRow>,
    processes: Vec<ProcessRow>,
    redis: RedisRow,
    closing: Vec<Closing>,
    overdue: usize,
}

/// An alarm as people read it.
#[derive(Serialize)]
struct AlarmRow {
    code: &'static str,
    is_critical: bool,
    says: String,
    remedy: String,
    command: Option<String>,
    since: Option<Ago>,
    /// Where more is to be seen; nothing when that is this page.
    link: Option<String>,
}

/// How many windows end within a span.
#[derive(Serialize)]
struct Closing {
    within: &'static str,
    windows: usize,
}

async fn show(visit: Visit) -> Result<Response, Problem> {
    let seen = visit.web.seen().await;
    let real = visit.web.ledger.clock().real();
    let (status, now, known) = match &seen.facts {
        Some(facts) => {
            let board = Board::new(facts, &visit.web.closing().await);
            (StatusCode::OK, facts.overview.now, Some(board))
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, real, None),
    };
    let alarms = seen.alarms.iter().map(|alarm| AlarmRow::new(alarm, now, real)).collect();
    let view = View { alarms, known };
    let page = Page { file: "overview.html", title: "Overview", section: Section::Overview, view };
    visit.reply_as(status, &page).await
}

impl AlarmRow {
    /// The time of claims may be virtual, and that of processes and operators never is.
    fn new(alarm: &Alarm, now: DateTime<Utc>, real: DateTime<Utc>) -> Self {
        let now = if is_about_claims(alarm.code) { now } else { real };
        Self {
            code: alarm.code.as_str(),
            is_critical: alarm.severity == Severity::Critical,
            says: alarm.says.clone(),
            remedy: alarm.remedy.clone(),
            command: alarm.command.clone(),
            since: alarm.since.map(|since| Ago::new(since, now)),
            link: Some(alarm.link.clone()).filter(|link| link != HOME),
        }
    }
}

const fn is_about_claims(code: AlarmCode) -> bool {
    use AlarmCode as Code;
    matches!(
        code,
        Code::WindowsOverdue
            | Code::JobNotWorked
            | Code::QueueLate
            | Code::PoisonEntry
            | Code::DeadLetters
    )
}

impl Board {
    fn new(facts: &Facts, closing: &[usize]) -> Self {
        let overview = &facts.overview;
        let closing = SOON.iter().zip(closing);
        Self {
            stages: flow::stages(facts),
            claims: overview.statuses.iter().map(|status| status.claims).sum(),
            queues: overview.queues.iter().map(|queue| QueueRow::new(queue, overview)).collect(),
            mail: health::mail(overview),
            processes: overview.processes.iter().map(|p| ProcessRow::new(p, overview)).collect(),
            redis: RedisRow::new(&facts.server),
            closing: closing.map(|(soon, n)| Closing { within: soon.0, windows: *n }).collect(),
            overdue: facts.overdue.0,
        }
    }
}
