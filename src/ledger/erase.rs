//! Erasing the personal data of a closed claim: the one change that is no command, because it
//! writes what has happened anew.

use crate::claim::erase::{Erasure, NotErasable, erase};
use crate::claim::{Claim, ClaimId, Event, Recorded};
use crate::ledger::answer::CONFLICTS_MAX;
use crate::ledger::{Ledger, LedgerError};
use crate::store::erase::Rewrite;

/// A claim whose personal data was erased.
#[derive(Debug, Clone, PartialEq)]
pub struct Erased {
    /// The claim as it is now.
    pub claim: Claim,
    /// Its history as it is now.
    pub history: Vec<Recorded>,
}

impl Erased {
    /// What was replaced: the names of fields.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        match self.history.last().map(|last| &last.event) {
            Some(Event::PersonalDataErased(erased)) => &erased.fields,
            _ => &[],
        }
    }
}

/// Personal data could not be erased.
#[derive(Debug, thiserror::Error)]
pub enum ErasureRefused {
    /// It is not done to this claim, or not yet.
    #[error("claim {claim_id}: {why}")]
    NotErasable {
        /// The claim.
        claim_id: ClaimId,
        /// Why, with what to do first.
        why: NotErasable,
    },
    /// There is no such claim, or Redis is in trouble.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Ledger {
    /// What the erasure of a claim would leave, without doing it.
    ///
    /// # Errors
    ///
    /// When there is no such claim, it is not to be done to it, or Redis fails.
    pub async fn erased(&self, id: ClaimId, erasure: &Erasure) -> Result<Erased, ErasureRefused> {
        let chained = self.store.chained_history(id).await.map_err(LedgerError::from)?;
        let Some(last) = chained.last() else { return Err(LedgerError::NoClaim(id).into()) };
        let erasure = &Erasure { former_tip: Some(last.chain.to_string()), ..erasure.clone() };
        let history: Vec<Recorded> = chained.into_iter().map(|c| c.recorded).collect();
        let not = |why| ErasureRefused::NotErasable { claim_id: id, why };
        let history = erase(id, &history, erasure).map_err(not)?;
        let claim = Claim::replay(id, &history).ok_or(not(NotErasable::Unreadable))?;
        Ok(Erased { claim, history })
    }

    /// Erases the personal data of a closed claim.
    ///
    /// # Errors
    ///
    /// As [`Ledger::erased`].
    pub async fn erase(&self, id: ClaimId, erasure: &Erasure) -> Result<Erased, ErasureRefused> {
        let at = self.clock.instant().await.map_err(LedgerError::from)?;
        for _ in 0..CONFLICTS_MAX {
            let before = self.store.claim(id).await.map_err(LedgerError::from)?;
            let before = before.ok_or(LedgerError::NoClaim(id))?;
            let mut erased = self.erased(id, erasure).await?;
            let rewrite =
                Rewrite { before: &before, after: &erased.claim, history: &erased.history };
            let written = self.store.rewrite(rewrite, at).await.map_err(LedgerError::from)?;
            if let Some(chain) = written {
                erased.claim.chain = chain;
                return Ok(erased);
            }
        }
        Err(LedgerError::Contended { claim_id: id, command: "erase" }.into())
    }
}
