//! What a process says of itself: who it is, what it works, and what only it can know.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::ClaimId;
use crate::operations::MailHealth;

/// A process that has said nothing for this long is not at work any more: four times in a row it
/// was not heard.
pub const SILENCE: TimeDelta = TimeDelta::seconds(8);
/// How long a process that went without saying so is listed as silent.
const REMEMBERED: TimeDelta = TimeDelta::minutes(10);
/// Running handlers that a record names at most, those that run longest.
pub const HANDLERS_SHOWN: usize = 20;

/// What a process is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProcessKind {
    /// HTTP, and queues unless told otherwise: `cpor serve`.
    Serve,
    /// Queues only: `cpor work`.
    Work,
}

/// The record of a running process. Fields that another version has besides are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Process {
    /// Its name: unique, new at every start.
    pub name: String,
    /// The version of cpor that it runs.
    pub version: String,
    /// The name of the machine or container.
    pub host: String,
    /// Its process id there.
    pub pid: u32,
    /// What it is there for.
    pub kind: ProcessKind,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last said that it is there.
    pub seen_at: DateTime<Utc>,
    /// The jobs that it works; none when it only serves HTTP.
    pub working: Vec<Working>,
    /// Handlers that run, at most [`HANDLERS_SHOWN`], those that run longest first.
    pub handlers: Vec<Handler>,
    /// How far Redis's clock is ahead of its host's, in ms.
    pub clock_ahead_ms: i64,
    /// What became of the mails that it sent lately; nothing when it sends none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailHealth>,
    /// How its calendar files differed from the edition in force when it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendars_differ: Option<CalendarsDiffer>,
}

/// How calendar files differ from the edition in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalendarsDiffer {
    /// The edition that was in force then; another one since makes this old news.
    pub edition: u64,
    /// The difference, as a sentence.
    pub says: String,
}

/// One job that a process works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Working {
    /// The job.
    #[schemars(with = "String")]
    pub job: Job,
    /// Handlers that may run at once, as it is now.
    pub concurrency: usize,
    /// Handlers that run.
    pub running: usize,
    /// Whether it follows a pause of the job.
    pub paused: bool,
}

/// A handler that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Handler {
    /// The job.
    #[schemars(with = "String")]
    pub job: Job,
    /// The claim, when the entry is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub claim_id: Option<ClaimId>,
    /// Since when it runs.
    pub since: DateTime<Utc>,
}

impl Process {
    /// Whether it has not been heard of for too long, without having said goodbye.
    #[must_use]
    pub fn is_silent(&self, real: DateTime<Utc>) -> bool {
        real - self.seen_at >= SILENCE
    }

    /// Whether it has been silent for so long that nobody wants to know any more.
    #[must_use]
    pub fn is_forgotten(&self, real: DateTime<Utc>) -> bool {
        real - self.seen_at >= REMEMBERED
    }

    /// Whether it works the job.
    #[must_use]
    pub fn works(&self, job: Job) -> bool {
        self.working.iter().any(|working| working.job == job)
    }
}
