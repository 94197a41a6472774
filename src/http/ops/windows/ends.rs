//! Which windows: today's, tomorrow's, this week's, those of a date, the overdue ones. Each is a
//! span of instants, so that windows are counted and listed without reading others.
//!
//! A window ends with the end of a day at the customer's. Today's are therefore those that end
//! within 24 hours, wherever the customer is, and tomorrow's those of the 24 hours after. Where a
//! clock changes in that time, the hour that it has more or less is not told apart.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::store::closing::EndsWithin;

/// A window whose last day is this date ends after this hour of the date in UTC, and at this hour
/// of the next date at the latest. That is so from UTC-10 to UTC+13:45; nearly nobody is beyond.
const TURN: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
/// Instants are told apart to the millisecond.
const TICK: TimeDelta = TimeDelta::milliseconds(1);

/// Some windows whose time runs, by when they end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::ops) enum Ends {
    /// From now on.
    Next,
    /// At the end of today.
    Today,
    /// At the end of tomorrow.
    Tomorrow,
    /// Within seven days.
    Week,
    /// They should have been finalized.
    Overdue,
}

impl Ends {
    /// Every kind, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Next, Self::Today, Self::Tomorrow, Self::Week, Self::Overdue];

    /// The name in links.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Today => "today",
            Self::Tomorrow => "tomorrow",
            Self::Week => "week",
            Self::Overdue => "overdue",
        }
    }

    /// What it is called.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Next => "All that are open",
            Self::Today => "Closing today",
            Self::Tomorrow => "Closing tomorrow",
            Self::Week => "Closing this week",
            Self::Overdue => "Overdue",
        }
    }

    /// Reads a name in a link.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ends| ends.as_str() == text)
    }

    /// When they end, as it is now. What has ended is finalized after the grace, and is overdue
    /// only then.
    pub fn within(self, now: DateTime<Utc>, grace: TimeDelta) -> EndsWithin {
        let open = now - grace + TICK;
        let days = |days| Some(now + TimeDelta::days(days) + TICK);
        match self {
            Self::Next => EndsWithin { from: Some(open), to: None },
            Self::Today => EndsWithin { from: Some(open), to: days(1) },
            Self::Tomorrow => EndsWithin { from: days(1), to: days(2) },
            Self::Week => EndsWithin { from: Some(open), to: days(7) },
            Self::Overdue => EndsWithin { from: None, to: Some(open) },
        }
    }
}

/// Windows whose last day is this date.
pub(in crate::http::ops) fn of_date(date: NaiveDate) -> EndsWithin {
    let turn = |date: NaiveDate| Some(date.and_time(TURN).and_utc() + TICK);
    EndsWithin { from: turn(date), to: date.succ_opt().and_then(turn) }
}

/// Overdue windows by how late they are: the words, and the span.
pub(super) fn buckets(now: DateTime<Utc>, grace: TimeDelta) -> [(&'static str, EndsWithin); 4] {
    let due = |late| Some(now - grace - late + TICK);
    let (minute, ten, hour) = (TimeDelta::minutes(1), TimeDelta::minutes(10), TimeDelta::hours(1));
    let span = |from, to| EndsWithin { from, to };
    [
        ("less than a minute", span(due(minute), due(TimeDelta::zero()))),
        ("less than 10 minutes", span(due(ten), due(minute))),
        ("less than an hour", span(due(hour), due(ten))),
        ("an hour or more", span(None, due(hour))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Zone;

    fn has(span: EndsWithin, at: DateTime<Utc>) -> bool {
        span.from.is_none_or(|from| from <= at) && span.to.is_none_or(|to| at < to)
    }

    #[test]
    fn a_window_is_counted_under_its_last_day_wherever_the_customer_is() {
        let last_day: NaiveDate = "2026-11-27".parse().unwrap();
        for zone in [
            "Pacific/Honolulu",
            "America/Anchorage",
            "America/New_York",
            "Europe/London",
            "Europe/Istanbul",
            "Asia/Kolkata",
            "Asia/Tokyo",
            "Pacific/Auckland",
        ] {
            let end = Zone::parse(zone).unwrap().end_of(last_day).unwrap();
            assert!(has(of_date(last_day), end), "{zone}");
            assert!(!has(of_date(last_day.succ_opt().unwrap()), end), "{zone}");
            assert!(!has(of_date(last_day.pred_opt().unwrap()), end), "{zone}");
        }
    }

    #[test]
    fn today_ends_at_the_next_midnight_of_the_customer() {
        let now: DateTime<Utc> = "2026-11-25T16:30:00Z".parse().unwrap();
        for zone in ["America/Los_Angeles", "Europe/London", "Europe/Istanbul", "Asia/Tokyo"] {
            let zone = Zone::parse(zone).unwrap();
            let today = zone.local(now).date_naive();
            let check = |days: i64, ends: Ends, expected: bool| {
                let end = zone.end_of(today + TimeDelta::days(days)).unwrap();
                let found = has(ends.within(now, TimeDelta::zero()), end);
                assert_eq!(found, expected, "{zone} {days} {ends:?}");
            };
            check(0, Ends::Today, true);
            check(1, Ends::Today, false);
            check(0, Ends::Tomorrow, false);
            check(1, Ends::Tomorrow, true);
            check(2, Ends::Tomorrow, false);
            check(6, Ends::Week, true);
            check(7, Ends::Week, false);
            check(-1, Ends::Overdue, true);
            check(0, Ends::Overdue, false);
        }
    }

    #[test]
    fn every_overdue_window_is_in_one_bucket() {
        let (now, grace) = ("2026-11-25T16:30:00Z".parse().unwrap(), TimeDelta::seconds(30));
        for late_ms in [-1, 0, 1, 59_999, 60_000, 599_999, 600_000, 3_599_999, 3_600_000, 1 << 40] {
            let end = now - grace - TimeDelta::milliseconds(late_ms);
            let found = buckets(now, grace).iter().filter(|(_, span)| has(*span, end)).count();
            assert_eq!(found, usize::from(late_ms >= 0), "{late_ms}");
            assert_eq!(has(Ends::Overdue.within(now, grace), end), late_ms >= 0, "{late_ms}");
            assert_eq!(has(Ends::Next.within(now, grace), end), late_ms < 0, "{late_ms}");
        }
    }
}
