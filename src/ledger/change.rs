//! One change of a claim, with what follows from it for others of its tenant: decide, evolve,
//! commit.

use chrono::{DateTime, Utc};
use tracing::field::Empty;
use tracing::{Instrument as _, info, info_span};

use crate::claim::command::Command;
use crate::claim::event::{Event, Recorded};
use crate::claim::{Claim, ClaimId, consequences, decide};
use crate::ledger::answer::failure;
use crate::ledger::{Applied, Ledger, LedgerError};
use crate::store::agenda::Lease;
use crate::store::{Commit, Committed, Companion, Instant};
use crate::telemetry;

/// What became of an attempt to change a claim.
pub(super) enum Changed {
    /// It is changed, or there was nothing to do.
    Applied(Box<Applied>),
    /// Somebody else was faster.
    Conflict,
}

impl Ledger {
    pub(super) async fn change(
        &self,
        id: ClaimId,
        before: Option<Claim>,
        command: &Command,
        actor: &str,
        lease: Option<&Lease>,
        at: Instant,
    ) -> Result<Changed, LedgerError> {
        let events = decided(id, before.as_ref(), command, at.now)?;
        if let (Some(claim), true) = (&before, events.is_empty()) {
            let claim = claim.clone();
            let applied = Applied { claim, events, at: at.now };
            return Ok(Changed::Applied(Box::new(applied)));
        }
        let history = recorded(before.as_ref(), events, actor, at.now);
        let mut after = match &before {
            Some(claim) => history.iter().fold(claim.clone(), Claim::evolve),
            None => Claim::replay(id, &history).ok_or(LedgerError::NoClaim(id))?,
        };
        let companions = self.companions(before.as_ref(), &after, &history, at.now).await?;
        let commit = Commit {
            before: before.as_ref(),
            after: &after,
            events: &history,
            lease,
            companions: &companions,
        };
        let span = info_span!("commit", claim.id = %id, claim.command = command.name(),
            claim.status = %after.status(), claim.revision = after.revision, error.type = Empty);
        let committed = self.store.commit(&commit, at).instrument(span.clone()).await;
        if let Some(failure) = failure(&committed) {
            span.record("error.type", failure);
        }
        match committed? {
            Committed::Conflict => Ok(Changed::Conflict),
            Committed::LeaseLost => Err(LedgerError::LeaseLost(id)),
            Committed::Done(chain) => {
                after.chain = chain;
                self.tell(before.as_ref(), &after).await;
                for companion in &companions {
                    self.tell(Some(&companion.before), &companion.after).await;
                }
                let at = after.changed_at;
                let events = history.into_iter().map(|recorded| recorded.event).collect();
                Ok(Changed::Applied(Box::new(Applied { claim: after, events, at })))
            }
        }
    }

    /// What the change does to other claims, each decided by that claim itself.
    async fn companions(
        &self,
        before: Option<&Claim>,
        after: &Claim,
        history: &[Recorded],
        now: DateTime<Utc>,
    ) -> Result<Vec<Companion>, LedgerError> {
        let mut companions = Vec::new();
        let Some(first) = history.first() else { return Ok(companions) };
        for (other, command) in consequences(before, after, history) {
            // It may have left for the archive.
            let Some(claim) = self.store.claim(other).await? else { continue };
            let events = decided(other, Some(&claim), &command, now)?;
            if events.is_empty() {
                continue;
            }
            let events = recorded(Some(&claim), events, &first.actor, now);
            let after = events.iter().fold(claim.clone(), Claim::evolve);
            companions.push(Companion { before: claim, after, events });
        }
        Ok(companions)
    }

    /// What others hear of a change that was committed.
    async fn tell(&self, before: Option<&Claim>, after: &Claim) {
        let id = after.id;
        telemetry::tell_outcome(before, after, self.clock.mode());
        info!(claim.id = %id, claim.status = %after.status(),
            claim.revision = after.revision, "claim {id} is {}", after.status());
        self.count(before, after).await;
    }
}

fn decided(
    claim_id: ClaimId,
    before: Option<&Claim>,
    command: &Command,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, LedgerError> {
    let refused = |refusal| LedgerError::Refused { claim_id, refusal: Box::new(refusal) };
    decide(before, command, now).map_err(refused)
}

/// Numbers the events and dates them, never earlier than the event before.
pub(super) fn recorded(
    before: Option<&Claim>,
    events: Vec<Event>,
    actor: &str,
    now: DateTime<Utc>,
) -> Vec<Recorded> {
    let at = before.map_or(now, |claim| now.max(claim.changed_at));
    let first = before.map_or(1, |claim| claim.revision + 1);
    (first..)
        .zip(events)
        .map(|(revision, event)| Recorded { revision, at, actor: actor.to_owned(), event })
        .collect()
}
