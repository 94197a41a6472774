//! The rule: when a window that opened with a notice ends.
//!
//! ```text
//! D0       = local date of the notice in the zone   // never counted, whatever the hour or day
//! Dn       = the n-th date after D0 that exists in the zone and is a business day
//! deadline = the first instant from which the local date in the zone stays after Dn
//! ```
//!
//! What was done to the window later only changes which dates count, and how many: a date that a
//! pause or an outage touches is no business day, and n grows by what a reviewer added and by every
//! other date that an outage touches (`adjustments.rs`).
//!
//! `bdays` does the counting, on `NaiveDate`. Deliberately not here: whether a window is open; that
//! is `claim/`, which alone compares with `closes_at`.

use std::sync::Arc;

use bdays::HolidayCalendar;
use chrono::{DateTime, NaiveDate, Utc};

use super::adjustments::{Adjustments, Touched};
use super::business_calendar::{BusinessCalendar, DayKind};
use super::deadline::{DayReason, Deadline, DeadlineDays, SkippedDay, SpecialDay};
use super::error::CalendarError;
use super::id::{BusinessDays, HalfDays};
use super::zone::{Zone, tzdb_version};

/// Everything the end of a window depends on.
#[derive(Clone, Debug)]
pub struct WindowTerms {
    /// When the customer's mail server accepted the notice.
    pub notified_at: DateTime<Utc>,
    /// The customer's zone.
    pub zone: Zone,
    /// The customer's calendar.
    pub calendar: Arc<BusinessCalendar>,
    /// How many business days the window has.
    pub business_days: BusinessDays,
    /// Whether a half day is one of them.
    pub half_days: HalfDays,
    /// What was done to the window since it opened.
    pub adjustments: Adjustments,
}

impl WindowTerms {
    /// When the window ends, and why then.
    ///
    /// # Errors
    /// [`CalendarError::OutsideValidity`] as soon as a date would have to be judged that the
    /// calendar says nothing about.
    pub fn deadline(&self) -> Result<Deadline, CalendarError> {
        let calendar = &self.calendar;
        let notified_local_date = self.zone.local(self.notified_at).date_naive();
        let first_day = notified_local_date.succ_opt().unwrap_or(notified_local_date);
        if calendar.day(first_day).is_none() {
            return Err(calendar.outside(first_day));
        }
        let touched = Touched::by(&self.adjustments, &self.zone, self.notified_at);
        let counted = CountedDays { terms: self, touched: &touched };
        let last_day = counted.last_from(first_day)?;
        let closes_at = self.zone.end_of(last_day).ok_or_else(|| calendar.outside(last_day))?;
        let mut deadline = Deadline {
            closes_at,
            zone: self.zone.clone(),
            calendar: calendar.id().clone(),
            calendar_version: calendar.version().to_owned(),
            tzdb: tzdb_version().to_owned(),
            business_days: self.business_days,
            half_days: self.half_days,
            notified_local_date,
            last_day,
            skipped: Vec::new(),
            special: Vec::new(),
            adjustments: self.adjustments.clone(),
            days: DeadlineDays::default(),
        };
        counted.give_reasons(&mut deadline);
        Ok(deadline)
    }
}

/// The dates that count in a window, as `bdays` wants to be told.
struct CountedDays<'a> {
    terms: &'a WindowTerms,
    touched: &'a Touched<'a>,
}

impl CountedDays<'_> {
    /// The last business day of the window. Every date of an outage that takes no business day
    /// away asks for one more, which may bring the window to further dates of outages.
    fn last_from(&self, first_day: NaiveDate) -> Result<NaiveDate, CalendarError> {
        let promised = i32::from(self.terms.business_days);
        let extra = self.terms.adjustments.extra_business_days;
        let asked = promised.saturating_add(i32::try_from(extra).unwrap_or(i32::MAX));
        let mut made_good = 0;
        loop {
            let last_day = self.count_from(first_day, asked.saturating_add(made_good))?;
            let dates = self.touched.out_until(last_day);
            let others = dates.iter().filter(|date| !self.takes_a_business_day(**date)).count();
            let others = i32::try_from(others).unwrap_or(i32::MAX);
            if others == made_good {
                return Ok(last_day);
            }
            made_good = others;
        }
    }

    /// The n-th business day from `first_day` on, which may be the first of them.
    fn count_from(&self, first_day: NaiveDate, days: i32) -> Result<NaiveDate, CalendarError> {
        let calendar = &self.terms.calendar;
        let start = self.to_bday(first_day, true);
        // More days than the calendar has lead out of it one way or another.
        let last_day = self.advance_bdays(start, (days - 1).min(DAYS_MAX));
        if calendar.day(last_day).is_none() {
            let first_outside = calendar.valid_to().succ_opt().unwrap_or(last_day);
            return Err(calendar.outside(first_outside));
        }
        Ok(last_day)
    }

    /// Whether the calendar has a business day on a date after that of the notice.
    fn takes_a_business_day(&self, date: NaiveDate) -> bool {
        let notified = self.terms.zone.local(self.terms.notified_at).date_naive();
        date > notified && self.in_calendar(date)
    }

    /// Whether the date is a business day, were it not for pauses and outages. A date outside the
    /// calendar's span passes for one only so that `bdays`, which knows no errors, comes to an
    /// end; the caller then sees that it went too far.
    fn in_calendar(&self, date: NaiveDate) -> bool {
        let half_days_count = self.terms.half_days == HalfDays::Count;
        let counts = match self.terms.calendar.day(date) {
            None => return true,
            Some(DayKind::Business | DayKind::MakeUp) => true,
            Some(DayKind::Half) => half_days_count,
            Some(DayKind::Holiday | DayKind::Weekend) => false,
        };
        counts && self.terms.zone.has_date(date)
    }

    /// Writes down, for every date after the notice up to the last day, why it counted or not.
    fn give_reasons(&self, deadline: &mut Deadline) {
        let calendar = &self.terms.calendar;
        let after_notice = deadline.notified_local_date.iter_days().skip(1);
        for date in after_notice.take_while(|date| *date <= deadline.last_day) {
            let reason = self.reason(date);
            deadline.days.push(reason);
            let Some(name) = calendar.name(date).map(str::to_owned) else {
                continue;
            };
            match reason {
                DayReason::Holiday => {
                    deadline.skipped.push(SkippedDay { date, name, half: false });
                }
                DayReason::SkippedHalfDay => {
                    deadline.skipped.push(SkippedDay { date, name, half: true });
                }
                DayReason::HalfDay | DayReason::MakeUpDay => {
                    deadline.special.push(SpecialDay { date, name });
                }
                DayReason::BusinessDay
                | DayReason::Weekend
                | DayReason::MissingDate
                | DayReason::Paused
                | DayReason::Outage => {}
            }
        }
    }

    fn reason(&self, date: NaiveDate) -> DayReason {
        // Nearly every window has no adjustments, and the calendar costs more to ask than they do.
        if self.touched.is_paused(date) && self.in_calendar(date) {
            return DayReason::Paused;
        }
        if self.touched.is_out(date) && self.in_calendar(date) {
            return DayReason::Outage;
        }
        if !self.terms.zone.has_date(date) {
            return DayReason::MissingDate;
        }
        match (self.terms.calendar.day(date), self.terms.half_days) {
            (Some(DayKind::MakeUp), _) => DayReason::MakeUpDay,
            (Some(DayKind::Half), HalfDays::Count) => DayReason::HalfDay,
            (Some(DayKind::Half), HalfDays::Skip) => DayReason::SkippedHalfDay,
            (Some(DayKind::Holiday), _) => DayReason::Holiday,
            (Some(DayKind::Weekend), _) => DayReason::Weekend,
            // A window never holds a date outside the span; counting ended with an error there.
            (Some(DayKind::Business) | None, _) => DayReason::BusinessDay,
        }
    }
}

/// More days than any calendar has.
const DAYS_MAX: i32 = 200_000;

impl HolidayCalendar<NaiveDate> for CountedDays<'_> {
    fn is_holiday(&self, date: NaiveDate) -> bool {
        !self.is_bday(date)
    }

    /// Overridden because the weekend is the calendar's, not Saturday and Sunday.
    fn is_bday(&self, date: NaiveDate) -> bool {
        if self.terms.calendar.day(date).is_none() {
            return true;
        }
        self.in_calendar(date) && !self.touched.is_paused(date) && !self.touched.is_out(date)
    }
}
