//! The end of a window as it is stored with its claim, with everything it was computed from, so
//! that it can be explained years later, when calendars and zones have changed.
//!
//! Deliberately not here: the instant of the notice, which the claim stores, and the comparison
//! with the present, but for the one rule about changing a deadline that has been announced.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::adjustments::{Adjustments, Touched};
use super::id::{BusinessDays, CalendarId, HalfDays};
use super::zone::Zone;

/// When a window ends, and why then. Only `WindowTerms::deadline` makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The end, exclusive: what is received at this very instant is late.
    pub closes_at: DateTime<Utc>,
    /// The customer's zone.
    pub zone: Zone,
    /// The calendar the days were counted with.
    pub calendar: CalendarId,
    /// The version of that calendar.
    pub calendar_version: String,
    /// The release of the tzdb, for example `2026f`.
    pub tzdb: String,
    /// How many business days were counted.
    pub business_days: BusinessDays,
    /// Whether a half day was one of them.
    #[serde(default, skip_serializing_if = "HalfDays::is_count")]
    pub half_days: HalfDays,
    /// The date of the notice in the zone; never counted.
    pub notified_local_date: NaiveDate,
    /// The last business day counted; the window ends with its end.
    pub last_day: NaiveDate,
    /// Holidays, and half days that did not count, on days that are not the weekend.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<SkippedDay>,
    /// Counted days that are out of the ordinary: half days and make-up days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special: Vec<SpecialDay>,
    /// What was done to the window since it opened.
    #[serde(default, skip_serializing_if = "Adjustments::is_none")]
    pub adjustments: Adjustments,
    /// One letter for every date after the notice, up to the last day.
    pub(super) days: DeadlineDays,
}

/// A day that was not counted though it is not the weekend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkippedDay {
    /// The date.
    pub date: NaiveDate,
    /// What the calendar calls it.
    pub name: String,
    /// Whether it is a half day, skipped by policy, and not a holiday.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub half: bool,
}

/// A counted day that is out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialDay {
    /// The date.
    pub date: NaiveDate,
    /// What the calendar calls it.
    pub name: String,
}

/// Why a day counted or did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayReason {
    /// Counted: an ordinary business day.
    BusinessDay,
    /// Counted: a half day, where half days count.
    HalfDay,
    /// Counted: a weekend day on which people work.
    MakeUpDay,
    /// Not counted: the weekend.
    Weekend,
    /// Not counted: a holiday.
    Holiday,
    /// Not counted: a half day, where half days are skipped.
    SkippedHalfDay,
    /// Not counted: the zone skipped this date.
    MissingDate,
    /// Not counted: the window was paused at some time of the day.
    Paused,
    /// Not counted: the page could not be reached at some time of the day.
    Outage,
}

/// One date of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WindowDay {
    /// The date, in the zone of the window.
    pub date: NaiveDate,
    /// Whether it is one of the business days.
    pub counted: bool,
    /// Which business day it is, from 1; nothing for a day not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Why it was counted or not.
    pub reason: DayReason,
    /// What the calendar calls the day, where that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Deadline {
    /// Every date after the day of the notice up to the last day, and why it counted or not.
    #[must_use]
    pub fn days(&self) -> Vec<WindowDay> {
        let after_notice = self.notified_local_date.iter_days().skip(1);
        let mut counted_so_far = 0;
        let day = |(date, reason): (NaiveDate, &DayReason)| {
            let counted = reason.is_counted();
            counted_so_far += u32::from(counted);
            let number = counted.then_some(counted_so_far);
            WindowDay { date, counted, number, reason: *reason, name: self.name_of(date) }
        };
        after_notice.zip(&self.days.0).map(day).collect()
    }

    /// The dates that are made good by one more business day each, because the page could not be
    /// reached and they are no business days; the day of the notice can be one of them.
    #[must_use]
    pub fn made_good(&self, notified_at: DateTime<Utc>) -> Vec<NaiveDate> {
        let dates =
            Touched::by(&self.adjustments, &self.zone, notified_at).out_until(self.last_day);
        let days = self.days();
        let taken = |date: &NaiveDate| {
            days.iter().any(|day| day.date == *date && day.reason.is_interrupted())
        };
        dates.into_iter().filter(|date| !taken(date)).collect()
    }

    /// The half days in the window, counted or not.
    #[must_use]
    pub fn half_days_in_window(&self) -> Vec<NaiveDate> {
        let days = self.days().into_iter();
        days.filter(|day| day.reason.is_half_day()).map(|day| day.date).collect()
    }

    fn name_of(&self, date: NaiveDate) -> Option<String> {
        let skipped = self.skipped.iter().find(|day| day.date == date).map(|day| &day.name);
        let special = || self.special.iter().find(|day| day.date == date).map(|day| &day.name);
        skipped.or_else(special).cloned()
    }
}

impl DayReason {
    /// Whether a day with this reason is one of the business days.
    #[must_use]
    pub fn is_counted(self) -> bool {
        match self {
            Self::BusinessDay | Self::HalfDay | Self::MakeUpDay => true,
            Self::Weekend
            | Self::Holiday
            | Self::SkippedHalfDay
            | Self::MissingDate
            | Self::Paused
            | Self::Outage => false,
        }
    }

    /// Whether it is a business day that was taken away later.
    fn is_interrupted(self) -> bool {
        matches!(self, Self::Paused | Self::Outage)
    }

    fn is_half_day(self) -> bool {
        matches!(self, Self::HalfDay | Self::SkippedHalfDay)
    }

    /// The letter the reason is stored as. Stored for as long as the claim: never change one.
    fn letter(self) -> char {
        match self {
            Self::BusinessDay => 'b',
            Self::HalfDay => 'p',
            Self::MakeUpDay => 'm',
            Self::Weekend => 'w',
            Self::Holiday => 'h',
            Self::SkippedHalfDay => 's',
            Self::MissingDate => 'x',
            Self::Paused => 'q',
            Self::Outage => 'o',
        }
    }

    fn of_letter(letter: char) -> Option<Self> {
        let reason = match letter {
            'b' => Self::BusinessDay,
            'p' => Self::HalfDay,
            'm' => Self::MakeUpDay,
            'w' => Self::Weekend,
            'h' => Self::Holiday,
            's' => Self::SkippedHalfDay,
            'x' => Self::MissingDate,
            'q' => Self::Paused,
            'o' => Self::Outage,
            _ => return None,
        };
        Some(reason)
    }
}

/// The reasons of a window's dates in order, stored as a word such as `wwbbbhbb`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct DeadlineDays(Vec<DayReason>);

impl DeadlineDays {
    pub fn push(&mut self, reason: DayReason) {
        self.0.push(reason);
    }
}

impl From<DeadlineDays> for String {
    fn from(days: DeadlineDays) -> Self {
        days.0.into_iter().map(DayReason::letter).collect()
    }
}

impl TryFrom<String> for DeadlineDays {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let reasons = word.chars().map(DayReason::of_letter).collect::<Option<_>>();
        reasons.map(Self).ok_or_else(|| "a letter stands for no kind of day".to_owned())
    }
}
