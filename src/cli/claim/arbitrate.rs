//! Deciding a contest: what has to end ends first, then the contested claim goes on or does not.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::ValueEnum;

use cpor::claim::command::Arbitration;
use cpor::claim::state::EndReason;
use cpor::claim::{Claim, ClaimId, Command, Status};
use cpor::ledger::{Ledger, LedgerError};

use super::answer::{Answer, ask};

/// Who wins a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Winner {
    /// The contested claim.
    Claimant,
    /// Who holds its items.
    Holder,
}

/// Decides a contest. A crash between ending the holders and deciding leaves a contest that the
/// repeated command decides.
pub async fn arbitrate(
    ledger: &Ledger,
    id: ClaimId,
    winner: Winner,
    reason: String,
    actor: &str,
) -> Result<Answer> {
    let upheld = winner == Winner::Claimant;
    if upheld && let Some(claim) = ledger.store().claim(id).await? {
        supersede_holders(ledger, &claim, &reason, actor).await?;
    }
    let arbitration = Arbitration { upheld, reason, holders: Vec::new() };
    ask(ledger, id, &Command::Arbitrate(arbitration), actor).await
}

/// Ends the associations that hold the claim's items, unless the arbitration cannot succeed: then
/// nothing is touched, and the ledger says why it cannot.
async fn supersede_holders(
    ledger: &Ledger,
    claim: &Claim,
    reason: &str,
    actor: &str,
) -> Result<()> {
    let mut holders = ledger.store().holders(claim).await?;
    holders.retain(|holder| holder.claim_id != claim.id);
    if claim.status() != Status::Contested || holders.iter().any(|holder| !holder.official) {
        return Ok(());
    }
    // The loser reads this; which claim won is not its business.
    let detail = format!("Another partner's claim won the arbitration: {reason}");
    let losers: BTreeSet<ClaimId> = holders.iter().map(|holder| holder.claim_id).collect();
    for loser in losers {
        let end = Command::End { reason: EndReason::Superseded, detail: Some(detail.clone()) };
        match ledger.apply(loser, &end, actor).await {
            // Refused: it has ended meanwhile in another way.
            Ok(_) | Err(LedgerError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
