//! What was looked at, and what was wrong.

use serde::Serialize;

use crate::check::Invariant;

/// Violations that are shown of each invariant.
const SAMPLE_MAX: usize = 5;

/// How one invariant fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvariantReport {
    /// Its id, such as `I08`.
    pub id: &'static str,
    /// How often it was looked at.
    pub checked: u64,
    /// How often it did not hold.
    pub violations: u64,
    /// Some of the violations, each as a sentence.
    pub sample: Vec<String>,
    /// What has to hold.
    pub statement: &'static str,
}

/// One look at one invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Which.
    pub invariant: Invariant,
    /// What was wrong, as a sentence; `None` when it held.
    pub wrong: Option<String>,
}

/// The looks at one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks(Vec<Look>);

impl Looks {
    /// The invariant holds, or something is wrong.
    pub fn look(&mut self, invariant: Invariant, holds: bool, wrong: impl FnOnce() -> String) {
        let wrong = (!holds).then(wrong);
        self.0.push(Look { invariant, wrong });
    }

    /// The invariants that did not hold, each once.
    #[must_use]
    pub fn violated(&self) -> Vec<Invariant> {
        let wrong = self.0.iter().filter(|look| look.wrong.is_some());
        let mut violated: Vec<Invariant> = wrong.map(|look| look.invariant).collect();
        violated.sort();
        violated.dedup();
        violated
    }
}

/// All reports in the making.
#[derive(Debug)]
pub struct Reports(Vec<InvariantReport>);

impl Reports {
    /// Nothing has been looked at.
    #[must_use]
    pub fn new() -> Self {
        let report = |invariant: Invariant| InvariantReport {
            id: invariant.id(),
            checked: 0,
            violations: 0,
            sample: Vec::new(),
            statement: invariant.statement(),
        };
        Self(Invariant::ALL.into_iter().map(report).collect())
    }

    /// Adds the looks at something, which is named in the samples.
    pub fn add(&mut self, subject: &str, looks: Looks) {
        for Look { invariant, wrong } in looks.0 {
            let Some(report) = self.0.iter_mut().find(|report| report.id == invariant.id()) else {
                continue;
            };
            report.checked += 1;
            let Some(wrong) = wrong else { continue };
            report.violations += 1;
            if report.sample.len() < SAMPLE_MAX {
                report.sample.push(format!("{subject}: {wrong}"));
            }
        }
    }

    /// One report per invariant, in their order.
    #[must_use]
    pub fn done(self) -> Vec<InvariantReport> {
        self.0
    }
}
