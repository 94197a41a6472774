//! A step of a draft: shown, and saved on the way to another.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::drafts::{
    Checked, Conflict, Draft, DraftContent, DraftError, DraftItem, DraftState, Step, StepState,
};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::partner::frame::{Act, Page, Section, Visit};
use crate::http::partner::locations::{Row, row_of};
use crate::http::partner::uploads::NotTaken;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;

use super::activity::{CHOICES, Choice};
use super::choices::{Named, Workload, countries, products, rows_of, workloads};
use super::form::{Field, apply, fields};
use super::found::Found;
use super::live::{Taken, Whose, taken, whose};
use super::uploads::{Proof, listed};
use super::{ALL, DraftPath, path_of, refused};

pub(super) fn routes() -> Vec<Route> {
    let (one, step) = ("/partner/drafts/{draft_id}", "/partner/drafts/{draft_id}/{step}");
    vec![
        Route::new(Method::GET, one, "show_partner_draft", "To where a draft is", resume),
        Route::new(Method::GET, step, "show_draft_step", "A step of a draft", show),
        Route::new(Method::POST, step, "save_draft_step", "Save a step of a draft", save),
    ]
}

#[derive(Debug, Deserialize)]
struct StepPath {
    draft_id: String,
    step: String,
}

impl StepPath {
    fn step(&self) -> Result<Step, Problem> {
        let found = Step::ALL.into_iter().find(|step| step.as_str() == self.step);
        found.ok_or_else(|| Problem::not_found("such step"))
    }

    fn draft(&self) -> DraftPath {
        DraftPath { draft_id: self.draft_id.clone() }
    }
}

/// What every page of a draft shows.
#[derive(Serialize)]
pub(super) struct Frame {
    id: String,
    revision: u64,
    mpn_id: String,
    name: Option<String>,
    changed_by: String,
    steps: Vec<Stop>,
    is_ready: bool,
}

/// A step in the list of all.
#[derive(Serialize)]
struct Stop {
    step: Step,
    state: StepState,
}

impl Frame {
    pub fn of(draft: &Draft, checked: &Checked) -> Self {
        let stop = |step: &crate::drafts::StepProgress| Stop { step: step.step, state: step.state };
        Self {
            id: draft.id.to_string(),
            revision: draft.revision,
            mpn_id: draft.mpn_id.to_string(),
            name: draft.content.name.clone(),
            changed_by: draft.changed_by.clone(),
            steps: checked.steps.iter().map(stop).collect(),
            is_ready: checked.findings.is_empty() && checked.missing.is_empty(),
        }
    }
}

#[derive(Serialize)]
struct View {
    draft: Frame,
    /// The location of the draft.
    location: Row,
    step: Step,
    fields: BTreeMap<&'static str, Field>,
    /// Everything found about the step.
    found: Vec<Found>,
    choices: Vec<&'static str>,
    choice: Option<&'static str>,
    /// The choice that the questions have led to, or that they have led to none.
    picked: Option<&'static str>,
    is_business: bool,
    asks_for_revenue: bool,
    countries: Vec<String>,
    whose: Option<Whose>,
    workloads: Vec<Workload>,
    products: Vec<Named>,
    rows: Vec<DraftItem>,
    proofs: Vec<Proof>,
    taken: Vec<Taken>,
    not_taken: Vec<NotTaken>,
    /// Why the customer was not asked.
    not_asked: Vec<NotTaken>,
    /// What was written of the work that the customer is asked about.
    work: BTreeMap<&'static str, String>,
    /// How many days the customer has to answer it.
    answer_days: i64,
    /// How large a file may be, in MiB.
    bytes_max: u64,
    conflict: Option<Box<Conflict>>,
}

/// What has just gone wrong.
#[derive(Default)]
pub(super) struct Shown {
    /// A colleague has saved the same field.
    pub conflict: Option<Box<Conflict>>,
    /// Files that were not taken in.
    pub not_taken: Vec<NotTaken>,
    /// Why a question could not be asked.
    pub not_asked: Vec<NotTaken>,
    /// Its fields.
    pub work: BTreeMap<&'static str, String>,
}

/// To the first step that is not complete, and then to the summary.
async fn resume(visit: Visit, Path(path): Path<DraftPath>) -> Result<Response, Problem> {
    let draft = path.draft(&visit).await?;
    if let Some(claim_id) = draft.claim_id() {
        return Ok(see_other(&format!("/partner/claims/{claim_id}")));
    }
    let checked = check(&visit, &draft).await?;
    let open = checked.steps.iter().find(|step| step.state != StepState::Complete);
    Ok(see_other(&path_of(draft.id, open.map_or("summary", |step| step.step.as_str()))))
}

async fn show(visit: Visit, Path(path): Path<StepPath>, uri: Uri) -> Result<Response, Problem> {
    let (step, draft) = (path.step()?, path.draft().draft(&visit).await?);
    if draft.state != DraftState::Open {
        return Ok(see_other(&locked(&draft)));
    }
    let query = Fields::of_query(&uri);
    page(&visit, StatusCode::OK, &draft, step, &query, Shown::default()).await
}

/// Where a draft is shown that cannot be changed any more.
pub(super) fn locked(draft: &Draft) -> String {
    match draft.claim_id() {
        Some(claim_id) => format!("/partner/claims/{claim_id}"),
        None => path_of(draft.id, "summary"),
    }
}

pub(super) async fn check(visit: &Visit, draft: &Draft) -> Result<Checked, Problem> {
    let checked = visit.web.drafts.check(draft).await;
    checked.map_err(|error| refused("check the draft", error))
}

pub(super) async fn page(
    visit: &Visit,
    status: StatusCode,
    draft: &Draft,
    step: Step,
    query: &Fields,
    shown: Shown,
) -> Result<Response, Problem> {
    let (checked, content) = (check(visit, draft).await?, &draft.content);
    // What is missing is no trouble before somebody has tried to go on.
    let missing = checked.missing.iter().filter(|_| query.choice("tried").is_some());
    let of_step = |finding: &&crate::claim::Finding| Step::of(&finding.field) == step;
    let found = checked.findings.iter().chain(missing).filter(of_step);
    let (words, language) = (visit.words()?, visit.language);
    let found: Vec<_> = found.map(|finding| Found::of(finding, words, language)).collect();
    let choice = Choice::of(content);
    let picked = query.choice("about").map(|_| Choice::picked(query).map_or("", |c| c.name));
    let is_business = choice.is_some_and(Choice::is_business);
    let asks = (step == Step::Customer, step == Step::Items, step == Step::Proof);
    let view = View {
        draft: Frame::of(draft, &checked),
        location: row_of(visit, &draft.mpn_id).await,
        step,
        fields: fields(step, content, &found),
        found,
        choices: CHOICES.iter().map(|choice| choice.name).collect(),
        choice: choice.map(|choice| choice.name),
        picked,
        is_business,
        asks_for_revenue: choice.is_some_and(Choice::asks_for_revenue),
        countries: countries(visit),
        whose: if asks.0 { Some(whose(visit, content).await) } else { None },
        workloads: workloads(visit, content).await?,
        products: products(visit).await?,
        rows: rows_of(content),
        proofs: if asks.2 { listed(visit, draft).await? } else { Vec::new() },
        taken: if asks.1 { taken(visit, draft).await? } else { Vec::new() },
        not_taken: shown.not_taken,
        not_asked: shown.not_asked,
        work: shown.work,
        answer_days: visit.web.documents.answered_within().num_days(),
        bytes_max: visit.web.documents.bytes_max() / 1_048_576,
        conflict: shown.conflict,
    };
    visit.reply_as(status, &Page { file: "draft_step.html", section: Section::New, view })
}

async fn save(Path(path): Path<StepPath>, act: Act) -> Result<Response, Problem> {
    let (step, visit, form) = (path.step()?, &act.visit, &act.fields);
    let id = path.draft().id()?;
    if form.choice("go") == Some("pick") {
        let answers = ["about", "work"].map(|name| format!("{name}={}", form.text(name)));
        return Ok(see_other(&format!("{}?{}", path_of(id, "activity"), answers.join("&"))));
    }
    let seen = form.text("revision").parse().unwrap_or_default();
    let change = |content: &mut DraftContent| apply(step, form, content);
    let saved = visit.web.drafts.merge(visit.partner()?, id, seen, change, visit.name()).await;
    let draft = match saved {
        Ok(draft) => draft,
        Err(DraftError::Changed(conflict)) => {
            let mut draft = path.draft().draft(visit).await?;
            apply(step, form, &mut draft.content);
            let status = StatusCode::CONFLICT;
            let shown = Shown { conflict: Some(conflict), ..Shown::default() };
            return page(visit, status, &draft, step, &Fields::default(), shown).await;
        }
        Err(DraftError::Locked { .. }) => {
            return Ok(see_other(&locked(&path.draft().draft(visit).await?)));
        }
        Err(error) => return Err(refused("save the step", error)),
    };
    Ok(see_other(&next(visit, &draft, step, form.choice("go")).await?))
}

/// Where somebody wants to go from a step that is saved; it stays there while something is wrong.
async fn next(
    visit: &Visit,
    draft: &Draft,
    step: Step,
    wanted: Option<&str>,
) -> Result<String, Problem> {
    let at = Step::ALL.iter().position(|other| *other == step).unwrap_or_default();
    let stay = format!("{}?tried=yes", path_of(draft.id, step.as_str()));
    let is_wrong = match wanted {
        Some("later") => return Ok(ALL.to_owned()),
        Some("stay") => return Ok(path_of(draft.id, step.as_str())),
        Some("anyway") => false,
        _ => {
            let checked = check(visit, draft).await?;
            let mut found = checked.findings.iter();
            found.any(|finding| Step::of(&finding.field) == step)
                || (step == Step::Customer && whose(visit, &draft.content).await.is_wrong)
        }
    };
    let after = Step::ALL.get(at + 1).map_or("summary", |step| step.as_str());
    Ok(if is_wrong { stay } else { path_of(draft.id, after) })
}
