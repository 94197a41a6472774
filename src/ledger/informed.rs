//! Adds to a command what only the store and the deployment's rules know: who holds the claimed
//! items, who asks, and by when others have to act.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::command::{Command, NoticeOutcome, Terms};
use crate::ledger::{Ledger, LedgerError};

impl Ledger {
    pub(super) async fn informed(
        &self,
        claim: &Claim,
        command: &Command,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Command, LedgerError> {
        let mut command = command.clone();
        let dated = || self.dated(claim, actor, now);
        match &mut command {
            Command::RecordVerdict(verdict) => {
                verdict.holders = self.store.holders(claim).await?;
                verdict.terms = dated()?;
            }
            Command::Arbitrate(arbitration) => {
                arbitration.holders = self.store.holders(claim).await?;
                arbitration.terms = dated()?;
            }
            Command::Choose(word) => {
                word.holders = self.store.holders(claim).await?;
                word.terms = dated()?;
            }
            Command::DecideDispute(decision) => {
                decision.holders = self.store.holders(claim).await?;
                decision.terms = dated()?;
            }
            Command::Review(reviewed) => reviewed.terms = dated()?,
            Command::Dispute(dispute) => dispute.terms = dated()?,
            Command::Reactivate { terms, .. } => *terms = dated()?,
            Command::Expire { terms } => *terms = self.rules.review.undated(actor, now),
            Command::ProposeContact(proposal) => proposal.remind_at = dated()?.answer.remind_at,
            Command::RecordNotice(NoticeOutcome::Refused { remind_at, .. }) => {
                *remind_at = dated()?.answer.remind_at;
            }
            _ => {}
        }
        Ok(command)
    }

    fn dated(&self, claim: &Claim, actor: &str, now: DateTime<Utc>) -> Result<Terms, LedgerError> {
        let which = (claim.id, &*claim.submission);
        let terms = self.rules.review.terms(&self.rules.window(), which, actor, now);
        terms.map_err(|source| LedgerError::Calendar { claim_id: claim.id, source })
    }
}
