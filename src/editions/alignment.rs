//! One open window against other calendars or the time zones of another release.
//!
//! Only what is needed of a snapshot is read, and most windows are done with after a look at the
//! versions they were computed with.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::calendar::{CalendarId, Calendars, ChangedDay, Span, changed_days, tzdb_version};
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{ClaimId, Window};
use crate::editions::SweepTask;
use crate::store::StoreError;
use crate::worker::with_causes;

/// A window that would end later, or did so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "WindowMove")]
pub struct Move {
    /// The claim.
    #[schemars(with = "uuid::Uuid")]
    pub claim_id: ClaimId,
    /// Its calendar.
    #[schemars(with = "String")]
    pub calendar: CalendarId,
    /// Its zone.
    pub time_zone: String,
    /// The end that was announced.
    pub from: DateTime<Utc>,
    /// The end that it would have.
    pub to: DateTime<Utc>,
    /// The days of it that are judged otherwise. None when the clocks of its zone have changed.
    pub days: Vec<ChangedDay>,
    /// The release of the time zone database the end was announced with, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tzdb_before: Option<String>,
    /// Whether its time stands still.
    pub paused: bool,
}

/// A window that would end sooner, and therefore stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "WindowStay")]
pub struct Stay {
    /// The claim.
    #[schemars(with = "uuid::Uuid")]
    pub claim_id: ClaimId,
    /// Its calendar.
    #[schemars(with = "String")]
    pub calendar: CalendarId,
    /// The end that was announced, and stays.
    pub stays: DateTime<Utc>,
    /// The end that would be computed now.
    pub computed: DateTime<Utc>,
}

/// A window that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "WindowProblem")]
pub struct Problem {
    /// The claim.
    #[schemars(with = "uuid::Uuid")]
    pub claim_id: ClaimId,
    /// Its calendar.
    #[schemars(with = "String")]
    pub calendar: CalendarId,
    /// Why not.
    pub problem: String,
}

/// What the calendars say of an open window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judged {
    /// It ends when it was announced to end, or has ended.
    Same,
    Moves(Box<Move>),
    Stays(Stay),
    Cannot(Problem),
}

/// Judges open windows by a set of calendars and the time zones of this release.
#[derive(Debug)]
pub(super) struct Alignment {
    policy: WindowPolicy,
    /// Calendars whose files were edited without a new version: it says nothing there.
    without_version: BTreeSet<CalendarId>,
    now: DateTime<Utc>,
}

/// What is read of every snapshot.
#[derive(Deserialize)]
struct Look<'a> {
    #[serde(borrow)]
    state: LookState<'a>,
}

#[derive(Deserialize)]
struct LookState<'a> {
    #[serde(borrow, default)]
    window: Option<&'a RawValue>,
    #[serde(default)]
    paused_at: Option<DateTime<Utc>>,
}

/// What is read of every window.
#[derive(Deserialize)]
struct LookWindow {
    opened_at: DateTime<Utc>,
    deadline: LookDeadline,
}

#[derive(Deserialize)]
struct LookDeadline {
    closes_at: DateTime<Utc>,
    calendar: CalendarId,
    calendar_version: String,
    tzdb: String,
}

impl Alignment {
    pub fn with(policy: &WindowPolicy, calendars: Arc<Calendars>, now: DateTime<Utc>) -> Self {
        let edited =
            calendars.read_from_files().filter(|one| one.version() != one.version_of_content());
        let without_version = edited.map(|calendar| calendar.id().clone()).collect();
        let policy = WindowPolicy { calendars, ..policy.clone() };
        Self { policy, without_version, now }
    }

    /// What the calendars say of the window in this snapshot.
    pub fn judge(&self, claim_id: ClaimId, snapshot: &[u8]) -> Result<Judged, StoreError> {
        let malformed = |error| StoreError::malformed(format!("read claim {claim_id}"), error);
        let look: Look<'_> = serde_json::from_slice(snapshot).map_err(malformed)?;
        let Some(raw) = look.state.window else { return Ok(Judged::Same) };
        let paused = look.state.paused_at.is_some();
        let quick: LookWindow = serde_json::from_str(raw.get()).map_err(malformed)?;
        let ended = !paused && quick.deadline.closes_at <= self.now;
        if ended || self.is_current(&quick.deadline) {
            return Ok(Judged::Same);
        }
        let window: Window = serde_json::from_str(raw.get()).map_err(malformed)?;
        Ok(self.compare(claim_id, &window, paused))
    }

    fn is_current(&self, deadline: &LookDeadline) -> bool {
        let calendar = self.policy.calendars.get(&deadline.calendar);
        deadline.tzdb == tzdb_version()
            && !self.without_version.contains(&deadline.calendar)
            && calendar.is_ok_and(|calendar| calendar.version() == deadline.calendar_version)
    }

    fn compare(&self, claim_id: ClaimId, window: &Window, paused: bool) -> Judged {
        let announced = &window.deadline;
        let calendar = announced.calendar.clone();
        let recomputed = match self.policy.adjusted(window, announced.adjustments.clone()) {
            Ok(recomputed) => recomputed,
            Err(error) => {
                let problem = with_causes(&error);
                return Judged::Cannot(Problem { claim_id, calendar, problem });
            }
        };
        let (from, to) = (window.closes_at(), recomputed.closes_at());
        if to == from {
            return Judged::Same;
        }
        if to < from {
            return Judged::Stays(Stay { claim_id, calendar, stays: from, computed: to });
        }
        let other_tzdb = announced.tzdb != recomputed.deadline.tzdb;
        Judged::Moves(Box::new(Move {
            claim_id,
            calendar,
            time_zone: announced.zone.to_string(),
            from,
            to,
            days: changed_days(announced, &recomputed.deadline),
            tzdb_before: other_tzdb.then(|| announced.tzdb.clone()),
            paused,
        }))
    }

    /// Whether a sweep has something to do to the window in this snapshot.
    pub fn concerns(
        &self,
        task: &SweepTask,
        claim_id: ClaimId,
        snapshot: &[u8],
    ) -> Result<bool, StoreError> {
        match task {
            SweepTask::Calendars { .. } => match self.judge(claim_id, snapshot)? {
                Judged::Same | Judged::Stays(_) => Ok(false),
                // The ledger says why it cannot, so that it is counted and told.
                Judged::Moves(_) | Judged::Cannot(_) => Ok(true),
            },
            SweepTask::Outage { outage, .. } => touched(*outage, claim_id, snapshot),
        }
    }
}

/// Whether an outage touched the window in this snapshot.
fn touched(outage: Span, claim_id: ClaimId, snapshot: &[u8]) -> Result<bool, StoreError> {
    let malformed = |error| StoreError::malformed(format!("read claim {claim_id}"), error);
    let look: Look<'_> = serde_json::from_slice(snapshot).map_err(malformed)?;
    let Some(raw) = look.state.window else { return Ok(false) };
    let window: LookWindow = serde_json::from_str(raw.get()).map_err(malformed)?;
    let paused = look.state.paused_at.is_some();
    Ok(window.opened_at < outage.to && (paused || outage.from < window.deadline.closes_at))
}
