//! The virtual clock: what time it is, what comes next, and travelling.
//!
//! These routes exist only where the clock is virtual. There every role may travel: the namespace
//! holds nothing but tests, and whoever tests has one key. What a caller does not see stays unseen:
//! claims of others are not named, and cannot be travelled by.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Caller, Role};
use crate::calendar::{BusinessDays, whole_if_any};
use crate::claim::{ClaimId, Finding, Status};
use crate::clock::TravelError;
use crate::http::Web;
use crate::http::extract::Json;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};
use crate::http::v1::ClaimPath;
use crate::store::feed::FeedEntry;
use crate::store::meta::ClockMode;
use crate::travel::{self, JourneyError, UPCOMING_MAX, Upcoming, Way};

const TRAVEL: &str = "move the clock";
/// The farthest that one step of `advance_by_seconds` leads: 100 years.
const SECONDS_MAX: u32 = 100 * 366 * 24 * 60 * 60;
const DAYS_MAX: u32 = BusinessDays::MAX;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/clock",
            "show_clock",
            "The time, and what falls due next",
            show,
        )
        .roles(&Role::ALL)
        .only(Place::VirtualClock)
        .says(
            "Exists only where the clock is virtual; a deployment on the system clock answers \
                 404.",
        )
        .gives::<ClockView>(StatusCode::OK, "The clock.")
        .problem(ProblemType::NotFound),
        Route::new(
            Method::POST,
            "/v1/clock",
            "travel",
            "Move the clock, and work what falls due",
            go,
        )
        .roles(&Role::ALL)
        .only(Place::VirtualClock)
        .says(
            "Exists only where the clock is virtual; a deployment on the system clock answers \
                 404. The clock stops at every due moment on the way until all work there is done, \
                 and the answer comes when everything has settled at the end. It only moves \
                 forwards. Of two journeys at once none steps over anything, and the one that goes \
                 farther wins. A journey whose client goes away stops at a due moment; send it \
                 again to go on.",
        )
        .takes::<TravelBody>("How far: exactly one way.")
        .gives::<Travelled>(StatusCode::OK, "Where the clock stands, and what happened.")
        .problem(ProblemType::NotFound)
        .problem(ProblemType::ClockConflict)
        .problem(ProblemType::FindingsReported),
    ]
}

/// How far to travel: exactly one of `to`, `advance_by_seconds`, `to_next`, `business_days` with
/// `claim_id`, and `before_end_of`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Travel")]
#[serde(deny_unknown_fields)]
struct TravelBody {
    /// To this instant.
    to: Option<DateTime<Utc>>,
    /// By so many seconds, at most 100 years.
    #[schemars(range(min = 0, max = SECONDS_MAX))]
    advance_by_seconds: Option<u32>,
    /// `true`: to the next due entry.
    to_next: Option<bool>,
    /// To the end of so many business days after today, in the calendar and zone of `claim_id`.
    #[serde(default, deserialize_with = "whole_if_any")]
    #[schemars(range(min = 1, max = DAYS_MAX))]
    business_days: Option<u32>,
    /// The claim whose business days are counted.
    #[schemars(with = "Option<uuid::Uuid>")]
    claim_id: Option<String>,
    /// To one millisecond before the end of this claim's window: the last instant at which a
    /// rejection is in time.
    #[schemars(with = "Option<uuid::Uuid>")]
    before_end_of: Option<String>,
}

/// The deployment's time.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Clock")]
struct ClockView {
    /// The time now.
    now: DateTime<Utc>,
    /// Whose time it is: always `virtual` here.
    #[schemars(with = "String")]
    mode: ClockMode,
    /// What falls due next, the earliest first; at most 20.
    upcoming: Vec<Upcoming>,
}

/// A journey, once everything has settled.
#[derive(Debug, Serialize, JsonSchema)]
struct Travelled {
    /// Where it began.
    from: DateTime<Utc>,
    /// Where the clock stands.
    now: DateTime<Utc>,
    /// What happened meanwhile to claims that you see, the oldest first; at most 500.
    events: Vec<EventOnTheWay>,
    /// Whether more happened than `events` tells.
    events_cut: bool,
    /// What falls due next, the earliest first; at most 20.
    upcoming: Vec<Upcoming>,
}

/// One event of a claim.
#[derive(Debug, Serialize, JsonSchema)]
struct EventOnTheWay {
    /// When it was recorded.
    at: DateTime<Utc>,
    /// Whose event it is.
    #[schemars(with = "uuid::Uuid")]
    claim_id: ClaimId,
    /// Its name.
    event: String,
    /// Where the claim stood then.
    status: Status,
}

async fn show(State(web): State<Web>, caller: Caller) -> Result<Answer<ClockView>, Problem> {
    let clock = web.ledger.clock();
    let (now, mode) = (clock.now().await?, clock.mode());
    Ok(Answer(ClockView { now, mode, upcoming: upcoming(&web, &caller).await? }))
}

async fn go(
    State(web): State<Web>,
    caller: Caller,
    Json(body): Json<TravelBody>,
) -> Result<Answer<Travelled>, Problem> {
    let way = body.way().map_err(|finding| Problem::findings(TRAVEL, vec![finding]))?;
    if let Some(claim_id) = way.claim_id() {
        ClaimPath { claim_id: claim_id.to_string() }.claim(&web, &caller).await?;
    }
    let ledger = &web.ledger;
    let (from, begun) = (ledger.clock().now().await?, ledger.store().feed_end().await?);
    let now = travel::go(ledger, way).await?;
    let happened = travel::happened_since(ledger, &begun).await?;
    let seen = happened.events.into_iter().filter(|entry| entry.seen_by(&caller.authority));
    Ok(Answer(Travelled {
        from,
        now,
        events: seen.map(EventOnTheWay::from).collect(),
        events_cut: happened.is_cut,
        upcoming: upcoming(&web, &caller).await?,
    }))
}

/// What comes next, without the names of claims that the caller does not see.
async fn upcoming(web: &Web, caller: &Caller) -> Result<Vec<Upcoming>, Problem> {
    let mut upcoming = travel::upcoming(&web.ledger, UPCOMING_MAX).await?;
    for entry in &mut upcoming {
        let Some(id) = entry.claim_id else { continue };
        let claim = web.ledger.store().claim(id).await?;
        let sees = claim.is_some_and(|claim| {
            caller.authority.sees(&claim.submission.partner.mpn_id, &claim.submission.source)
        });
        if !sees {
            entry.claim_id = None;
        }
    }
    Ok(upcoming)
}

impl TravelBody {
    fn way(&self) -> Result<Way, Finding> {
        let next = self.to_next.filter(|to_next| *to_next).map(|_| Way::ToNext);
        let by = self.advance_by_seconds.map(read_seconds).transpose()?;
        let before_end = read_claim(self.before_end_of.as_ref(), "before_end_of")?;
        let days = self.business_days.map(read_days).transpose()?;
        let claim_id = read_claim(self.claim_id.as_ref(), "claim_id")?;
        let ways = [
            self.to.map(Way::To),
            by.map(Way::By),
            next,
            before_end.map(|claim_id| Way::BeforeEnd { claim_id }),
            days.zip(claim_id).map(|(days, claim_id)| Way::BusinessDays { days, claim_id }),
        ];
        if days.is_some() != claim_id.is_some() {
            let message =
                "Business days are those of a claim: give `business_days` and `claim_id`.";
            return Err(Finding::new("claim_id", "claim_missing", message));
        }
        let mut ways = ways.into_iter().flatten();
        match (ways.next(), ways.next()) {
            (Some(way), None) => Ok(way),
            _ => Err(Finding::new(
                Finding::WHOLE,
                "number_of_ways",
                "Give exactly one of `to`, `advance_by_seconds`, `to_next: true`, \
                 `business_days` with `claim_id`, and `before_end_of`.",
            )),
        }
    }
}

fn read_seconds(seconds: u32) -> Result<TimeDelta, Finding> {
    if seconds <= SECONDS_MAX {
        return Ok(TimeDelta::seconds(seconds.into()));
    }
    let message = format!("Travel by at most {SECONDS_MAX} seconds, which are 100 years.");
    Err(Finding::new("advance_by_seconds", "out_of_range", message))
}

fn read_days(days: u32) -> Result<BusinessDays, Finding> {
    BusinessDays::new(days)
        .map_err(|error| Finding::new("business_days", "out_of_range", error.to_string()))
}

fn read_claim(raw: Option<&String>, field: &'static str) -> Result<Option<ClaimId>, Finding> {
    raw.map(|raw| ClaimId::parse(raw).map_err(|finding| finding.at(field))).transpose()
}

impl From<FeedEntry> for EventOnTheWay {
    fn from(entry: FeedEntry) -> Self {
        let FeedEntry { at, claim_id, event, status, .. } = entry;
        Self { at, claim_id, event, status }
    }
}

impl From<JourneyError> for Problem {
    fn from(error: JourneyError) -> Self {
        let look = "Read /v1/clock and the claim to see where they stand.";
        let (code, remedy) = match &error {
            JourneyError::Travel(TravelError::Backwards { .. }) => {
                ("backwards", "Time only moves forwards: read /v1/clock.")
            }
            JourneyError::Travel(TravelError::SystemClock(_)) => ("system_clock", look),
            JourneyError::NoWorker(_) => ("no_worker", "Start a worker (`cpor work`)."),
            JourneyError::NothingDue => ("nothing_due", look),
            JourneyError::NoWindow { .. } => ("no_window", look),
            JourneyError::WindowPassed { .. } => ("window_passed", look),
            JourneyError::BusinessDays { .. } => ("business_days", look),
            JourneyError::TooFar => ("too_far", look),
            JourneyError::NoClaim(id) => return Self::not_found(format_args!("claim {id}")),
            JourneyError::Travel(TravelError::Store(_)) => ("store", look),
        };
        if let JourneyError::Travel(TravelError::Store(error)) = error {
            return error.into();
        }
        let detail = format!("Could not {TRAVEL}: {error}.");
        Self::new(ProblemType::ClockConflict, detail, remedy).coded(code)
    }
}
