//! What makes a window longer than its business days: a reviewer's extension, pauses, and outages
//! of the page on which customers answer.
//!
//! Everything is counted in whole local days, as the rule itself is. A date that a pause touches is
//! not counted. A date that an outage touches is made good by one business day: a business day by
//! not being counted, any other day, the day of the notice included, by counting one more. So
//! nothing here can make a window shorter. Deliberately not here: who may do so, and why.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::CalendarError;
use super::whole::whole;
use super::zone::Zone;

/// A span of time: from an instant, up to but without another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub to: DateTime<Utc>,
}

/// What was done to a window after it had opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Adjustments {
    /// Business days that reviewers have added.
    #[serde(default, deserialize_with = "whole", skip_serializing_if = "is_zero")]
    pub extra_business_days: u32,
    /// When the window was paused, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Span>,
    /// When the page was out, as far as it took time of the window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Span>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Adjustments {
    /// Whether nothing was done.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Checks adjustments that somebody asks about, so that no question takes long to answer.
    ///
    /// # Errors
    /// [`CalendarError::TooManySpans`] for more than 100 pauses and outages.
    pub(super) fn check(&self) -> Result<(), CalendarError> {
        const SPANS_MAX: usize = 100;
        let given = self.pauses.len() + self.outages.len();
        if given > SPANS_MAX {
            return Err(CalendarError::TooManySpans { given, most: SPANS_MAX });
        }
        Ok(())
    }
}

impl Span {
    /// Whether an instant is in it.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether it has any time.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.to <= self.from
    }

    /// What it has in common with another one; maybe nothing.
    #[must_use]
    pub fn overlap(&self, other: Self) -> Self {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        Self { from, to: to.max(from) }
    }

    /// What is left of it before and after another one; either may be empty.
    #[must_use]
    pub fn without(&self, other: Self) -> [Self; 2] {
        let before = Self { from: self.from, to: self.to.min(other.from) };
        [before, Self { from: self.from.max(other.to), to: self.to }]
    }

    /// How long it is.
    #[must_use]
    pub fn duration(&self) -> TimeDelta {
        self.to - self.from
    }

    /// The local dates it touches; none when it has no time.
    fn dates(&self, zone: &Zone) -> Option<RangeInclusive<NaiveDate>> {
        let last = self.to - TimeDelta::milliseconds(1);
        (!self.is_empty()).then(|| zone.dates(self.from, last))
    }
}

/// The dates of one window that its adjustments touch.
#[derive(Clone, Debug)]
pub(super) struct Touched<'a> {
    zone: &'a Zone,
    paused: Vec<RangeInclusive<NaiveDate>>,
    out: Vec<RangeInclusive<NaiveDate>>,
}

impl<'a> Touched<'a> {
    /// What happened before the notice does not concern its window.
    pub fn by(adjustments: &Adjustments, zone: &'a Zone, notified_at: DateTime<Utc>) -> Self {
        let since = Span { from: notified_at, to: DateTime::<Utc>::MAX_UTC };
        let dates = |spans: &[Span]| {
            spans.iter().filter_map(|span| span.overlap(since).dates(zone)).collect()
        };
        Self { zone, paused: dates(&adjustments.pauses), out: dates(&adjustments.outages) }
    }

    pub fn is_paused(&self, date: NaiveDate) -> bool {
        self.paused.iter().any(|dates| dates.contains(&date))
    }

    pub fn is_out(&self, date: NaiveDate) -> bool {
        self.out.iter().any(|dates| dates.contains(&date))
    }

    /// The dates of outages up to `last`, each once, in their order.
    pub fn out_until(&self, last: NaiveDate) -> Vec<NaiveDate> {
        let mut dates: Vec<NaiveDate> = Vec::new();
        for span in &self.out {
            let until = last.min(*span.end());
            dates.extend(span.start().iter_days().take_while(|date| *date <= until));
        }
        dates.sort_unstable();
        dates.dedup();
        // Nobody missed the page on a date that the zone skipped.
        dates.retain(|date| self.zone.has_date(*date));
        dates
    }
}
