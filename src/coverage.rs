//! Whether calendars and time zones cover what this deployment has in use: gathers what
//! `calendar::coverage` judges, for the doctor, readiness and metrics.
//!
//! A glance reads counters and costs the same however many windows are open. A close look reads
//! the open windows, page by page, and only when an estimate may lie in one of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::calendar::coverage::{Coverage, Judgement, OpenDays, Touched, WindowsInUse};
use crate::calendar::{BusinessCalendar, CalendarId, Calendars, Deadline, tzdb_version};
use crate::ledger::Ledger;
use crate::store::open_windows::OpenWindows;
use crate::store::{Store, StoreError};

/// What is in use, and what is to be said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Covered {
    /// How many windows are open, by what they were computed with.
    pub in_use: WindowsInUse,
    /// Alarms, notes and horizons.
    pub judgement: Judgement,
}

/// Judges by the counters alone: which estimates lie in open windows is an upper bound.
///
/// # Errors
///
/// When Redis cannot be reached or refuses.
pub async fn glance(ledger: &Ledger, now: DateTime<Utc>) -> Result<Covered, StoreError> {
    let store = ledger.store();
    let in_use = store.windows_in_use().await?;
    let until = store.last_closing().await?.map(|end| end.date_naive());
    let calendars = &ledger.rules().window().calendars;
    let judgement = judge(calendars, now.date_naive(), &in_use, OpenDays::Until(until));
    Ok(Covered { in_use, judgement })
}

/// Judges by the open windows themselves where that makes a difference.
///
/// # Errors
///
/// When Redis cannot be reached or refuses.
pub async fn look_closely(ledger: &Ledger, now: DateTime<Utc>) -> Result<Covered, StoreError> {
    let covered = glance(ledger, now).await?;
    let code = crate::calendar::coverage::AlarmCode::EstimatesInWindows;
    if covered.judgement.count(code) == 0 {
        return Ok(covered);
    }
    let (calendars, today) = (&ledger.rules().window().calendars, now.date_naive());
    let touched = touched(ledger.store(), calendars, today).await?;
    let judgement = judge(calendars, today, &covered.in_use, OpenDays::Counted(&touched));
    Ok(Covered { in_use: covered.in_use, judgement })
}

fn judge(
    calendars: &Calendars,
    today: NaiveDate,
    in_use: &WindowsInUse,
    days: OpenDays<'_>,
) -> Judgement {
    Coverage { today, calendars, tzdb: tzdb_version(), in_use, days }.judge()
}

/// Which estimates lie in which open windows. Memory is bounded by a page of claims.
async fn touched(
    store: &Store,
    calendars: &Calendars,
    today: NaiveDate,
) -> Result<BTreeMap<CalendarId, Touched>, StoreError> {
    let mut all: BTreeMap<CalendarId, Touched> = BTreeMap::new();
    let partitions = 0..store.keys().partitions();
    for (partition, which) in partitions.flat_map(|p| OpenWindows::ALL.map(|which| (p, which))) {
        let mut next = Some(0);
        while let Some(cursor) = next {
            let page = store.open_windows(partition, which, cursor).await?;
            next = page.next;
            for window in page.windows() {
                if let Ok(calendar) = calendars.get(&window.deadline.calendar) {
                    touch(&mut all, calendar, &window.deadline, today);
                }
            }
        }
    }
    Ok(all)
}

/// The days of a window are those after the notice, up to the last one.
fn touch(
    all: &mut BTreeMap<CalendarId, Touched>,
    calendar: &BusinessCalendar,
    deadline: &Deadline,
    today: NaiveDate,
) {
    let first = deadline.notified_local_date.succ_opt().unwrap_or(today).max(today);
    let mut estimates = calendar.estimates(first, deadline.last_day).peekable();
    if estimates.peek().is_none() {
        return;
    }
    let touched = all.entry(calendar.id().clone()).or_default();
    touched.windows += 1;
    for (date, _) in estimates {
        *touched.entries.entry(date).or_default() += 1;
    }
}
