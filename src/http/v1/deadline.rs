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
use crate::view::{TimeView, paused_sentences};

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
    /// Since when the window is paused: its end is known when a reviewer resumes it.
    paused_at: Option<DateTime<Utc>>,
    /// The first instant at which a rejection is late; nothing while the window is paused.
    closes_at: Option<DateTime<Utc>>,
    /// The same instant as clocks at the customer's show it.
    #[schemars(with = "Option<DateTime<Utc>>")]
    closes_at_local: Option<String>,
    /// The same in words.
    closes_in_words: Option<String>,
    /// The last business day counted; the window ends with its end.
    last_day: Option<NaiveDate>,
    /// What has become of the window's time up to now.
    time: TimeView,
    /// The customer's zone.
    time_zone: String,
    /// The calendar the days were counted with.
    calendar: String,
    /// The version of that calendar.
    calendar_version: String,
    /// The release of the time zone database.
    tzdb: String,
    /// How many business days the window had when it opened.
    business_days: u32,
    /// Business days that reviewers have added since.
    extra_business_days: u32,
    /// Every date after the notice up to the last day, and why it counted or not; while the window
    /// is paused, as it was when its time stopped.
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
    let (claim_id, paused_at) = (claim.id, claim.paused_at());
    let now = web.ledger.clock().now().await.map_err(Problem::from)?;
    let dossier = dossier(&web, claim).await?;
    let language = match query.language {
        Some(Spoken::Tr) => Language::Turkish,
        Some(Spoken::En) | None => Language::English,
    };
    match dossier.window() {
        Some(window) => {
            let seen = Seen { claim_id, window, paused_at, now };
            Ok(Json(seen.explained(language)))
        }
        None => Err(Problem::new(
            ProblemType::ClaimConflict,
            format!("Claim {claim_id} has no window: the customer has not been notified."),
            "Read the claim to see what it waits for.",
        )
        .about(claim_id)
        .coded("no_window")),
    }
}

/// The window of a claim at one instant.
struct Seen<'a> {
    claim_id: ClaimId,
    window: &'a Window,
    paused_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
}

impl Seen<'_> {
    fn explained(&self, language: Language) -> Explained {
        let (window, deadline) = (self.window, &self.window.deadline);
        let end = self.paused_at.is_none().then_some(deadline);
        let local = |at| deadline.zone.local(at).to_rfc3339_opts(SecondsFormat::AutoSi, false);
        Explained {
            claim_id: self.claim_id,
            opened_at: window.opened_at,
            paused_at: self.paused_at,
            closes_at: end.map(|end| end.closes_at),
            closes_at_local: end.map(|end| local(end.closes_at)),
            closes_in_words: end.map(|end| closing_moment(end, language)),
            last_day: end.map(|end| end.last_day),
            time: TimeView::of(window.account(self.now, self.paused_at)),
            time_zone: deadline.zone.to_string(),
            calendar: deadline.calendar.to_string(),
            calendar_version: deadline.calendar_version.clone(),
            tzdb: deadline.tzdb.clone(),
            business_days: deadline.business_days.get(),
            extra_business_days: deadline.adjustments.extra_business_days,
            days: deadline.days(),
            sentences: match self.paused_at {
                Some(since) => paused_sentences(window, since, self.now, language),
                None => explain(deadline, window.opened_at, language),
            },
        }
    }
}
