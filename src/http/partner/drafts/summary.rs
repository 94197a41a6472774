//! Everything about a draft at a glance: what it says, what is wrong or missing, what the customer
//! will be told, and until when it could reject if it were submitted now. And submitting it.

use axum::http::Method;
use axum::response::Response;
use serde::Serialize;

use crate::calendar::{closing_moment, explain};
use crate::claim::Submission;
use crate::drafts::{Draft, Step};
use crate::http::extract::Path;
use crate::http::partner::frame::{Act, Page, Section, Visit};
use crate::http::partner::locations::{hindrance, row_of};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::ledger::Submitted;
use crate::worker::{notice_preview, with_causes};

use super::activity::Choice;
use super::found::Found;
use super::live::{Taken, taken};
use super::step::{Frame, check};
use super::uploads::{Proof, listed};
use super::{DraftPath, path_of, refused};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/partner/drafts/{draft_id}/summary",
            "show_draft_summary",
            "Everything about a draft",
            show,
        ),
        Route::new(
            Method::POST,
            "/partner/drafts/{draft_id}/submit",
            "submit_partner_draft",
            "Submit a draft",
            submit,
        ),
    ]
}

#[derive(Serialize)]
struct View {
    draft: Frame,
    /// Whether submitting it was begun and has to be gone on with.
    is_submitting: bool,
    /// What is wrong with the location: a key in the table `location`.
    hindrance: Option<&'static str>,
    parts: Vec<Part>,
    taken: Vec<Taken>,
    told: Option<Told>,
}

/// What a step says.
#[derive(Serialize)]
struct Part {
    step: Step,
    /// Paths and what stands there.
    lines: Vec<(String, String)>,
    found: Vec<Found>,
}

/// What the customer will be told.
#[derive(Serialize)]
struct Told {
    subject: String,
    text: String,
    closes: String,
    why: Vec<String>,
}

async fn show(visit: Visit, Path(path): Path<DraftPath>) -> Result<Response, Problem> {
    let draft = path.draft(&visit).await?;
    if let Some(claim_id) = draft.claim_id() {
        return Ok(see_other(&format!("/partner/claims/{claim_id}")));
    }
    let checked = check(&visit, &draft).await?;
    let found: Vec<_> = checked.findings.iter().chain(&checked.missing).collect();
    let documents = listed(&visit, &draft).await?;
    let words = visit.words()?;
    let location = row_of(&visit, &draft.mpn_id).await.said();
    let of = |step: Step| {
        let of_step = found.iter().filter(|finding| Step::of(&finding.field) == step);
        let found = of_step.map(|finding| Found::of(finding, words, visit.language)).collect();
        Part { step, lines: lines(&visit, &draft, step, &location, &documents), found }
    };
    let now = visit.web.ledger.clock().now().await?;
    let raw = draft.content.submission(draft.id, &draft.mpn_id).to_string();
    let programs = Choice::of(&draft.content).map(Choice::programs).unwrap_or_default();
    let view = View {
        hindrance: hindrance(&visit, &draft.mpn_id, &programs).await,
        parts: Step::ALL.into_iter().map(of).collect(),
        is_submitting: draft.state == crate::drafts::DraftState::Submitting,
        taken: taken(&visit, &draft).await?,
        told: match visit.web.ledger.parse(raw.as_bytes(), now) {
            Ok(submission) => told(&visit, submission, now),
            Err(_) => None,
        },
        draft: Frame::of(&draft, &checked),
    };
    visit.reply(&Page { file: "draft_summary.html", section: Section::New, view })
}

fn told(visit: &Visit, submission: Submission, now: chrono::DateTime<chrono::Utc>) -> Option<Told> {
    let link = format!("{}/r/…", visit.web.public_url);
    match notice_preview(&visit.web.stationery, submission, &link, now) {
        Ok((mail, window)) => Some(Told {
            subject: mail.subject,
            text: mail.text,
            closes: closing_moment(&window.deadline, visit.language),
            why: explain(&window.deadline, window.opened_at, visit.language),
        }),
        Err(error) => {
            tracing::warn!(error = with_causes(&error), "a notice cannot be shown beforehand");
            None
        }
    }
}

/// What a step says, line by line. Items and documents are lists, whose elements have no words for
/// their paths.
fn lines(
    visit: &Visit,
    draft: &Draft,
    step: Step,
    location: &str,
    documents: &[Proof],
) -> Vec<(String, String)> {
    let content = &draft.content;
    let catalog = &visit.web.ledger.rules().catalog;
    let item = |item: &crate::drafts::DraftItem| {
        let code = item.workload.as_deref().or(item.product.as_deref()).unwrap_or_default();
        let name = catalog.item_name(code).unwrap_or(code);
        let id = item.subscription_id.as_deref().unwrap_or_default();
        (String::new(), format!("{name} {id}").trim().to_owned())
    };
    match step {
        Step::Location => vec![(String::new(), location.to_owned())],
        Step::Activity => {
            let choice = Choice::of(content).map(|choice| choice.name.to_owned());
            choice.map(|choice| ("choice".to_owned(), choice)).into_iter().collect()
        }
        Step::Items => content.items.iter().map(item).collect(),
        Step::Customer | Step::Details | Step::Contacts | Step::Proof => {
            let leaves = content.leaves().into_iter();
            let texts = leaves.filter(|(path, _)| Step::of(path) == step);
            let mut lines: Vec<_> = texts
                .filter_map(|(path, value)| Some((path, value.as_str()?.to_owned())))
                .collect();
            if step == Step::Proof {
                lines.extend(documents.iter().map(|one| (String::new(), one.name.clone())));
            }
            lines
        }
    }
}

async fn submit(Path(path): Path<DraftPath>, act: Act) -> Result<Response, Problem> {
    let (visit, id) = (&act.visit, path.id()?);
    visit.web.admit_submission().await?;
    let seen = act.fields.text("revision").parse().ok();
    let by = &visit.session.caller.name;
    let submitted = visit.web.drafts.submit(visit.partner()?, id, seen, by).await;
    match submitted.map_err(|error| refused("submit the draft", error))? {
        Submitted::Accepted(claim_id) | Submitted::Repeated(claim_id) => {
            Ok(see_other(&format!("/partner/claims/{claim_id}")))
        }
        // The page says what.
        Submitted::Refused(_) | Submitted::KeyReused(_) => Ok(see_other(&path_of(id, "summary"))),
    }
}
