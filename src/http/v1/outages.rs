//! Outages of the page on which customers answer, which extend the windows they touched.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Caller;
use crate::calendar::Span;
use crate::claim::Finding;
use crate::editions::{Outage, OutageRefused, Sweep};
use crate::http::Web;
use crate::http::extract::Json;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};
use crate::http::v1::calendars::{OPERATORS, author, reason};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/outages",
            "record_outage",
            "Record an outage of the customer's page",
            record,
        )
        .only(Place::Deployment)
        .roles(OPERATORS)
        .says(
            "Every open window that it touched is extended in the background, by a business day \
             for each date that was touched. A window that has ended is not opened again.",
        )
        .takes::<Record>("From when to when, and why.")
        .gives::<Outage>(StatusCode::ACCEPTED, "The outage, as it was recorded.")
        .problem(ProblemType::FindingsReported)
        .problem(ProblemType::CalendarConflict),
        Route::new(Method::GET, "/v1/outages", "list_outages", "List recorded outages", list)
            .only(Place::Deployment)
            .roles(OPERATORS)
            .gives::<Outages>(StatusCode::OK, "The newest first."),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RecordOutage")]
struct Record {
    /// Its first instant.
    from: DateTime<Utc>,
    /// The first instant after it; not later than now, and at most 31 days after the first.
    to: DateTime<Utc>,
    /// Why there was one, 1 to 4,000 characters.
    #[schemars(length(min = 1, max = 4000))]
    reason: String,
}

/// What was recorded.
#[derive(Debug, Serialize, JsonSchema)]
struct Outages {
    /// The newest first.
    outages: Vec<Recorded>,
}

/// An outage, and what it did.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecordedOutage")]
struct Recorded {
    /// The outage.
    #[serde(flatten)]
    outage: Outage,
    /// What it did to open windows so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    sweep: Option<Sweep>,
}

async fn record(
    State(web): State<Web>,
    caller: Caller,
    Json(body): Json<Record>,
) -> Result<(StatusCode, Answer<Outage>), Problem> {
    let (author, reason) = (author(&caller)?, reason(&body.reason)?);
    let span = Span { from: body.from, to: body.to };
    let outage = web.editions.record_outage(span, author, reason).await?;
    Ok((StatusCode::ACCEPTED, Answer(outage)))
}

async fn list(State(web): State<Web>) -> Result<Answer<Outages>, Problem> {
    let recorded = web.editions.outages().await?.into_iter();
    let outages = recorded.map(|(outage, sweep)| Recorded { outage, sweep }).collect();
    Ok(Answer(Outages { outages }))
}

impl From<OutageRefused> for Problem {
    fn from(error: OutageRefused) -> Self {
        let message = format!("{error}.");
        let wrong = |field: &str, code| {
            let finding = Finding::new(field, code, message.clone());
            Self::findings("record the outage", vec![finding])
        };
        match error {
            OutageRefused::Store(error) => error.into(),
            OutageRefused::Empty { .. } => wrong("to", "empty"),
            OutageRefused::NotOver { .. } => wrong("to", "not_over"),
            OutageRefused::TooLong => wrong("to", "too_long"),
            OutageRefused::Known(_) | OutageRefused::Overtaken => {
                let remedy = "List the outages that were recorded.";
                Self::new(ProblemType::CalendarConflict, message, remedy)
            }
        }
    }
}
