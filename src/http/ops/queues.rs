//! The queues: what is due, planned, running and dead of every job.

use axum::http::Method;
use axum::response::Response;
use serde::Serialize;

use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::words;
use crate::store::report::Queue;

use super::LOOKS;
use super::frame::{Page, Section, Visit};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/ops/queues", "show_queues", "The queues", show).signed_in(LOOKS)]
}

#[derive(Serialize)]
struct View {
    queues: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    words: &'static str,
    #[serde(flatten)]
    queue: Queue,
}

async fn show(visit: Visit) -> Result<Response, Problem> {
    let ledger = &visit.web.ledger;
    let queues = ledger.store().queues(ledger.clock().now().await?).await?;
    let row = |queue: Queue| Row { words: words::of_job(queue.job), queue };
    let view = View { queues: queues.into_iter().map(row).collect() };
    visit
        .reply(&Page { file: "queues.html", title: "Queues", section: Section::Queues, view })
        .await
}
