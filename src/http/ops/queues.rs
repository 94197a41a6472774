//! The queues: what is due, planned, running and dead of every job; pausing a job, resuming it,
//! and how many of its handlers run at once.

use axum::http::{Method, Uri};
use axum::response::Response;
use chrono::TimeDelta;
use cpor_jobs::Job;
use serde::Serialize;

use crate::http::figures::{Ago, age};
use crate::http::form::Fields;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::operations::known;
use crate::http::words;
use crate::operations::{self, CONCURRENCY_MAX, Overview, QueueView};

use super::frame::{Act, Page, Section, Visit};
use super::{LOOKS, OPERATES, redis_answers};

const PATH: &str = "/ops/queues";
const CONCURRENCY_PATH: &str = "/ops/queues/concurrency";
/// An entry that has been due for longer is late, in ms; alarms begin there as well.
const LATE_MS: i64 = 60_000;

pub(super) fn routes() -> Vec<Route> {
    let set = "Set how many handlers of a job run at once";
    vec![
        Route::new(Method::GET, PATH, "show_queues", "The queues", show).signed_in(LOOKS),
        Route::new(Method::POST, "/ops/queues/pause", "pause_job", "Pause a job", pause)
            .signed_in(OPERATES),
        Route::new(Method::POST, "/ops/queues/resume", "resume_job", "Resume a job", resume)
            .signed_in(OPERATES),
        Route::new(Method::POST, CONCURRENCY_PATH, "set_handlers", set, set_concurrency)
            .signed_in(OPERATES),
    ]
}

#[derive(Serialize)]
struct View {
    queues: Vec<QueueRow>,
    most: usize,
    done: String,
}

/// A queue as pages show it.
#[derive(Serialize)]
pub(super) struct QueueRow {
    job: Job,
    words: &'static str,
    due: usize,
    scheduled: usize,
    running: usize,
    dead: usize,
    /// How long the oldest entry has been due.
    late: Option<String>,
    is_late: bool,
    paused: Option<PauseRow>,
    /// Handlers at once in each process, where an operator has set that.
    concurrency: Option<usize>,
    workers: Vec<Worker>,
}

#[derive(Serialize)]
struct PauseRow {
    since: Ago,
    actor: String,
    reason: String,
}

/// A process that works the job.
#[derive(Serialize)]
struct Worker {
    name: String,
    host: String,
    running: usize,
    concurrency: usize,
    /// Whether it already does as operators have said.
    follows: bool,
}

impl QueueRow {
    pub fn new(view: &QueueView, overview: &Overview) -> Self {
        let (queue, setting) = (&view.queue, &view.setting);
        let paused = setting.paused.as_ref().map(|pause| PauseRow {
            since: Ago::new(pause.at, overview.real),
            actor: pause.actor.clone(),
            reason: pause.reason.clone(),
        });
        Self {
            job: queue.job,
            words: words::of_job(queue.job),
            due: queue.due,
            scheduled: queue.scheduled,
            running: queue.running,
            dead: queue.dead,
            late: queue.oldest_due_ms.map(|ms| age(TimeDelta::milliseconds(ms))),
            is_late: queue.oldest_due_ms.is_some_and(|ms| ms > LATE_MS),
            paused,
            concurrency: setting.concurrency,
            workers: workers(view, overview),
        }
    }
}

fn workers(view: &QueueView, overview: &Overview) -> Vec<Worker> {
    let at_work = overview.processes.iter().filter(|process| !process.is_silent(overview.real));
    let of_job = at_work.filter_map(|process| {
        let working = process.working.iter().find(|working| working.job == view.queue.job)?;
        let wanted = view.setting.concurrency.unwrap_or(working.concurrency);
        let is_paused = view.setting.paused.is_some();
        Some(Worker {
            name: process.name.clone(),
            host: process.host.clone(),
            running: working.running,
            concurrency: working.concurrency,
            follows: working.concurrency == wanted && working.paused == is_paused,
        })
    });
    of_job.collect()
}

async fn show(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    redis_answers(&visit.web).await?;
    let overview = known(&visit.web).await?;
    let queues = overview.queues.iter().map(|queue| QueueRow::new(queue, &overview)).collect();
    let done = Fields::of_query(&uri).text("done");
    let view = View { queues, most: CONCURRENCY_MAX, done };
    visit
        .reply(&Page { file: "queues.html", title: "Queues", section: Section::Queues, view })
        .await
}

async fn pause(act: Act) -> Result<Response, Problem> {
    let (job, reason, actor) = (job_of(&act)?, act.reason()?, act.visit.actor()?);
    let (store, real) = (act.visit.web.ledger.store(), act.visit.web.ledger.clock().real());
    operations::pause(store, job, &reason, &actor, real).await?;
    let said = format!("{job} is paused: what runs finishes, and nothing new begins.");
    Ok(done(&act, &said).await)
}

async fn resume(act: Act) -> Result<Response, Problem> {
    let (job, reason, actor) = (job_of(&act)?, act.reason()?, act.visit.actor()?);
    let (store, real) = (act.visit.web.ledger.store(), act.visit.web.ledger.clock().real());
    let said = if operations::resume(store, job, Some(&reason), &actor, real).await? {
        format!("{job} goes on.")
    } else {
        format!("{job} was not paused any more.")
    };
    Ok(done(&act, &said).await)
}

async fn set_concurrency(act: Act) -> Result<Response, Problem> {
    let (job, reason, actor) = (job_of(&act)?, act.reason()?, act.visit.actor()?);
    let number = number_of(&act)?;
    let (store, real) = (act.visit.web.ledger.store(), act.visit.web.ledger.clock().real());
    operations::set_concurrency(store, job, number, Some(&reason), &actor, real)
        .await?
        .map_err(|refused| unfit(format!("Nothing was set: {refused}.")))?;
    let said = match number {
        Some(1) => format!("1 handler of {job} runs at once in each process."),
        Some(n) => format!("{n} handlers of {job} run at once in each process."),
        None => format!("As many handlers of {job} run at once as the settings say."),
    };
    Ok(done(&act, &said).await)
}

/// Back to the queues, which are looked at anew.
async fn done(act: &Act, said: &str) -> Response {
    act.visit.web.look_again().await;
    act.done(PATH, said)
}

fn job_of(act: &Act) -> Result<Job, Problem> {
    let name = act.fields.text("job");
    name.parse().map_err(|_| unfit(format!("Nothing was done: `{name}` is not a job.")))
}

/// How many handlers; nothing for what the settings say.
fn number_of(act: &Act) -> Result<Option<usize>, Problem> {
    let text = act.fields.text("concurrency");
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse().map(Some);
    number.map_err(|_| unfit(format!("Nothing was set: `{text}` is not a whole number.")))
}

fn unfit(detail: String) -> Problem {
    Problem::new(ProblemType::RequestMalformed, detail, "Go back, and put the form right.")
}
