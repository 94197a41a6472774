//! Business calendars, time zones and the rule of the rejection window.
//!
//! The day of the notice is never counted, whatever the hour; the window ends with the end of the
//! n-th business day after it, in the customer's zone and calendar. Business days are counted by
//! `bdays` on `NaiveDate`; zones come from the tzdb bundled with `jiff`, so that every process of
//! a release gives the same answer whatever the machine has installed.
//!
//! | file | holds |
//! |---|---|
//! | `id.rs` | the small values: calendar id, number of business days, half-day policy |
//! | `content.rs` | what a calendar says: weekend masks and dated entries; its version |
//! | `file.rs`, `overrides.rs` | the TOML of calendars and of the operator's own entries |
//! | `business_calendar.rs` | one calendar: what kind of day a date is, and its version |
//! | `calendars.rs`, `built_in.rs` | the set of calendars; those a binary has |
//! | `release.rs` | what a set has that the binary has not; calendars as TOML |
//! | `which.rs`, `subdivision_table.rs` | which calendar a country and a subdivision have |
//! | `estimate.rs` | which entries are estimates |
//! | `whole.rs` | whole numbers as JSON has them |
//! | `nearest.rs` | lists of names in errors |
//! | `zone.rs`, `zone_table.rs` | one time zone; the zones of a country |
//! | `rule.rs` | the rule: from a notice to its deadline |
//! | `adjustments.rs` | what makes a window longer: extensions, pauses, outages |
//! | `deadline.rs` | the answer, as it is stored with a claim |
//! | `changed.rs` | which days of a window a change of its calendar has changed |
//! | `explain.rs` | the answer, in sentences |
//! | `diff.rs` | what differs between two calendars, or two sets of them |
//! | `check.rs` | everything that is wrong with the files of a set |
//! | `own.rs` | writing entries into an override file, comments kept |
//! | `ics.rs` | iCalendar files in and out |
//! | `explanation.rs` | the answer as one object, sentences included: the same everywhere |
//! | `question.rs` | the rule for programs: one question, one answer |
//! | `coverage.rs`, `coverage/` | PURE: whether calendars and zones cover what is in use |
//! | `tzdb_release.rs` | releases of the tzdb: which is newer, and how old ours is |
//!
//! Deliberately absent: the clock (every instant is an argument), logging, async, Redis, and the
//! decision when a calendar is reloaded. Only `calendars.rs` reads files.

mod adjustments;
mod built_in;
mod business_calendar;
mod calendars;
mod changed;
mod check;
mod content;
pub mod coverage;
mod deadline;
mod diff;
mod error;
mod estimate;
mod explain;
mod explanation;
mod file;
pub mod ics;
mod id;
mod nearest;
mod overrides;
pub mod own;
mod question;
mod release;
mod rule;
mod subdivision_table;
mod tzdb_release;
mod which;
mod whole;
mod zone;
mod zone_table;

#[cfg(test)]
mod tests;

pub use adjustments::{Adjustments, Span};
pub use business_calendar::{BusinessCalendar, DayKind};
pub use calendars::Calendars;
pub use changed::{ChangedDay, changed_days};
pub use check::{FileFinding, FileSeverity, check_files};
pub use content::{Entry, EntryKind, MaskDay, WeekendMask};
pub use deadline::{DayReason, Deadline, SkippedDay, SpecialDay, WindowDay};
pub use diff::{
    CalendarChange, CalendarDiff, CalendarsDiff, EntryChange, Span as Validity, WeekendChange,
};
pub use error::CalendarError;
pub use estimate::is_estimate;
pub use explain::{Language, closing_moment, date_in_words, explain, moment};
pub use explanation::{ExplainedAdjustments, Explanation};
pub use id::{BusinessDays, CalendarId, HalfDays};
pub use question::{ExplainedWindow, WindowAnswer, WindowQuestion, answer};
pub use release::{OwnCalendars, built_in_digest};
pub use rule::WindowTerms;
pub use tzdb_release::{TzdbRelease, released_by};
pub use whole::{whole, whole_if_any};
pub use zone::{Zone, tzdb_version};
pub use zone_table::default_zone;
