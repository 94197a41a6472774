//! A claim's history, played again: after each event, where the claim stands and what has become
//! of its entries on the agenda.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;

use crate::calendar::Zone;
use crate::claim::{Claim, ClaimId, Event, Recorded, Status};

/// Who works entries of the agenda.
const WORKER: &str = "worker";

/// A claim and how it came to be what it is.
pub(super) struct Life {
    pub(super) claim: Claim,
    pub(super) steps: Vec<Step>,
}

/// One event, and what it changed.
pub(super) struct Step {
    pub(super) recorded: Recorded,
    /// Where the claim stands now, if it stood elsewhere before.
    pub(super) status: Option<Status>,
    /// The entry that was worked, if a worker recorded the event, and when it was due.
    pub(super) worked: Option<(Job, DateTime<Utc>)>,
    /// Entries that are not to be worked any more.
    pub(super) dropped: Vec<(Job, DateTime<Utc>)>,
    /// Entries that were due at one instant and are now due at another.
    pub(super) moved: Vec<(Job, DateTime<Utc>, DateTime<Utc>)>,
}

type Plan = Vec<(Job, DateTime<Utc>)>;

impl Life {
    /// Nothing for a history that does not begin with a submission.
    pub(super) fn of(id: ClaimId, history: Vec<Recorded>) -> Option<Self> {
        let mut history = history.into_iter();
        let first = history.next()?;
        let Event::ClaimSubmitted { submission } = &first.event else { return None };
        let mut claim = Claim::born(id, submission.clone(), first.at);
        let mut steps = vec![Step {
            status: Some(claim.status()),
            recorded: first,
            worked: None,
            dropped: Vec::new(),
            moved: Vec::new(),
        }];
        for recorded in history {
            let (status, plan) = (claim.status(), claim.plan());
            claim = claim.evolve(&recorded);
            let step = Step::between(&plan, &claim.plan(), recorded, steps.last());
            let status = (claim.status() != status).then(|| claim.status());
            steps.push(Step { status, ..step });
        }
        Some(Self { claim, steps })
    }

    /// The zone of the newest window.
    pub(super) fn zone(&self) -> Option<Zone> {
        let windows = self.steps.iter().rev().filter_map(|step| match &step.recorded.event {
            Event::CustomerNotified { window, .. } => Some(window.deadline.zone.clone()),
            _ => None,
        });
        windows.into_iter().next()
    }
}

impl Step {
    fn between(before: &Plan, after: &Plan, recorded: Recorded, last: Option<&Self>) -> Self {
        let worked = worked(before, after, &recorded, last);
        let others = || before.iter().filter(|(job, _)| worked.is_none_or(|(own, _)| own != *job));
        let later = |job: Job| after.iter().find(|(other, _)| *other == job).map(|(_, due)| *due);
        let dropped = others().filter(|(job, _)| later(*job).is_none()).copied().collect();
        let moved = others().filter_map(|&(job, due_at)| {
            let later = later(job).filter(|later| *later != due_at && due_at > recorded.at)?;
            Some((job, due_at, later))
        });
        Self { status: None, worked, dropped, moved: moved.collect(), recorded }
    }

    fn is_of_one_commit_with(&self, recorded: &Recorded) -> bool {
        self.recorded.at == recorded.at && self.recorded.actor == recorded.actor
    }
}

/// Of the entries that were due, the one that has changed; where none has, the only one.
fn worked(
    before: &Plan,
    after: &Plan,
    recorded: &Recorded,
    last: Option<&Step>,
) -> Option<(Job, DateTime<Utc>)> {
    if recorded.actor != WORKER {
        return None;
    }
    let due: Plan = before.iter().filter(|(_, due_at)| *due_at <= recorded.at).copied().collect();
    let changed = due.iter().filter(|entry| !after.contains(entry));
    if let Some(latest) = changed.max_by_key(|(_, due_at)| *due_at) {
        return Some(*latest);
    }
    match due.as_slice() {
        [only] => Some(*only),
        _ => last.filter(|last| last.is_of_one_commit_with(recorded)).and_then(|last| last.worked),
    }
}
