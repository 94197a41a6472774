//! Queues in operators' hands: how they stand, pausing, resuming, and how many handlers run.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use cpor_jobs::Job;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Caller;
use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::{Json, Path};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};
use crate::http::v1::calendars::{OPERATORS, author, reason};
use crate::http::v1::operations::known;
use crate::operations::{self, CONCURRENCY_MAX, QueueView};

pub(super) fn routes() -> Vec<Route> {
    let list = Route::new(
        Method::GET,
        "/v1/operations/queues",
        "list_queues",
        "List the queues and what is set on them",
        list,
    )
    .gives::<Queues>(StatusCode::OK, "In the order of a claim's life.");
    let pause = Route::new(
        Method::POST,
        "/v1/operations/queues/{job}/pause",
        "pause_queue",
        "Take nothing more of a job until it is resumed",
        pause,
    )
    .says("What runs finishes. Neither a restart nor a deploy takes it back.")
    .takes::<Pause>("Why.");
    let resume = Route::new(
        Method::POST,
        "/v1/operations/queues/{job}/resume",
        "resume_queue",
        "Let a paused job go on",
        resume,
    )
    .says("A job that is not paused stays as it is.");
    let concurrency = Route::new(
        Method::POST,
        "/v1/operations/queues/{job}/concurrency",
        "set_queue_concurrency",
        "Set how many handlers of a job run at once in each process",
        concurrency,
    )
    .takes::<Concurrency>("How many.");
    let acts = [pause, resume, concurrency].map(|route| {
        route
            .path::<QueuePath>()
            .gives::<QueueView>(StatusCode::OK, "The queue, as it is set now.")
            .problem(ProblemType::FindingsReported)
    });
    let all = std::iter::once(list).chain(acts);
    all.map(|route| route.only(Place::Deployment).roles(OPERATORS)).collect()
}

/// The queue in a path.
#[derive(Debug, Deserialize, JsonSchema)]
struct QueuePath {
    /// The job, such as `notify_customer`; `submit_claim` is the intake.
    job: String,
}

impl QueuePath {
    fn job(&self) -> Result<Job, Problem> {
        self.job.parse().map_err(|_| Problem::not_found("such job"))
    }
}

/// The queues.
#[derive(Debug, Serialize, JsonSchema)]
struct Queues {
    /// In the order of a claim's life.
    queues: Vec<QueueView>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PauseQueue")]
struct Pause {
    /// Why, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    reason: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SetQueueConcurrency")]
struct Concurrency {
    /// From 1 to 256; null for what the settings of each process say.
    #[schemars(range(min = 1, max = 256))]
    concurrency: Option<usize>,
}

async fn list(State(web): State<Web>) -> Result<Answer<Queues>, Problem> {
    Ok(Answer(Queues { queues: known(&web).await?.queues }))
}

async fn pause(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<QueuePath>,
    Json(body): Json<Pause>,
) -> Result<Answer<QueueView>, Problem> {
    let (job, real) = (path.job()?, web.ledger.clock().real());
    let (actor, reason) = (author(&caller)?, reason(&body.reason)?);
    operations::pause(web.ledger.store(), job, &reason, &actor, real).await?;
    as_set_now(&web, job).await
}

async fn resume(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<QueuePath>,
) -> Result<Answer<QueueView>, Problem> {
    let (job, real) = (path.job()?, web.ledger.clock().real());
    operations::resume(web.ledger.store(), job, &author(&caller)?, real).await?;
    as_set_now(&web, job).await
}

async fn concurrency(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<QueuePath>,
    Json(body): Json<Concurrency>,
) -> Result<Answer<QueueView>, Problem> {
    let (job, actor) = (path.job()?, author(&caller)?);
    let (store, real) = (web.ledger.store(), web.ledger.clock().real());
    let set = operations::set_concurrency(store, job, body.concurrency, &actor, real).await?;
    set.map_err(|_| {
        let message = format!("From 1 to {CONCURRENCY_MAX} handlers can run at once.");
        let finding = Finding::new("concurrency", "out_of_range", message);
        Problem::findings("set how many handlers run at once", vec![finding])
    })?;
    as_set_now(&web, job).await
}

/// What was seen before is old news.
async fn as_set_now(web: &Web, job: Job) -> Result<Answer<QueueView>, Problem> {
    web.look_again().await;
    let queues = known(web).await?.queues;
    let queue = queues.into_iter().find(|view| view.queue.job == job);
    queue.map(Answer).ok_or_else(Problem::internal)
}
