//! The rule: when a window that opened with a notice ends.
//!
//! ```text
//! D0       = local date of the notice in the zone   // never counted, whatever the hour or day
//! Dn       = the n-th date after D0 that exists in the zone and is a business day
//! deadline = the first instant from which the local date in the zone stays after Dn
//! ```
//!
//! `bdays` does the counting, on `NaiveDate`. Deliberately not here: whether a window is open; that
//! is `claim/`, which alone compares with `closes_at`.

use std::sync::Arc;

use bdays::HolidayCalendar;
use chrono::{DateTime, NaiveDate, Utc};

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
        let last_day = self.count_from(first_day)?;
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
            days: DeadlineDays::default(),
        };
        self.give_reasons(&mut deadline);
        Ok(deadline)
    }

    /// The n-th business day from `first_day` on, which may be the first of them.
    fn count_from(&self, first_day: NaiveDate) -> Result<NaiveDate, CalendarError> {
        let counted = CountedDays { terms: self };
        let start = counted.to_bday(first_day, true);
        let last_day = counted.advance_bdays(start, i32::from(self.business_days) - 1);
        if self.calendar.day(last_day).is_none() {
            let first_outside = self.calendar.valid_to().succ_opt().unwrap_or(last_day);
            return Err(self.calendar.outside(first_outside));
        }
        Ok(last_day)
    }

    /// Writes down, for every date after the notice up to the last day, why it counted or not.
    fn give_reasons(&self, deadline: &mut Deadline) {
        let after_notice = deadline.notified_local_date.iter_days().skip(1);
        for date in after_notice.take_while(|date| *date <= deadline.last_day) {
            let reason = self.reason(date);
            deadline.days.push(reason);
            let Some(name) = self.calendar.name(date).map(str::to_owned) else {
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
                DayReason::BusinessDay | DayReason::Weekend | DayReason::MissingDate => {}
            }
        }
    }

    fn reason(&self, date: NaiveDate) -> DayReason {
        if !self.zone.has_date(date) {
            return DayReason::MissingDate;
        }
        match (self.calendar.day(date), self.half_days) {
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

/// The dates that count in a window, as `bdays` wants to be told.
struct CountedDays<'a> {
    terms: &'a WindowTerms,
}

impl HolidayCalendar<NaiveDate> for CountedDays<'_> {
    fn is_holiday(&self, date: NaiveDate) -> bool {
        !self.is_bday(date)
    }

    /// Overridden because the weekend is the calendar's, not Saturday and Sunday. A date outside
    /// the calendar's span passes for a business day only so that `bdays`, which knows no errors,
    /// comes to an end; the caller then sees that it went too far.
    fn is_bday(&self, date: NaiveDate) -> bool {
        let half_days_count = self.terms.half_days == HalfDays::Count;
        let counts = match self.terms.calendar.day(date) {
            None => return true,
            Some(DayKind::Business | DayKind::MakeUp) => true,
            Some(DayKind::Half) => half_days_count,
            Some(DayKind::Holiday | DayKind::Weekend) => false,
        };
        counts && self.terms.zone.has_date(date)
    }
}
