//! Uploaded documents: is everything there that counts?
//!
//! A document that no claim names counts for nothing: its partner may delete it, also while a draft
//! names it, and it goes after some days. So what drafts name is not looked at.

use crate::check::Invariant::I37;
use crate::check::report::Looks;
use crate::check::walk::{Seen, Walk, Wrong};
use crate::claim::erase::ADDRESS_MARKER;
use crate::claim::identity::DocumentId;
use crate::claim::submission::ProofOfExecution;
use crate::claim::{Claim, ClaimId, State};

impl Walk<'_> {
    pub(super) async fn document(&self, id: DocumentId) -> Seen {
        let wrong = self.twice(|| self.bytes(id)).await?;
        let mut looks = Looks::default();
        looks.look(I37, wrong.is_none(), || wrong.unwrap_or_default());
        Ok(Some((format!("document {id}"), looks)))
    }

    async fn bytes(&self, id: DocumentId) -> Wrong {
        let document = match self.store().document(id).await {
            Ok(document) => document,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => return Ok(Some(format!("its record cannot be read: {error}"))),
        };
        let Some(document) = document.filter(|document| document.has_bytes()) else {
            return Ok(None);
        };
        let missing = !self.documents.has_bytes(&document).await?;
        Ok(missing.then(|| "the object store does not have its bytes".to_owned()))
    }

    /// What is wrong with a document that a claim names.
    pub(super) async fn named(&self, id: ClaimId, document_id: DocumentId) -> Wrong {
        let named = |claim: &Claim| named_by(claim).contains(&document_id);
        let Some(claim) = self.readable(id).await?.filter(named) else { return Ok(None) };
        let wrong = match self.store().document(document_id).await {
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(_) => return Ok(None), // It is found where its key is looked at.
            Ok(None) => "does not exist",
            Ok(Some(document)) if document.mpn_id != claim.submission.partner.mpn_id => {
                "is another partner's"
            }
            Ok(Some(document)) if !document.claims.contains(&id) => {
                "does not know of it, and will be removed as unused"
            }
            Ok(Some(_)) => return Ok(None),
        };
        Ok(Some(format!("it names document {document_id}, which {wrong}")))
    }
}

/// The documents that count for a claim: those of a submission that was found right, and what came
/// later. Of an erased claim none is kept.
pub(super) fn named_by(claim: &Claim) -> Vec<DocumentId> {
    if claim.submission.customer.contact.email.as_str() == ADDRESS_MARKER {
        return Vec::new();
    }
    let submitted = match &claim.state {
        State::Contested { .. }
        | State::UnderReview(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Associated { .. } => claim.submission.proof_of_execution.as_slice(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Refused(_)
        | State::Disputed(_)
        | State::Rejected { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => &[],
    };
    let added = claim.file.added_proof.iter().flat_map(|added| &added.proof_of_execution);
    submitted.iter().chain(added).filter_map(ProofOfExecution::document_id).collect()
}
