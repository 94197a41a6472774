//! Everything that one page shows of a deployment.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::{ClaimId, Status};
use crate::operations::{Process, QueueSetting, Rate};
use crate::store::report::Queue;

/// How a deployment stands in one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Overview {
    /// The deployment's time, which may be virtual.
    pub now: DateTime<Utc>,
    /// Redis's own time, by which processes and operators live.
    pub real: DateTime<Utc>,
    /// Claims by status, in the order of a claim's life.
    pub statuses: Vec<StatusCount>,
    /// The queues, in the order of a claim's life.
    pub queues: Vec<QueueView>,
    /// The processes, those that went without a word included.
    pub processes: Vec<Process>,
}

/// The claims of one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StatusCount {
    /// The status.
    pub status: Status,
    /// How many claims have it.
    pub claims: usize,
    /// The one of them that was submitted first.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub oldest: Option<ClaimId>,
    /// When that was.
    pub oldest_submitted_at: Option<DateTime<Utc>>,
    /// How many claims came into it lately.
    pub entered: Rate,
}

/// How a queue stands, and what operators have set on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueueView {
    /// How it stands.
    #[serde(flatten)]
    pub queue: Queue,
    /// What operators have set.
    #[serde(flatten)]
    pub setting: QueueSetting,
    /// Processes that work it.
    pub processes: usize,
}

impl QueueView {
    /// Puts together what is known of a queue.
    #[must_use]
    pub fn new(
        queue: Queue,
        setting: QueueSetting,
        processes: &[Process],
        real: DateTime<Utc>,
    ) -> Self {
        let works = |process: &&Process| process.works(queue.job) && !process.is_silent(real);
        let processes = processes.iter().filter(works).count();
        Self { queue, setting, processes }
    }
}
