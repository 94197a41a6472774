//! Deciding a contest, as an arbiter asks for it.

use anyhow::Result;
use clap::ValueEnum;

use cpor::claim::ClaimId;
use cpor::ledger::Ledger;

use super::answer::{Answer, refusal};

/// Who wins a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Winner {
    /// The contested claim.
    Claimant,
    /// Who holds its items.
    Holder,
}

/// Decides a contest.
pub async fn arbitrate(
    ledger: &Ledger,
    id: ClaimId,
    winner: Winner,
    reason: String,
    actor: &str,
) -> Result<Answer> {
    match ledger.arbitrate(id, winner == Winner::Claimant, reason, actor).await {
        Ok(applied) => Ok(Answer::of(&applied)),
        Err(error) => refusal(ledger, id, error).await,
    }
}
