//! Alarms: what needs a person, each with the sentence that explains it and what to do about it.
//!
//! | file | holds |
//! |---|---|
//! | `facts.rs` | what is known, gathered by a few cheap reads |
//! | `judge.rs` | what is to be said about it; pure |
//! | `server.rs`, `work.rs`, `words.rs` | the parts of that |
//!
//! Nothing is remembered from one look to the next: an alarm is there for as long as its cause is,
//! and whoever asks gets the same answer.

mod facts;
mod judge;
mod server;
#[cfg(test)]
mod tests;
mod words;
mod work;

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

pub use facts::{Facts, Intake, facts};
pub use judge::{judge, unreachable};

/// How pressing an alarm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Claims do not move, or may be lost: act now.
    Critical,
    /// Something waits, or will go wrong unless somebody acts.
    Warning,
}

/// Something that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alarm {
    /// What kind of alarm it is.
    pub code: AlarmCode,
    /// How pressing it is.
    pub severity: Severity,
    /// What it is about, if there is more than one of its kind: a job, a process, a calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What is the matter, as a sentence.
    pub says: String,
    /// What to do about it, as a sentence.
    pub remedy: String,
    /// A command that helps, to copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Since when, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// The operations page to look at: a path under `/ops`.
    pub link: String,
}

/// The kind of an alarm, the most pressing first. Scripts and alerting rules rely on the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "docs/alarms.md has a paragraph about each")]
pub enum AlarmCode {
    RedisUnreachable,
    RedisUnfit,
    RedisRefusesWrites,
    RedisMemory,
    IntakeFull,
    NoProcess,
    JobNotWorked,
    ProcessSilent,
    MailServerDown,
    MailDeferred,
    WindowsOverdue,
    PoisonEntry,
    QueueLate,
    QueuePaused,
    DeadLetters,
    ClockOff,
    CalendarsDiffer,
    CalendarMissing,
    CalendarExhausted,
    TzdbOlderThanWindows,
    CalendarEndsSoon,
    TzdbOld,
    EstimatesInWindows,
}

impl AlarmCode {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 23] = [
        Self::RedisUnreachable,
        Self::RedisUnfit,
        Self::RedisRefusesWrites,
        Self::RedisMemory,
        Self::IntakeFull,
        Self::NoProcess,
        Self::JobNotWorked,
        Self::ProcessSilent,
        Self::MailServerDown,
        Self::MailDeferred,
        Self::WindowsOverdue,
        Self::PoisonEntry,
        Self::QueueLate,
        Self::QueuePaused,
        Self::DeadLetters,
        Self::ClockOff,
        Self::CalendarsDiffer,
        Self::CalendarMissing,
        Self::CalendarExhausted,
        Self::TzdbOlderThanWindows,
        Self::CalendarEndsSoon,
        Self::TzdbOld,
        Self::EstimatesInWindows,
    ];

    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RedisUnreachable => "redis_unreachable",
            Self::RedisUnfit => "redis_unfit",
            Self::RedisRefusesWrites => "redis_refuses_writes",
            Self::RedisMemory => "redis_memory",
            Self::IntakeFull => "intake_full",
            Self::NoProcess => "no_process",
            Self::JobNotWorked => "job_not_worked",
            Self::ProcessSilent => "process_silent",
            Self::MailServerDown => "mail_server_down",
            Self::MailDeferred => "mail_deferred",
            Self::WindowsOverdue => "windows_overdue",
            Self::PoisonEntry => "poison_entry",
            Self::QueueLate => "queue_late",
            Self::QueuePaused => "queue_paused",
            Self::DeadLetters => "dead_letters",
            Self::ClockOff => "clock_off",
            Self::CalendarsDiffer => "calendars_differ",
            Self::CalendarMissing => "calendar_missing",
            Self::CalendarExhausted => "calendar_exhausted",
            Self::TzdbOlderThanWindows => "tzdb_older_than_windows",
            Self::CalendarEndsSoon => "calendar_ends_soon",
            Self::TzdbOld => "tzdb_old",
            Self::EstimatesInWindows => "estimates_in_windows",
        }
    }
}

impl fmt::Display for AlarmCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Alarm {
    fn new(
        code: AlarmCode,
        severity: Severity,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let (says, remedy) = (says.into(), remedy.into());
        let link = "/ops".to_owned();
        Self { code, severity, about: None, says, remedy, command: None, since: None, link }
    }

    fn about(mut self, what: impl fmt::Display) -> Self {
        self.about = Some(what.to_string());
        self
    }

    fn command(mut self, command: impl Into<String>) -> Self {
        self.command = Some(command.into());
        self
    }

    fn since(mut self, since: impl Into<Option<DateTime<Utc>>>) -> Self {
        self.since = since.into();
        self
    }

    fn look_at(mut self, path: impl Into<String>) -> Self {
        self.link = path.into();
        self
    }
}
