//! The one door: nothing changes a claim but [`Ledger::apply`] and its twin for new claims,
//! [`Ledger::submit`]. Load, decide, evolve, react, commit.
//!
//! No rule about claims lives here, and no outside effect happens here.

mod adjust;
mod answer;
mod arbitrate;
mod change;
mod counted;
mod erase;
mod import;
mod informed;
mod own_key;
mod rules;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tracing::instrument;

use crate::access::is_partner_source;
use crate::claim::command::Command;
use crate::claim::{Claim, ClaimId, Finding, Submission};
use crate::clock::Clock;
use crate::store::agenda::Lease;
use crate::store::intake::KeyRecord;
use crate::store::{Instant, Store};
use crate::telemetry;
pub use adjust::{Adjustment, still_at};
use answer::CONFLICTS_MAX;
pub use answer::{Applied, KeyReused, LedgerError, Submitted};
use change::Changed;
pub use erase::{Erased, ErasureRefused};
pub use import::ImportOutcome;
pub use rules::Rules;

/// The way to change claims; cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger {
    store: Store,
    clock: Clock,
    rules: Arc<Rules>,
}

impl Ledger {
    /// A door to the claims of `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, rules: Rules) -> Self {
        Self { store, clock, rules: Arc::new(rules) }
    }

    /// A door to the claims of another store, with rules that several doors share.
    #[must_use]
    pub const fn sharing(store: Store, clock: Clock, rules: Arc<Rules>) -> Self {
        Self { store, clock, rules }
    }

    /// Where the claims are kept.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The deployment's time.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What submissions are checked against.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Makes an upstream system's raw submission a claim, or says everything that is wrong with
    /// it. The sources of partners' own people are not an upstream system's to use.
    ///
    /// # Errors
    ///
    /// When Redis fails; the submission may then be repeated safely.
    pub async fn submit(&self, raw: &[u8]) -> Result<Submitted, LedgerError> {
        let at = self.clock.instant().await?;
        match self.parse(raw, at.now) {
            Ok(submission) if is_partner_source(&submission.source) => {
                let message = "Sources that begin with `mpn-` are for partners' own people, who \
                               submit by HTTP. Submit under a source of your own.";
                let finding = Finding::new("source", "source_reserved", message);
                Ok(Submitted::Refused(vec![finding]))
            }
            Ok(submission) => {
                let actor = format!("upstream:{}", submission.source);
                self.submit_parsed(submission, &actor, at).await
            }
            Err(findings) => Ok(Submitted::Refused(findings)),
        }
    }

    /// Every way in applies the same parser and the same look at the calendar.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the submission.
    pub fn parse(&self, raw: &[u8], now: DateTime<Utc>) -> Result<Submission, Vec<Finding>> {
        let rules = &self.rules;
        let today = now.date_naive();
        let submission = Submission::parse(raw, &rules.catalog, &rules.submission, today)?;
        rules.window().check(&submission, now)?;
        Ok(submission)
    }

    /// Makes a submission that [`Ledger::parse`] has read a claim.
    ///
    /// The key of the source is given to the claim first, in its own slot; a crash before the
    /// claim is committed leaves a key that the repeated submission finds and completes.
    ///
    /// # Errors
    ///
    /// When Redis fails; the submission may then be repeated safely.
    #[instrument(name = "submit", skip_all, fields(claim.id))]
    pub async fn submit_parsed(
        &self,
        submission: Submission,
        actor: &str,
        at: Instant,
    ) -> Result<Submitted, LedgerError> {
        let keys = self.store.keys();
        let partition = keys.partition_of_tenant(&submission.customer.tenant_id);
        let fresh = ClaimId::new(at.now, partition, rand::random());
        let digest = submission.digest();
        let id = match self.own_key(&submission, &digest, fresh).await? {
            KeyRecord::New => fresh,
            KeyRecord::Same(id) => {
                if self.store.claim(id).await?.is_some() {
                    telemetry::about(id);
                    return Ok(Submitted::Repeated(id));
                }
                id
            }
            KeyRecord::Different { claim_id, digest: claim_digest } => {
                let submission_digest = digest;
                let reused = KeyReused { claim_id, claim_digest, submission_digest };
                return Ok(Submitted::KeyReused(reused));
            }
        };
        telemetry::about(id);
        let command = Command::Submit(Arc::new(submission));
        match self.change(id, None, &command, actor, None, at).await? {
            Changed::Applied(_) => Ok(Submitted::Accepted(id)),
            Changed::Conflict => Ok(Submitted::Repeated(id)),
        }
    }

    /// Applies a command to a claim: the only way in which a claim changes.
    ///
    /// # Errors
    ///
    /// When there is no such claim, the command does not fit its status, or Redis fails.
    pub async fn apply(
        &self,
        claim_id: ClaimId,
        command: &Command,
        actor: &str,
    ) -> Result<Applied, LedgerError> {
        self.apply_from(None, claim_id, None, command, actor, None).await
    }

    /// Applies a command to a claim that is still at the revision at which somebody looked at it:
    /// nobody decides about what they have not seen.
    ///
    /// # Errors
    ///
    /// As [`Ledger::apply`], and when the claim is at another revision.
    pub async fn apply_at(
        &self,
        claim_id: ClaimId,
        revision: u64,
        command: &Command,
        actor: &str,
    ) -> Result<Applied, LedgerError> {
        self.apply_from(None, claim_id, Some(revision), command, actor, None).await
    }

    /// Applies a command to a claim that a job has in hand, without acknowledging the job.
    ///
    /// # Errors
    ///
    /// As [`Ledger::apply`].
    pub async fn apply_to(&self, claim: Claim, command: &Command) -> Result<Applied, LedgerError> {
        let id = claim.id;
        self.apply_from(Some(claim), id, None, command, WORKER, None).await
    }

    /// Applies a command to a claim that a job has in hand and acknowledges the job in the same
    /// commit. With nothing to do, nothing is acknowledged.
    ///
    /// # Errors
    ///
    /// As [`Ledger::apply`], and when the job's lease was lost.
    pub async fn apply_and_acknowledge(
        &self,
        claim: Claim,
        command: &Command,
        lease: &Lease,
    ) -> Result<Applied, LedgerError> {
        let id = claim.id;
        self.apply_from(Some(claim), id, None, command, WORKER, Some(lease)).await
    }

    async fn apply_from(
        &self,
        mut known: Option<Claim>,
        claim_id: ClaimId,
        revision: Option<u64>,
        command: &Command,
        actor: &str,
        lease: Option<&Lease>,
    ) -> Result<Applied, LedgerError> {
        for _ in 0..CONFLICTS_MAX {
            let claim = match known.take() {
                Some(claim) => claim,
                None => {
                    let found = self.store.claim(claim_id).await?;
                    found.ok_or(LedgerError::NoClaim(claim_id))?
                }
            };
            still_at(&claim, revision, command.name())?;
            let at = if actor == WORKER {
                self.clock.working_instant()
            } else {
                self.clock.instant().await?
            };
            let command = self.informed(&claim, command, actor, at.now).await?;
            match self.change(claim_id, Some(claim), &command, actor, lease, at).await? {
                Changed::Applied(applied) => return Ok(*applied),
                Changed::Conflict => {}
            }
        }
        Err(LedgerError::Contended { claim_id, command: command.name() })
    }
}

/// Who acts when a handler does.
const WORKER: &str = "worker";
