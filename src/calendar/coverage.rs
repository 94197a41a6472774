//! PURE: whether the calendars in force and the time zone data built in cover what is in use.
//!
//! In use is what open windows were computed with; a calendar that nobody uses may end when it
//! likes. Only calendars in use are ever looked at, however many there are. Deliberately not here:
//! how many windows there are (`store`), and the day it is.

mod alarm;
mod in_use;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

pub use alarm::{Alarm, AlarmCode, Note};
pub use in_use::{InUse, WindowsInUse};

use super::{BusinessCalendar, CalendarId, Calendars, TzdbRelease, released_by};

/// A calendar in use that ends within so many days is an alarm: time enough to get next year's.
pub const HORIZON_DAYS_MIN: i64 = 400;
/// One that ends within so many days cannot carry windows that open soon.
pub const EXHAUSTED_DAYS: i64 = 30;
/// Time zone data that was published longer ago is an alarm.
pub const TZDB_AGE_MAX_DAYS: i64 = 365;
/// Estimates that an alarm names.
const NAMED_MAX: usize = 10;

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Coverage<'a> {
    /// The day it is.
    pub today: NaiveDate,
    /// The calendars in force.
    pub calendars: &'a Calendars,
    /// The release of the tzdb built in.
    pub tzdb: &'a str,
    /// What is in use.
    pub in_use: &'a WindowsInUse,
    /// What is known of the days of open windows.
    pub days: OpenDays<'a>,
}

/// What is known of the days of open windows.
#[derive(Debug, Clone, Copy)]
pub enum OpenDays<'a> {
    /// No open window lasts longer than this; nothing when none is open. Cheap, and an upper
    /// bound: an estimate up to here may lie in no window at all.
    Until(Option<NaiveDate>),
    /// The estimates from today on that lie in open windows, counted window by window.
    Counted(&'a BTreeMap<CalendarId, Touched>),
}

/// The estimates of one calendar that lie in open windows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Windows with at least one of them.
    pub windows: u64,
    /// Each of them, with how many windows it lies in.
    pub entries: BTreeMap<NaiveDate, u64>,
}

/// What follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// What somebody has to act upon, the most pressing first.
    pub alarms: Vec<Alarm>,
    /// What is worth knowing.
    pub notes: Vec<Note>,
    /// In how many days each calendar in use ends; negative when it has ended.
    pub horizons: BTreeMap<CalendarId, i64>,
}

impl Judgement {
    /// How many alarms there are of a kind.
    #[must_use]
    pub fn count(&self, code: AlarmCode) -> usize {
        self.alarms.iter().filter(|alarm| alarm.code == code).count()
    }
}

impl Coverage<'_> {
    /// Judges everything that is in use.
    #[must_use]
    pub fn judge(&self) -> Judgement {
        let mut judgement = Judgement::default();
        let ids: BTreeSet<&CalendarId> = self.in_use.keys().map(|used| &used.calendar).collect();
        for id in ids {
            match self.calendars.get(id) {
                Ok(calendar) => self.calendar(calendar, &mut judgement),
                Err(_) => judgement.alarms.push(self.missing(id)),
            }
        }
        self.tzdb(&mut judgement);
        judgement.alarms.sort_by_key(|alarm| alarm.code);
        judgement
    }

    fn calendar(&self, calendar: &BusinessCalendar, judgement: &mut Judgement) {
        let id = calendar.id();
        let days = calendar.valid_to().signed_duration_since(self.today).num_days();
        judgement.horizons.insert(id.clone(), days);
        judgement.alarms.extend(self.ends(calendar, days));
        judgement.alarms.extend(self.estimates(calendar));
        let others =
            self.windows(|used| used.calendar == *id && used.version != calendar.version());
        if others > 0 {
            let says = format!(
                "{others} open {} computed with another version of the calendar {id} than {}; \
                 preview what that version would move with `cpor calendar preview`",
                was_or_were(others, "window"),
                calendar.version()
            );
            judgement.notes.push(Note { calendar: Some(id.clone()), says });
        }
    }

    fn ends(&self, calendar: &BusinessCalendar, days: i64) -> Option<Alarm> {
        let (id, end) = (calendar.id(), calendar.valid_to());
        let when = match days {
            ..0 => format!("ended on {end}"),
            _ => format!("ends on {end}, in {days} {}", plural(days.unsigned_abs(), "day")),
        };
        let (code, then) = if days <= EXHAUSTED_DAYS {
            let then = "claims whose window would reach beyond that are refused, and windows that \
                        open soon cannot be computed";
            (AlarmCode::CalendarExhausted, then)
        } else if days <= HORIZON_DAYS_MIN {
            (AlarmCode::CalendarEndsSoon, "beyond that no window can be computed")
        } else {
            return None;
        };
        let windows = self.windows(|used| used.calendar == *id);
        let says = format!(
            "the calendar {id}, in use by {windows} open {}, {when}; {then}",
            plural(windows, "window")
        );
        let remedy = format!(
            "install a {id}.toml that ends later (a newer cpor brings one), see what it moves with \
             `cpor calendar preview`, and reload the calendars"
        );
        Some(Alarm { code, calendar: Some(id.clone()), says, remedy })
    }

    fn missing(&self, id: &CalendarId) -> Alarm {
        let windows = self.windows(|used| used.calendar == *id);
        let says = format!(
            "{windows} open {} computed with the calendar {id}, which is not in force here: it was \
             removed, or this process reads another folder",
            was_or_were(windows, "window")
        );
        let remedy = format!(
            "put {id}.toml back, or set calendars.directory as the other processes have it \
             (`cpor settings`), and reload the calendars"
        );
        Alarm { code: AlarmCode::CalendarMissing, calendar: Some(id.clone()), says, remedy }
    }

    fn estimates(&self, calendar: &BusinessCalendar) -> Option<Alarm> {
        let id = calendar.id();
        let (days, windows) = self.estimated_days(calendar)?;
        let named: Vec<&str> = days.iter().take(NAMED_MAX).map(String::as_str).collect();
        let more = days.len().saturating_sub(NAMED_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let says = format!(
            "days of open windows are holidays by estimate only, in the calendar {id}, {windows}: \
             {}{more}",
            named.join(", ")
        );
        let remedy = format!(
            "once the dates are announced, put them into {id}.toml in \
             calendars.overrides_directory, see what they move with `cpor calendar preview`, and \
             reload the calendars"
        );
        let code = AlarmCode::EstimatesInWindows;
        Some(Alarm { code, calendar: Some(id.clone()), says, remedy })
    }

    /// Each estimate in words, and how many windows they touch; nothing when there is none.
    fn estimated_days(&self, calendar: &BusinessCalendar) -> Option<(Vec<String>, String)> {
        let id = calendar.id();
        let (days, windows): (Vec<String>, String) = match self.days {
            OpenDays::Until(until) => {
                let windows = self.windows(|used| used.calendar == *id);
                let estimates = calendar.estimates(self.today, until?);
                let words = format!("in at most {windows} open {}", plural(windows, "window"));
                (estimates.map(|(date, name)| format!("{date} {name}")).collect(), words)
            }
            OpenDays::Counted(touched) => {
                let Touched { windows, entries } = touched.get(id)?;
                let name = |date: NaiveDate| calendar.name(date).unwrap_or_default();
                let words = |(date, windows): (&NaiveDate, &u64)| {
                    format!("{date} {} (in {windows})", name(*date))
                };
                let in_windows = format!("in {windows} open {}", plural(*windows, "window"));
                (entries.iter().map(words).collect(), in_windows)
            }
        };
        (!days.is_empty()).then_some((days, windows))
    }

    fn tzdb(&self, judgement: &mut Judgement) {
        let age = released_by(self.tzdb)
            .map(|date| (date, self.today.signed_duration_since(date).num_days()));
        if let Some((date, days)) = age
            && days > TZDB_AGE_MAX_DAYS
        {
            let says = format!(
                "the time zone data built in, {}, was published by {date}, {days} days ago; \
                 countries change their clocks at short notice",
                self.tzdb
            );
            let remedy = "upgrade cpor: every release has the newest time zone data built in";
            judgement.alarms.push(about_tzdb(AlarmCode::TzdbOld, says, remedy));
        }
        let ours = TzdbRelease::parse(self.tzdb);
        let newer = |used: &InUse| match (&ours, TzdbRelease::parse(&used.tzdb)) {
            (Some(ours), Some(theirs)) => *ours < theirs,
            _ => false,
        };
        let (windows, newest) = (self.windows(newer), self.newest());
        if windows > 0 {
            let says = format!(
                "{windows} open {} computed with newer time zone data (up to {newest}) than this \
                 process has built in ({})",
                was_or_were(windows, "window"),
                self.tzdb
            );
            let remedy = "run the newest cpor in every process of the deployment";
            judgement.alarms.push(about_tzdb(AlarmCode::TzdbOlderThanWindows, says, remedy));
        }
        let others = self.windows(|used| used.tzdb != self.tzdb && !newer(used));
        if others > 0 {
            let says = format!(
                "{others} open {} computed with other time zone data than {}; preview what that \
                 would move with `cpor calendar preview`",
                was_or_were(others, "window"),
                self.tzdb
            );
            judgement.notes.push(Note { calendar: None, says });
        }
    }

    /// The newest release that an open window was computed with.
    fn newest(&self) -> String {
        let releases = self.in_use.keys().filter_map(|used| TzdbRelease::parse(&used.tzdb));
        releases.max().map_or_else(String::new, |release| release.to_string())
    }

    fn windows(&self, fits: impl Fn(&InUse) -> bool) -> u64 {
        self.in_use.iter().filter(|(used, _)| fits(used)).map(|(_, windows)| windows).sum()
    }
}

fn about_tzdb(code: AlarmCode, says: String, remedy: &str) -> Alarm {
    Alarm { code, calendar: None, says, remedy: remedy.to_owned() }
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

fn was_or_were(count: u64, noun: &str) -> String {
    format!("{} {}", plural(count, noun), if count == 1 { "was" } else { "were" })
}

#[cfg(test)]
mod tests;
