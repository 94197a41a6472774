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
//! | `calendars.rs`, `built_in.rs` | the set of calendars, and which one a country uses |
//! | `zone.rs`, `zone_table.rs` | one time zone; the zones of a country |
//! | `rule.rs` | the rule: from a notice to its deadline |
//! | `adjustments.rs` | what makes a window longer: extensions, pauses, outages |
//! | `deadline.rs` | the answer, as it is stored with a claim; extend only |
//! | `changed.rs` | which days of a window a change of its calendar has changed |
//! | `explain.rs` | the answer, in sentences |
//! | `explanation.rs` | the answer as one object, sentences included: the same everywhere |
//! | `question.rs` | the rule for programs: one question, one answer |
//!
//! Deliberately absent: the clock (every instant is an argument), logging, async, Redis, and the
//! decision when a calendar is reloaded. Only `calendars.rs` reads files, in one function.

mod adjustments;
mod built_in;
mod business_calendar;
mod calendars;
mod changed;
mod content;
mod deadline;
mod error;
mod explain;
mod explanation;
mod file;
mod id;
mod overrides;
mod question;
mod rule;
mod zone;
mod zone_table;

#[cfg(test)]
mod tests;

pub use adjustments::{Adjustments, Span};
pub use business_calendar::{BusinessCalendar, DayKind};
pub use calendars::Calendars;
pub use changed::{ChangedDay, changed_days};
pub use deadline::{DayReason, Deadline, SkippedDay, SpecialDay, WindowDay, extend_only};
pub use error::CalendarError;
pub use explain::{Language, closing_moment, date_in_words, explain, moment};
pub use explanation::{ExplainedAdjustments, Explanation};
pub use id::{BusinessDays, CalendarId, HalfDays};
pub use question::{ExplainedWindow, WindowAnswer, WindowQuestion, answer};
pub use rule::WindowTerms;
pub use zone::{Zone, tzdb_version};
pub use zone_table::default_zone;
