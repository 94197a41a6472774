//! Deciding a contest: what has to end ends first, then the contested claim goes on or does not.

use std::collections::BTreeSet;

use crate::claim::command::Arbitration;
use crate::claim::state::EndReason;
use crate::claim::{Claim, ClaimId, Command, Status};
use crate::ledger::{Applied, Ledger, LedgerError};

impl Ledger {
    /// Decides a contest for the contested claim, or for who holds its items. A crash between
    /// ending the holders and deciding leaves a contest that the repeated command decides.
    ///
    /// # Errors
    ///
    /// As [`Ledger::apply`]; when a claim in flight holds one of the items, nothing is changed.
    pub async fn arbitrate(
        &self,
        id: ClaimId,
        upheld: bool,
        reason: String,
        actor: &str,
    ) -> Result<Applied, LedgerError> {
        if upheld && let Some(claim) = self.store().claim(id).await? {
            self.supersede_holders(&claim, &reason, actor).await?;
        }
        let arbitration = Arbitration { upheld, reason, holders: Vec::new() };
        self.apply(id, &Command::Arbitrate(arbitration), actor).await
    }

    /// Ends the associations that hold the claim's items, unless the arbitration cannot succeed:
    /// then nothing is touched, and the claim says why it cannot.
    async fn supersede_holders(
        &self,
        claim: &Claim,
        reason: &str,
        actor: &str,
    ) -> Result<(), LedgerError> {
        let mut holders = self.store().holders(claim).await?;
        holders.retain(|holder| holder.claim_id != claim.id);
        if claim.status() != Status::Contested || holders.iter().any(|holder| !holder.official) {
            return Ok(());
        }
        // The loser reads this; which claim won is not its business.
        let detail = format!("Another partner's claim won the arbitration: {reason}");
        let losers: BTreeSet<ClaimId> = holders.iter().map(|holder| holder.claim_id).collect();
        for loser in losers {
            let end = Command::End { reason: EndReason::Superseded, detail: Some(detail.clone()) };
            match self.apply(loser, &end, actor).await {
                // Refused: it has ended meanwhile in another way.
                Ok(_) | Err(LedgerError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
