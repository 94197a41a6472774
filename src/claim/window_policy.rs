//! How long customers and partners have to answer, for one claim.
//!
//! Puts the claim's country and zone together with the deployment's settings; the rule itself is
//! in `calendar/`.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::{
    Adjustments, BusinessDays, CalendarError, Calendars, Deadline, HalfDays, WindowTerms, Zone,
    default_zone,
};
use crate::claim::finding::Finding;
use crate::claim::submission::Submission;
use crate::claim::window::Window;

/// The settings behind every window of a deployment.
#[derive(Debug, Clone)]
pub struct WindowPolicy {
    /// The calendars in force.
    pub calendars: Arc<Calendars>,
    /// Length of the rejection window, in business days.
    pub business_days: BusinessDays,
    /// Whether half days count.
    pub half_days: HalfDays,
    /// How long after the end a claim is finalized.
    pub finalize_grace: TimeDelta,
    /// How many business days before the end the customer is reminded; 0 never.
    pub reminder_business_days: u32,
    /// How long a partner has to answer an *action required*, in business days.
    pub answer_business_days: BusinessDays,
}

impl WindowPolicy {
    /// Refuses at the door a submission whose window could not be computed.
    ///
    /// # Errors
    ///
    /// One finding per field that stands in the way.
    pub fn check(&self, submission: &Submission, now: DateTime<Utc>) -> Result<(), Vec<Finding>> {
        let customer = &submission.customer;
        let mut findings = Vec::new();
        if let Err(error) = self.calendar(submission) {
            let field = match customer.subdivision {
                Some(_) => "customer.subdivision",
                None => "customer.country",
            };
            findings.push(Finding::new(field, "calendar_unknown", format!("{error}.")));
        }
        if let Err(error) = self.zone(submission, now) {
            findings.push(Finding::new("customer.time_zone", "zone_unknown", format!("{error}.")));
        }
        if findings.is_empty()
            && let Err(error) = self.deadline(submission, now, self.business_days)
        {
            let message = format!("{error}.");
            findings.push(Finding::new("customer.country", "calendar_exhausted", message));
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }

    /// The window that opens when the mail server accepts the notice at `opened_at`.
    ///
    /// # Errors
    ///
    /// When the calendar says nothing about the days in question.
    pub fn open(
        &self,
        submission: &Submission,
        opened_at: DateTime<Utc>,
    ) -> Result<Window, CalendarError> {
        Ok(self.window(opened_at, self.deadline(submission, opened_at, self.business_days)?))
    }

    fn window(&self, opened_at: DateTime<Utc>, deadline: Deadline) -> Window {
        let finalize_at = deadline.closes_at + self.finalize_grace;
        let remind_at = self.before_the_end(&deadline, self.reminder_business_days);
        Window { opened_at, finalize_at, remind_at, deadline }
    }

    /// The window as it is with these adjustments, the calendar in force and the time zones of
    /// this release. It keeps its zone, its calendar's id and its length.
    ///
    /// # Errors
    ///
    /// When there is no such calendar any more, or it says nothing about the days in question.
    pub fn adjusted(
        &self,
        window: &Window,
        adjustments: Adjustments,
    ) -> Result<Window, CalendarError> {
        let announced = &window.deadline;
        let terms = WindowTerms {
            notified_at: window.opened_at,
            zone: announced.zone.clone(),
            calendar: Arc::clone(self.calendars.get(&announced.calendar)?),
            business_days: announced.business_days,
            half_days: announced.half_days,
            adjustments,
        };
        Ok(self.window(window.opened_at, terms.deadline()?))
    }

    /// When the first of the last so many business days begins: never on a weekend, and never when
    /// that would be the first day of the window; never for 0.
    #[must_use]
    pub fn before_the_end(&self, deadline: &Deadline, business_days: u32) -> Option<DateTime<Utc>> {
        let days = deadline.days();
        let counted = days.iter().rev().find_map(|day| day.number)?;
        let before = counted.checked_sub(business_days)?;
        if business_days == 0 || before == 0 {
            return None;
        }
        let first = days.iter().find(|day| day.number == Some(before + 1))?;
        deadline.zone.end_of(first.date.pred_opt()?)
    }

    /// By when a partner has to answer; counted in the customer's calendar, because a partner's
    /// country is not known.
    ///
    /// # Errors
    ///
    /// When the calendar says nothing about the days in question.
    pub fn answer_by(
        &self,
        submission: &Submission,
        now: DateTime<Utc>,
    ) -> Result<Deadline, CalendarError> {
        self.deadline(submission, now, self.answer_business_days)
    }

    /// The end of the given number of business days after `notified_at`, for this customer.
    ///
    /// # Errors
    ///
    /// When calendar or zone are unknown, or the calendar says nothing about the days in question.
    pub fn deadline(
        &self,
        submission: &Submission,
        notified_at: DateTime<Utc>,
        business_days: BusinessDays,
    ) -> Result<Deadline, CalendarError> {
        let terms = WindowTerms {
            notified_at,
            zone: self.zone(submission, notified_at)?,
            calendar: Arc::clone(self.calendar(submission)?),
            business_days,
            half_days: self.half_days,
            adjustments: Adjustments::default(),
        };
        terms.deadline()
    }

    fn calendar(
        &self,
        submission: &Submission,
    ) -> Result<&Arc<crate::calendar::BusinessCalendar>, CalendarError> {
        let customer = &submission.customer;
        let subdivision = customer.subdivision.as_ref().map(|subdivision| subdivision.as_str());
        self.calendars.for_country(customer.country.as_str(), subdivision)
    }

    /// The customer's zone: the one given, or the country's where the day ends last.
    ///
    /// # Errors
    ///
    /// When the zone is unknown.
    pub fn zone(&self, submission: &Submission, at: DateTime<Utc>) -> Result<Zone, CalendarError> {
        let customer = &submission.customer;
        match &customer.time_zone {
            Some(name) => Zone::parse(name.as_str()),
            None => default_zone(customer.country.as_str(), at),
        }
    }
}

#[cfg(test)]
mod tests;
