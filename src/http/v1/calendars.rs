//! The calendars in force: what they say, what a reload of the files would do, and doing it.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Caller, Role};
use crate::calendar::{BusinessCalendar, CalendarId, Entry, WeekendMask};
use crate::claim::Finding;
use crate::claim::identity::{Comment, Line};
use crate::editions::{
    Candidate, EditionRecord, HistoryEntry, Preview, Publication, PublishError, Scope,
};
use crate::http::Web;
use crate::http::extract::{Json, Path};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};
use crate::store::editions::Counted;

/// Everybody with a role may know when a window ends, and so by which calendar.
const EVERYBODY: &[Role] = &[
    Role::UpstreamSource,
    Role::IncentivesAdmin,
    Role::Reviewer,
    Role::Operator,
    Role::Observer,
    Role::UsageDataService,
];
pub(super) const OPERATORS: &[Role] = &[Role::Operator];
/// Windows of each kind that a preview lists.
const SHOWN: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/calendars",
            "list_calendars",
            "List the calendars in force",
            list,
        )
        .only(Place::Deployment)
        .roles(EVERYBODY)
        .gives::<InForce>(StatusCode::OK, "The edition in force, and its calendars."),
        Route::new(
            Method::GET,
            "/v1/calendars/{calendar_id}",
            "show_calendar",
            "Show what a calendar in force says",
            show,
        )
        .only(Place::Deployment)
        .roles(EVERYBODY)
        .path::<CalendarPath>()
        .gives::<OneCalendar>(StatusCode::OK, "The calendar."),
        Route::new(
            Method::POST,
            "/v1/calendars/preview",
            "preview_calendars",
            "See what a reload of the calendar files would do",
            preview,
        )
        .only(Place::Deployment)
        .roles(OPERATORS)
        .says(
            "Reads the files of the process that answers, compares them with the edition in force, \
             and computes every open window anew. Nothing is changed.",
        )
        .gives::<Preview>(StatusCode::OK, "What a reload would do.")
        .problem(ProblemType::FindingsReported),
        Route::new(
            Method::POST,
            "/v1/calendars/reload",
            "reload_calendars",
            "Put the calendar files in force",
            reload,
        )
        .only(Place::Deployment)
        .roles(OPERATORS)
        .says(
            "Every process follows within seconds. Open windows are brought in line in the \
             background when the scope says so: an end may move to later, never to sooner.",
        )
        .takes::<Reload>("What was previewed, why, and for which windows.")
        .gives::<Reloaded>(StatusCode::ACCEPTED, "The edition that is in force now.")
        .problem(ProblemType::CalendarConflict)
        .problem(ProblemType::FindingsReported),
        Route::new(
            Method::GET,
            "/v1/calendars/history",
            "list_calendar_history",
            "List what was put in force, and what that did to open windows",
            history,
        )
        .only(Place::Deployment)
        .roles(OPERATORS)
        .gives::<History>(StatusCode::OK, "Editions and outages, the newest first."),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct CalendarPath {
    /// The calendar's id, such as `TR` or `GB-SCT`.
    calendar_id: String,
}

/// What is in force.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CalendarsInForce")]
struct InForce {
    /// Who put it in force, when, and why.
    edition: EditionRecord,
    /// The id of every calendar.
    #[schemars(with = "Vec<String>")]
    calendars: Vec<CalendarId>,
}

/// What a calendar says.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Calendar")]
struct OneCalendar {
    /// Its id.
    #[schemars(with = "String")]
    calendar: CalendarId,
    /// What is stored with every window that is counted with it.
    version: String,
    /// First date that it says something about.
    valid_from: NaiveDate,
    /// Last date that it says something about.
    valid_to: NaiveDate,
    /// Which weekdays are the weekend, from when on.
    weekends: Vec<WeekendMask>,
    /// Every date that is out of the ordinary.
    entries: Vec<OneEntry>,
}

/// A date with an entry.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CalendarEntry")]
struct OneEntry {
    /// The date.
    date: NaiveDate,
    /// What kind of day it is, and its name.
    #[serde(flatten)]
    entry: Entry,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CalendarReload")]
struct Reload {
    /// The digest of the preview.
    digest: String,
    /// Why, 1 to 4,000 characters; customers whose window moves read it.
    #[schemars(length(min = 1, max = 4000))]
    reason: String,
    /// For which windows.
    scope: Scope,
}

/// What was put in force.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CalendarReloaded")]
struct Reloaded {
    /// The edition.
    edition: EditionRecord,
    /// The name of what is being done to open windows; none when they stay as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    sweep: Option<String>,
    /// Where to see how far that is.
    see: &'static str,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CalendarHistory")]
struct History {
    /// The newest first; at most 1,000.
    entries: Vec<HistoryEntry>,
}

async fn list(State(web): State<Web>) -> Result<Answer<InForce>, Problem> {
    let edition = web.editions.in_force().await?.record;
    let calendars = web.ledger.rules().window().calendars.ids().cloned().collect();
    Ok(Answer(InForce { edition, calendars }))
}

async fn show(
    State(web): State<Web>,
    Path(path): Path<CalendarPath>,
) -> Result<Answer<OneCalendar>, Problem> {
    let missing = |_| Problem::not_found("such calendar");
    let id = CalendarId::parse(&path.calendar_id).map_err(missing)?;
    let policy = web.ledger.rules().window();
    Ok(Answer(one(policy.calendars.get(&id).map_err(missing)?)))
}

fn one(calendar: &BusinessCalendar) -> OneCalendar {
    let entry = |(date, entry): (NaiveDate, &Entry)| OneEntry { date, entry: entry.clone() };
    OneCalendar {
        calendar: calendar.id().clone(),
        version: calendar.version().to_owned(),
        valid_from: calendar.valid_from(),
        valid_to: calendar.valid_to(),
        weekends: calendar.weekends().to_vec(),
        entries: calendar.entries().map(entry).collect(),
    }
}

async fn preview(State(web): State<Web>) -> Result<Answer<Preview>, Problem> {
    let candidate = candidate(&web).await?;
    Ok(Answer(web.editions.preview(&candidate, SHOWN).await?))
}

async fn reload(
    State(web): State<Web>,
    caller: Caller,
    Json(body): Json<Reload>,
) -> Result<(StatusCode, Answer<Reloaded>), Problem> {
    let publication =
        Publication { author: author(&caller)?, reason: reason(&body.reason)?, scope: body.scope };
    let candidate = candidate(&web).await?;
    if body.digest != candidate.digest() {
        let (previewed, now) = (shortened(&body.digest), candidate.digest().to_owned());
        return Err(PublishError::FilesChanged { previewed, now }.into());
    }
    let preview = web.editions.preview(&candidate, SHOWN).await?;
    let edition = web.editions.publish(&candidate, &preview, publication).await?.record;
    let sweep =
        (edition.scope == Scope::OpenWindows).then(|| Counted::Editions.sweep_id(edition.number));
    let reloaded = Reloaded { edition, sweep, see: "/v1/calendars/history" };
    Ok((StatusCode::ACCEPTED, Answer(reloaded)))
}

async fn history(State(web): State<Web>) -> Result<Answer<History>, Problem> {
    Ok(Answer(History { entries: web.editions.history().await? }))
}

/// The files as they are now; reading them may take a while.
async fn candidate(web: &Web) -> Result<Candidate, Problem> {
    let editions = web.editions.clone();
    let read = tokio::task::spawn_blocking(move || editions.candidate()).await;
    let read = read.map_err(|_| Problem::internal())?;
    read.map_err(|wrong| {
        let finding = |message| Finding::new(Finding::WHOLE, "calendar_file_wrong", message);
        Problem::findings("read the calendar files", wrong.0.into_iter().map(finding).collect())
    })
}

/// The caller, as the history shows it.
pub(super) fn author(caller: &Caller) -> Result<Line, Problem> {
    Line::parse(&caller.name).map_err(|_| Problem::internal())
}

/// Somebody's reason.
pub(super) fn reason(raw: &str) -> Result<Comment, Problem> {
    Comment::parse(raw)
        .map_err(|finding| Problem::findings("read the request", vec![finding.at("reason")]))
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        let (code, remedy) = match &error {
            PublishError::Store(_) => ("", ""),
            PublishError::FilesChanged { .. } => ("files_changed", "Preview, and send its digest."),
            PublishError::Overtaken => ("overtaken", "Preview, and send its digest."),
            PublishError::Sweeping(_) => {
                ("sweeping", "Try again when the history says it is done.")
            }
            PublishError::NothingChanged(_) => ("nothing_changed", "There is nothing to do."),
            PublishError::InUse(_) => ("calendar_in_use", "Keep the calendars that are in use."),
            PublishError::TooLarge => ("too_large", "Leave out what is not needed."),
        };
        match error {
            PublishError::Store(error) => error.into(),
            error => {
                let detail = format!("Could not reload the calendars: {error}.");
                Self::new(ProblemType::CalendarConflict, detail, remedy).coded(code)
            }
        }
    }
}
