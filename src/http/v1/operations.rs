//! What operators see: the overview, the alarms, and the log of what they did.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alarms::Alarm;
use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::Query;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};
use crate::http::v1::calendars::OPERATORS;
use crate::operations::{OperatorAction, Overview};

/// Lines of the log on one page: unless asked for, and at most.
const LINES: usize = 100;
const LINES_MAX: usize = 1_000;
/// Seconds after which Redis may answer again.
const RETRY_AFTER_S: u64 = 5;

pub(super) fn routes() -> Vec<Route> {
    let get = |path, id, summary| (Method::GET, path, id, summary);
    let (method, path, id, summary) =
        get("/v1/operations/overview", "show_overview", "Show how the deployment stands");
    let overview = Route::new(method, path, id, summary, overview)
        .says("Seen within the last second, however many ask. Without personal data.")
        .gives::<Overview>(StatusCode::OK, "Claims by status, queues and processes.");
    let (method, path, id, summary) =
        get("/v1/operations/alarms", "list_alarms", "List what needs a person");
    let alarms = Route::new(method, path, id, summary, alarms)
        .says("docs/alarms.md has a paragraph about each. Answers also when Redis does not.")
        .gives::<Alarms>(StatusCode::OK, "The most pressing first; empty when all is well.");
    let (method, path, id, summary) =
        get("/v1/operations/log", "list_operations", "List what operators did");
    let log = Route::new(method, path, id, summary, log)
        .query::<LogQuery>()
        .gives::<Log>(StatusCode::OK, "The newest first; the last 10,000 are kept.")
        .problem(ProblemType::FindingsReported);
    [overview, alarms, log].map(|route| route.only(Place::Deployment).roles(OPERATORS)).to_vec()
}

/// What needs a person.
#[derive(Debug, Serialize, JsonSchema)]
struct Alarms {
    /// The most pressing first.
    alarms: Vec<Alarm>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LogQuery {
    /// How many, from 1 to 1,000; 100 unless given.
    limit: Option<usize>,
}

/// What operators did.
#[derive(Debug, Serialize, JsonSchema)]
struct Log {
    /// The newest first.
    operations: Vec<OperatorAction>,
}

async fn overview(State(web): State<Web>) -> Result<Answer<Overview>, Problem> {
    Ok(Answer(known(&web).await?))
}

/// The overview, if Redis answers.
pub(super) async fn known(web: &Web) -> Result<Overview, Problem> {
    let seen = web.seen().await;
    let facts = seen.facts.as_ref().map(|facts| facts.overview.clone());
    facts.ok_or_else(|| {
        let says = seen.alarms.first().map_or("Redis does not answer.", |alarm| &alarm.says);
        Problem::unavailable(says.to_owned()).after(RETRY_AFTER_S)
    })
}

async fn alarms(State(web): State<Web>) -> Answer<Alarms> {
    Answer(Alarms { alarms: web.seen().await.alarms.clone() })
}

async fn log(
    State(web): State<Web>,
    Query(query): Query<LogQuery>,
) -> Result<Answer<Log>, Problem> {
    let limit = query.limit.unwrap_or(LINES);
    if !(1..=LINES_MAX).contains(&limit) {
        let message = format!("The limit is from 1 to {LINES_MAX}.");
        let finding = Finding::new("limit", "out_of_range", message);
        return Err(Problem::findings("list what operators did", vec![finding]));
    }
    Ok(Answer(Log { operations: web.ledger.store().operations(limit).await? }))
}
