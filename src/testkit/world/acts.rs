//! What upstream systems, customers, partners and operators do to a world.

use std::sync::Arc;

use cpor_jobs::SubmitClaim;

use super::{World, instant, or_fail};
use crate::claim::ClaimId;
use crate::claim::command::{Command, ContactProposal};
use crate::claim::submission::{CustomerContact, RawContact};
use crate::ledger::{Adjustment, Applied, LedgerError, Submitted};

#[expect(clippy::missing_panics_doc, reason = "a test that cannot go on panics, and says why")]
#[expect(clippy::panic, reason = "a test that cannot go on panics, and says why")]
impl World {
    /// Submits a claim that has to be accepted, and settles.
    pub async fn submit(&self, submission: SubmitClaim) -> ClaimId {
        self.try_submit(&submission).await.claim_id().unwrap_or_else(|findings| {
            panic!("the submission was refused: {findings:#?}");
        })
    }

    /// Submits a claim, says what became of it, and settles.
    pub async fn try_submit(&self, submission: &SubmitClaim) -> Submitted {
        let json = or_fail("write the submission", submission.to_json());
        let submitted = or_fail("submit", self.ledger().submit(json.as_bytes()).await);
        self.settle().await;
        submitted
    }

    /// Pushes raw submissions onto the intake as upstream systems in any language do, and
    /// settles. What is refused is then among [`World::dead_letters`].
    pub async fn intake<R: AsRef<[u8]>>(&self, raw: impl IntoIterator<Item = R>) {
        let store = self.ledger().store();
        let mut push = redis::cmd("LPUSH");
        push.arg(store.keys().intake());
        for entry in raw {
            push.arg(entry.as_ref());
        }
        let mut connection = self.redis().await;
        let pushed: Result<u64, _> = push.query_async(&mut connection).await;
        or_fail("push onto the intake", pushed);
        self.settle().await;
    }

    /// Replaces the tenant directory; it counts from the next look-up on.
    pub fn write_directory(&self, toml: &str) {
        let new = self.folder.path().join("directory.new");
        or_fail("write the tenant directory", std::fs::write(&new, toml));
        or_fail("replace the directory", std::fs::rename(new, self.directory_file()));
    }

    /// Applies a command as an operator would, and settles.
    ///
    /// # Errors
    ///
    /// When the command is refused.
    pub async fn apply(&self, id: ClaimId, command: Command) -> Result<Applied, LedgerError> {
        let applied = self.ledger().apply(id, &command, "operator").await;
        self.settle().await;
        applied
    }

    /// The customer rejects now.
    ///
    /// # Errors
    ///
    /// When the rejection is refused.
    pub async fn reject(&self, id: ClaimId) -> Result<Applied, LedgerError> {
        let received_at = self.now().await;
        self.apply(id, Command::Reject { received_at, reason: None }).await
    }

    /// The customer's rejection, received at `received_at` (RFC 3339), is entered only now.
    ///
    /// # Errors
    ///
    /// When the rejection is refused.
    pub async fn reject_received_at(
        &self,
        id: ClaimId,
        received_at: &str,
    ) -> Result<Applied, LedgerError> {
        self.apply(id, Command::Reject { received_at: instant(received_at), reason: None }).await
    }

    /// The customer agrees now.
    ///
    /// # Errors
    ///
    /// When the agreement is refused.
    pub async fn confirm(&self, id: ClaimId) -> Result<Applied, LedgerError> {
        let received_at = self.now().await;
        self.apply(id, Command::Confirm { received_at }).await
    }

    /// The customer's contact is not the right person and names somebody else at the customer, by
    /// the local part of their address, in answer to the newest notice.
    ///
    /// # Errors
    ///
    /// When the proposal is refused.
    pub async fn propose_contact(
        &self,
        id: ClaimId,
        local_part: &str,
    ) -> Result<Applied, LedgerError> {
        let proposal = self.proposal(id, local_part).await;
        self.apply(id, Command::ProposeContact(Box::new(proposal))).await
    }

    /// What [`World::propose_contact`] proposes.
    pub async fn proposal(&self, id: ClaimId, local_part: &str) -> ContactProposal {
        let claim = self.claim(id).await;
        let customer = &claim.submission.customer;
        let email = format!("{local_part}@{}", customer.domain.ascii());
        let raw = RawContact { name: "Selin Demir", title: "CIO", email: &email, language: None };
        let contact = CustomerContact::parse(raw).unwrap_or_else(|findings| {
            panic!("the contact was refused: {findings:#?}");
        });
        let received_at = self.now().await;
        let answer_by = self.ledger().rules().window().answer_by(&claim.submission, received_at);
        let answer_by = or_fail("count business days", answer_by).closes_at;
        let notice = claim.notices;
        ContactProposal { notice, received_at, contact, comment: None, answer_by, remind_at: None }
    }

    /// The partner agrees with the contact whom the customer has named.
    ///
    /// # Errors
    ///
    /// When nobody was named.
    pub async fn confirm_contact(&self, id: ClaimId) -> Result<Applied, LedgerError> {
        self.apply(id, Command::ConfirmContact).await
    }

    /// Changes the open window of a claim as a reviewer or an operator would, and settles.
    ///
    /// # Errors
    ///
    /// When the claim has no open window, or the change does not fit it.
    pub async fn adjust(
        &self,
        id: ClaimId,
        adjustment: Adjustment,
    ) -> Result<Applied, LedgerError> {
        let applied = self.ledger().adjust(id, &adjustment, "operator").await;
        self.settle().await;
        applied
    }

    /// The partner takes the claim back now.
    ///
    /// # Errors
    ///
    /// When the claim cannot be withdrawn any more.
    pub async fn withdraw(&self, id: ClaimId) -> Result<Applied, LedgerError> {
        self.apply(id, Command::Withdraw { reason: None }).await
    }

    /// The partner answers an *action required* with a corrected submission.
    ///
    /// # Errors
    ///
    /// When nothing is asked of the partner, or the submission is of another claim.
    pub async fn amend(
        &self,
        id: ClaimId,
        corrected: &SubmitClaim,
    ) -> Result<Applied, LedgerError> {
        let json = or_fail("write the submission", corrected.to_json());
        let parsed = self.ledger().parse(json.as_bytes(), self.now().await);
        let submission = parsed.unwrap_or_else(|findings| {
            panic!("the corrected submission was refused: {findings:#?}");
        });
        self.apply(id, Command::Amend(Arc::new(submission))).await
    }

    /// Forgets all dead letters, once a test has looked at them.
    pub async fn drop_dead_letters(&self) {
        let at = or_fail("read the clock", self.ledger().clock().instant().await);
        for entry in self.dead_letters().await {
            or_fail("drop a dead letter", self.ledger().store().drop_dead(&entry, at).await);
        }
    }
}
