//! Asking the customer's contact to acknowledge the work by a link, from a draft; and the statement
//! of work to download and sign instead.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::NaiveDate;

use crate::claim::Finding;
use crate::drafts::Step;
use crate::http::extract::{Path, Query};
use crate::http::form::Fields;
use crate::http::partner::frame::{Act, Visit};
use crate::http::partner::uploads::NotTaken;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::http::v1::proofs::ask::{NotAsked, Work, asked_from};
use crate::http::v1::proofs::help::TemplateQuery;
use crate::proofs::template::StatementOfWork;

use super::step::{Shown, page};
use super::{DraftPath, path_of};

/// The fields of the form.
const FIELDS: [&str; 3] = ["description", "from", "to"];

pub(super) fn routes() -> Vec<Route> {
    let (ask, template) = (
        "/partner/drafts/{draft_id}/acknowledgement",
        "/partner/drafts/{draft_id}/statement-of-work",
    );
    let (words, file) = ("Ask the customer to acknowledge", "A statement of work to sign");
    vec![
        Route::new(Method::POST, ask, "ask_draft_acknowledgement", words, acknowledge),
        Route::new(Method::GET, template, "draft_statement_of_work", file, statement),
    ]
}

async fn statement(
    visit: Visit,
    Path(path): Path<DraftPath>,
    Query(query): Query<TemplateQuery>,
) -> Result<Response, Problem> {
    let draft = path.draft(&visit).await?;
    let fields = serde_json::to_value(&draft.content).map_err(|_| Problem::internal())?;
    query.file(&StatementOfWork::of_draft(&fields, &visit.web.ledger.rules().catalog))
}

async fn acknowledge(Path(path): Path<DraftPath>, act: Act) -> Result<Response, Problem> {
    let (visit, form) = (&act.visit, &act.fields);
    let draft = path.draft(visit).await?;
    let day = |name: &str| form.text(name).parse::<NaiveDate>().ok();
    let description = form.text("description");
    let not_asked = match (day("from"), day("to")) {
        (Some(from), Some(to)) => {
            let work = Work { description: &description, from, to };
            asked_from(&visit.web, &draft, visit.name(), work).await?.err()
        }
        (from, _) => {
            let field = if from.is_none() { "from" } else { "to" };
            let message = "Give a day, such as 2026-03-01.";
            Some(NotAsked::Findings(vec![Finding::new(field, "date_missing", message)]))
        }
    };
    let Some(why) = not_asked else {
        return Ok(see_other(&format!("{}#proofs", path_of(draft.id, Step::Proof.as_str()))));
    };
    let not_asked = match why {
        NotAsked::Refused(why) => {
            vec![NotTaken::refused(visit, String::new(), why)?]
        }
        NotAsked::Findings(findings) => {
            findings.iter().map(|finding| told(visit, finding)).collect::<Result<_, _>>()?
        }
    };
    let work: BTreeMap<_, _> = FIELDS.map(|name| (name, form.text(name))).into();
    let shown = Shown { not_asked, work, ..Shown::default() };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(visit, status, &draft, Step::Proof, &Fields::default(), shown).await
}

/// A finding under the name of its field, and of the step that has it.
fn told(visit: &Visit, finding: &Finding) -> Result<NotTaken, Problem> {
    let words = visit.words()?;
    let name = match finding.field.strip_prefix("submission.") {
        Some(field) => {
            let step = words.plain(&format!("step.{}", Step::of(field).as_str()));
            let label = words.plain(&format!("field.{field}"));
            if label.is_empty() { step.to_owned() } else { format!("{step}: {label}") }
        }
        None => words.plain(&format!("ask.{}", finding.field)).to_owned(),
    };
    NotTaken::of(visit, name, finding)
}
