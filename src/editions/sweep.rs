//! What is to be done to all open windows, and how far that is: it survives the process that does
//! it. Deliberately not here: doing it (`sweeper.rs`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Span;
use crate::claim::identity::{Comment, Line};
use crate::editions::Problem;
use crate::ledger::Adjustment;

/// Windows that could not be computed that are told about.
const PROBLEMS_MAX: usize = 20;

/// A walk over all open windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sweep {
    /// Who asked for it; the history of every claim that it moves says so.
    #[schemars(with = "String")]
    pub author: Line,
    /// What is done to every window.
    pub task: SweepTask,
    /// Partitions that are done.
    #[serde(default)]
    pub partitions_done: u16,
    /// Windows that were looked at in them.
    #[serde(default)]
    pub looked_at: u64,
    /// Windows that were moved. After a process was killed in the middle of the sweep, as many as
    /// it had in hand may be missing here.
    #[serde(default)]
    pub moved: u64,
    /// Windows that could not be computed.
    #[serde(default)]
    pub failed: u64,
    /// The first of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// Whether all open windows are done.
    #[serde(default)]
    pub done: bool,
}

/// What is done to every open window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum SweepTask {
    /// It is brought in line with the calendars in force and the time zones of the release.
    Calendars {
        /// The edition that asked for it.
        edition: u64,
        /// Why, in its author's words.
        #[schemars(with = "String")]
        reason: Comment,
    },
    /// It gets back the time of an outage.
    Outage {
        /// From when to when.
        outage: Span,
        /// Why, in its author's words.
        #[schemars(with = "String")]
        reason: Comment,
    },
}

impl SweepTask {
    /// What the ledger is asked to do to one window.
    #[must_use]
    pub fn adjustment(&self) -> Adjustment {
        match self {
            Self::Calendars { edition, reason } => {
                Adjustment::Calendars { edition: *edition, reason: reason.clone() }
            }
            Self::Outage { outage, reason } => {
                Adjustment::Outage { outage: *outage, reason: reason.clone() }
            }
        }
    }

    /// The edition that every process has to follow before.
    #[must_use]
    pub const fn needs_edition(&self) -> u64 {
        match self {
            Self::Calendars { edition, .. } => *edition,
            Self::Outage { .. } => 0,
        }
    }
}

impl Sweep {
    pub(super) const fn new(author: Line, task: SweepTask) -> Self {
        Self {
            author,
            task,
            partitions_done: 0,
            looked_at: 0,
            moved: 0,
            failed: 0,
            problems: Vec::new(),
            done: false,
        }
    }

    pub(super) fn note(&mut self, problem: Problem) {
        self.failed += 1;
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }
}
