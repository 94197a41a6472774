//! The end of a claim's window, explained.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Caller;
use crate::calendar::{Language, WindowDay, closing_moment, explain};
use crate::claim::{ClaimId, Window};
use crate::http::Web;
use crate::http::extract::{Path, Query};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::claims::dossier;
use crate::http::v1::{ClaimPath, VIEWERS};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/claims/{claim_id}/deadline",
            "explain_deadline",
            "Explain when the customer's window ends, and why then",
            deadline,
        )
        .roles(VIEWERS)
        .path::<ClaimPath>()
        .query::<DeadlineQuery>()
        .gives::<Explained>(StatusCode::OK, "The newest window of the claim.")
        .problem(ProblemType::ClaimConflict),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeadlineQuery {
    /// The language of the sentences; English unless given.
    language: Option<Spoken>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Spoken {
    En,
    Tr,
}

/// The end of a window, and why then.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deadline")]
struct Explained {
    /// The claim.
    #[schemars(with = "uuid::Uuid")]
    claim_id: ClaimId,
    /// When the mail server accepted the notice.
    opened_at: DateTime<Utc>,
    /// The first instant at which a rejection is late.
    closes_at: DateTime<Utc>,
    /// The same instant as clocks at the customer's show it.
    #[schemars(with = "DateTime<Utc>")]
    closes_at_local: String,
    /// The same in words.
    closes_in_words: String,
    /// The last business day counted; the window ends with its end.
    last_day: NaiveDate,
    /// The customer's zone.
    time_zone: String,
    /// The calendar the days were counted with.
    calendar: String,
    /// The version of that calendar.
    calendar_version: String,
    /// The release of the time zone database.
    tzdb: String,
    /// How many business days the window has.
    business_days: u32,
    /// Every date after the notice up to the last day, and why it counted or not.
    days: Vec<WindowDay>,
    /// The explanation in sentences, as in the mail and on the page.
    sentences: Vec<String>,
}

async fn deadline(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Query(query): Query<DeadlineQuery>,
) -> Result<Json<Explained>, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let claim_id = claim.id;
    let dossier = dossier(&web, claim).await?;
    let language = match query.language {
        Some(Spoken::Tr) => Language::Turkish,
        Some(Spoken::En) | None => Language::English,
    };
    match dossier.window() {
        Some(window) => Ok(Json(explained(claim_id, window, language))),
        None => Err(Problem::new(
            ProblemType::ClaimConflict,
            format!("Claim {claim_id} has no window: the customer has not been notified."),
            "Read the claim to see what it waits for.",
        )
        .about(claim_id)
        .coded("no_window")),
    }
}

fn explained(claim_id: ClaimId, window: &Window, language: Language) -> Explained {
    let deadline = &window.deadline;
    let local = deadline.zone.local(deadline.closes_at);
    Explained {
        claim_id,
        opened_at: window.opened_at,
        closes_at: window.closes_at(),
        closes_at_local: local.to_rfc3339_opts(SecondsFormat::AutoSi, false),
        closes_in_words: closing_moment(deadline, language),
        last_day: deadline.last_day,
        time_zone: deadline.zone.to_string(),
        calendar: deadline.calendar.to_string(),
        calendar_version: deadline.calendar_version.clone(),
        tzdb: deadline.tzdb.clone(),
        business_days: deadline.business_days.get(),
        days: deadline.days(),
        sentences: explain(deadline, window.opened_at, language),
    }
}
