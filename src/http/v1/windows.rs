//! When a window would end, and why then, without any claim: one question, or many.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::access::{Caller, Role};
use crate::calendar::{
    Adjustments, CalendarError, ExplainedWindow, Explanation, HalfDays, Language, WindowQuestion,
    default_zone, whole_if_any,
};
use crate::claim::Finding;
use crate::claim::window_policy::WindowPolicy;
use crate::http::Web;
use crate::http::extract;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Route, schema_of};
use crate::http::v1::ndjson::{Line, NDJSON, lines_of, respond};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/windows/explain",
            "explain_window",
            "Explain when a window would end, without a claim",
            explain,
        )
        .roles(&Role::ALL)
        .takes::<Question>("The question.")
        .gives::<Explanation>(StatusCode::OK, "When the window ends, and why then.")
        .problem(ProblemType::FindingsReported),
        Route::new(
            Method::POST,
            "/v1/windows/explain/batch",
            "explain_windows",
            "Explain many windows, without claims",
            batch,
        )
        .roles(&Role::ALL)
        .says(
            "One question per line, of any number; one answer per line, in the same order, while \
             the body is still being sent. Blank lines are skipped. Fields that are no part of a \
             question are ignored here, so that whole records can be asked about as they are.",
        )
        .takes_as(NDJSON, Some(schema_of::<Question>), "One question per line.")
        .gives_as(
            StatusCode::OK,
            Some(NDJSON),
            Some(schema_of::<WindowLine>),
            "One answer per line.",
        )
        .streams(),
    ]
}

/// A question about a window.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WindowQuestion")]
struct Question {
    /// Your own name for the question; answers to lines repeat it.
    id: Option<String>,
    /// The calendar, such as `TR` or `GB-SCT`; unless given, that of country and subdivision.
    calendar: Option<String>,
    /// The customer's country (ISO 3166-1 alpha-2).
    country: Option<String>,
    /// The customer's subdivision (ISO 3166-2), where calendars differ within the country.
    subdivision: Option<String>,
    /// The customer's zone by its IANA name; unless given, the one of the country in which the day
    /// ends last.
    #[serde(alias = "zone")]
    time_zone: Option<String>,
    /// When the notice is accepted; RFC 3339 with any offset.
    notified_at: DateTime<Utc>,
    /// Length of the window in business days; as configured unless given.
    #[serde(default, deserialize_with = "whole_if_any")]
    business_days: Option<u32>,
    /// Whether half days are business days; as configured unless given.
    half_days: Option<HalfDays>,
    /// What was done to the window after it had opened; nothing unless given.
    adjustments: Option<Adjustments>,
    /// The language of the sentences; English unless given.
    language: Option<Language>,
}

/// The names of the fields of a question.
const FIELDS: [&str; 11] = [
    "id",
    "calendar",
    "country",
    "subdivision",
    "time_zone",
    "zone",
    "notified_at",
    "business_days",
    "half_days",
    "adjustments",
    "language",
];

/// The answer to one line.
#[derive(Debug, Serialize, JsonSchema)]
struct WindowLine {
    /// The line's number, from 1; blank lines count.
    line: u64,
    /// `explained` or `refused`; also `unavailable`, after which nothing is answered.
    outcome: &'static str,
    /// Everything that is wrong with a refused line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
    /// The answer, field by field, unless the line was refused.
    #[serde(flatten)]
    window: Option<ExplainedWindow>,
}

async fn explain(
    State(web): State<Web>,
    _: Caller,
    extract::Json(question): extract::Json<Question>,
) -> Result<Json<Explanation>, Problem> {
    let answered = question.answer(&web.ledger.rules().window());
    let refused = |finding| Problem::findings("explain the window", vec![finding]);
    Ok(Json(answered.map_err(refused)?.explanation))
}

async fn batch(State(web): State<Web>, _: Caller, request: Request) -> Result<Response, Problem> {
    // One set of calendars for all the lines.
    let policy = web.ledger.rules().window();
    Ok(respond(lines_of(&web, request)?.map(move |line| answer_line(&policy, line))))
}

fn answer_line(policy: &WindowPolicy, line: Line) -> WindowLine {
    let Line { number, text, broken } = line;
    let answered = text.and_then(|text| Question::of_line(&text)?.answer(policy));
    let outcome = match &answered {
        Ok(_) => "explained",
        Err(_) if broken => "unavailable",
        Err(_) => "refused",
    };
    let (window, findings) = match answered {
        Ok(window) => (Some(window), Vec::new()),
        Err(finding) => (None, vec![finding]),
    };
    WindowLine { line: number, outcome, findings, window }
}

impl Question {
    /// Reads a line, of which only what belongs to a question counts.
    fn of_line(text: &[u8]) -> Result<Self, Finding> {
        let unreadable = |error: serde_json::Error| {
            let message = format!("The line is not a question: {error}.");
            Finding::new(Finding::WHOLE, "malformed_question", message)
        };
        let mut fields: Map<String, Value> = serde_json::from_slice(text).map_err(unreadable)?;
        fields.retain(|name, _| FIELDS.contains(&name.as_str()));
        serde_json::from_value(Value::Object(fields)).map_err(unreadable)
    }

    fn answer(self, policy: &WindowPolicy) -> Result<ExplainedWindow, Finding> {
        let language = self.language.unwrap_or_default();
        let question = WindowQuestion {
            calendar: self.calendar_id(policy)?,
            zone: self.zone()?,
            id: self.id.unwrap_or_default(),
            notified_at: self.notified_at,
            business_days: self.business_days.unwrap_or_else(|| policy.business_days.get()),
            half_days: self.half_days.unwrap_or(policy.half_days),
            adjustments: self.adjustments.unwrap_or_default(),
        };
        question.explain(&policy.calendars, language).map_err(finding)
    }

    fn calendar_id(&self, policy: &WindowPolicy) -> Result<String, Finding> {
        match (&self.calendar, &self.country) {
            (Some(calendar), _) => Ok(calendar.clone()),
            (None, Some(country)) => {
                let calendars = &policy.calendars;
                let calendar = calendars.for_country(country, self.subdivision.as_deref());
                Ok(calendar.map_err(finding)?.id().to_string())
            }
            (None, None) => Err(missing("calendar", "Name a calendar, or a country.")),
        }
    }

    fn zone(&self) -> Result<String, Finding> {
        match (&self.time_zone, &self.country) {
            (Some(zone), _) => Ok(zone.clone()),
            (None, Some(country)) => {
                let zone = default_zone(country, self.notified_at);
                Ok(zone.map_err(finding)?.to_string())
            }
            (None, None) => Err(missing("time_zone", "Name a time zone, or a country.")),
        }
    }
}

fn missing(field: &'static str, message: &str) -> Finding {
    Finding::new(field, "missing", message)
}

/// What is wrong with a question, addressed to the field that has to be put right.
fn finding(error: CalendarError) -> Finding {
    let (field, code) = match &error {
        CalendarError::MalformedId { .. } | CalendarError::UnknownCalendar { .. } => {
            ("calendar", "calendar_unknown")
        }
        CalendarError::UnknownCountry { .. } => ("country", "calendar_unknown"),
        CalendarError::SubdivisionNeeded { .. } | CalendarError::UnknownSubdivision { .. } => {
            ("subdivision", "calendar_unknown")
        }
        CalendarError::UnknownZone { .. } => ("time_zone", "zone_unknown"),
        CalendarError::BusinessDays { .. } => ("business_days", "out_of_bounds"),
        CalendarError::TooManySpans { .. } => ("adjustments", "out_of_bounds"),
        CalendarError::OutsideValidity { .. } => ("notified_at", "calendar_exhausted"),
        // These are about files, which no question reads.
        CalendarError::Read { .. }
        | CalendarError::Syntax { .. }
        | CalendarError::Entry { .. }
        | CalendarError::Folder { .. }
        | CalendarError::OverrideWithoutCalendar { .. } => (Finding::WHOLE, "calendar_unknown"),
    };
    Finding::new(field, code, format!("{error}."))
}
