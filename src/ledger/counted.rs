//! Counting what the door does, for the figures of this process.

use std::future::Future;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::claim::event::Recorded;
use crate::claim::{Claim, State, Status};
use crate::ledger::{Ledger, LedgerError, Submitted};
use crate::metrics::{Stage, Submitting, Way};

impl Ledger {
    /// Counts what comes of a submission that came in this way, and how long it takes.
    ///
    /// # Errors
    ///
    /// Those of the submission.
    pub async fn counted(
        &self,
        way: Way,
        submission: impl Future<Output = Result<Submitted, LedgerError>>,
    ) -> Result<Submitted, LedgerError> {
        let started = Instant::now();
        let submitted = submission.await;
        let outcome = match &submitted {
            Ok(Submitted::Accepted(_)) => Submitting::Accepted,
            Ok(Submitted::Repeated(_)) => Submitting::Repeated,
            Ok(Submitted::KeyReused(_)) => Submitting::KeyReused,
            Ok(Submitted::Refused(_)) => Submitting::Refused,
            Err(_) => Submitting::Failed,
        };
        self.store.metrics().submitted(way, outcome, started.elapsed());
        submitted
    }

    /// Counts a change that was committed.
    pub(super) async fn count(&self, before: Option<&Claim>, after: &Claim) {
        let status = after.status();
        if before.map(Claim::status) == Some(status) {
            return;
        }
        let metrics = self.store.metrics();
        metrics.moved(status);
        self.store.entered(status);
        let Some(before) = before else { return };
        let stage = match (before.status(), status) {
            (Status::Submitted, Status::Validated) => Stage::SubmittedToValidated,
            (Status::Validated, Status::Notified) => Stage::ValidatedToNotified,
            _ => return,
        };
        if let State::Notified { window, .. } = &after.state {
            metrics.opened(window);
        }
        if let Some(since) = self.entered_at(before).await {
            metrics.passed(stage, after.changed_at - since);
        }
    }

    /// When a claim came to its status. A claim that went straight knows by itself; the history
    /// of one that did not is read, which is rare. Nothing when it cannot be read.
    async fn entered_at(&self, claim: &Claim) -> Option<DateTime<Utc>> {
        let events = claim.revision - claim.submission_revision;
        match &claim.state {
            State::Submitted { .. } if events == 0 => return Some(claim.changed_at),
            // Validated, and about to send.
            State::Validated { notice } if events == 2 => return Some(notice.due_at),
            _ => {}
        }
        let history = self.store.history(claim.id).await.ok()?;
        let until = history.partition_point(|recorded| recorded.revision <= claim.revision);
        entered_at(claim, history.get(..until)?)
    }
}

/// The event that brought the status that the claim has had since.
fn entered_at(claim: &Claim, history: &[Recorded]) -> Option<DateTime<Utc>> {
    let mut since = history.first()?.at;
    let mut known = Claim::replay(claim.id, history.get(..1)?)?;
    for recorded in history.iter().skip(1) {
        let status = known.status();
        known = known.evolve(recorded);
        if known.status() != status {
            since = recorded.at;
        }
    }
    Some(since)
}
