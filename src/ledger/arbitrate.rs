//! Deciding a contest: what has to end ends in the commit in which the winner goes on.

use crate::claim::command::Arbitration;
use crate::claim::{ClaimId, Command};
use crate::ledger::{Applied, Ledger, LedgerError};

impl Ledger {
    /// Decides a contest for the contested claim, or for who holds its items.
    ///
    /// # Errors
    ///
    /// As [`Ledger::apply`].
    pub async fn arbitrate(
        &self,
        id: ClaimId,
        upheld: bool,
        reason: String,
        actor: &str,
    ) -> Result<Applied, LedgerError> {
        let arbitration = Arbitration { upheld, reason, ..Arbitration::default() };
        self.apply(id, &Command::Arbitrate(arbitration), actor).await
    }
}
