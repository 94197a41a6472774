//! iCalendar (RFC 5545) in and out: the entries of a business calendar as all-day events, and
//! somebody's holidays as entries of the operator's own.
//!
//! | file | holds |
//! |---|---|
//! | `line.rs` | content lines: unfolding, parameters, text, folding |
//! | `parts.rs` | the events of a file, and lines that make no sense |
//! | `event.rs` | one event, understood or refused with a reason |
//! | `recur.rs` | recurrence rules over dates |
//! | `import.rs` | events to entries, each left out with a finding |
//! | `export.rs` | entries to events |
//!
//! It is written here because the crates for it do not fit: `calcard` and `rrule` bring
//! `chrono-tz`, which `deny.toml` bans for its wrong zones; `icalendar` overflows the stack on
//! nested components, which nothing can catch, stops at the first line it does not know, and
//! knows no line numbers to tell people.
//!
//! Deliberately not here: instants and time zones. A holiday is a date; an event with a time of
//! day is refused and not rounded.

mod event;
mod export;
mod import;
mod line;
mod parts;
mod recur;

#[cfg(test)]
mod tests;

pub use export::export;
pub use import::{ImportFinding, ImportTerms, Imported, Severity, import};
