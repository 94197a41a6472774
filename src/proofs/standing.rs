//! Whether a document counts for a claim, and asking the scanner again.

use std::io;

use chrono::TimeDelta;
use futures_util::TryStreamExt as _;
use tokio_util::io::StreamReader;

use super::{Document, Documents, Scan};
use crate::claim::identity::DocumentId;
use crate::claim::submission::ProofOfExecution;
use crate::claim::{ClaimId, Finding, Submission};
use crate::objects::ObjectsError;
use crate::store::StoreError;
use crate::worker::with_causes;

/// Whether a document counts for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does, and stays as long as the claim does.
    Usable,
    /// It will be known when the scanner has answered.
    Waiting,
    /// The scanner has found this in it.
    Infected(String),
    /// There is none, or none of this partner.
    Missing,
    /// The customer has not acknowledged it.
    Unacknowledged,
    /// What the customer has acknowledged is about another tenant or other items.
    Elsewhere,
}

/// How asking the scanner again went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rescan {
    /// Nothing is to be asked any more.
    Settled,
    /// It did not answer; it is asked again after this.
    Later(TimeDelta),
}

impl Documents {
    /// Whether a document counts for a claim with this submission. From then on the claim names
    /// it, so that nobody removes it.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    async fn attach(
        &self,
        id: DocumentId,
        claim_id: ClaimId,
        submission: &Submission,
    ) -> Result<Standing, StoreError> {
        let mpn_id = &submission.partner.mpn_id;
        let named = |document: &mut Document| {
            if document.mpn_id == *mpn_id && !document.claims.contains(&claim_id) {
                document.claims.push(claim_id);
            }
        };
        let document = self.store.change_document(id, named).await?;
        let Some(document) = document.filter(|document| document.mpn_id == *mpn_id) else {
            return Ok(Standing::Missing);
        };
        if !document.is_acknowledged() {
            return Ok(Standing::Unacknowledged);
        }
        if document.acknowledgement.is_some_and(|asked| !asked.covers(submission)) {
            return Ok(Standing::Elsewhere);
        }
        Ok(match document.scan {
            Scan::NotScanned | Scan::Clean { .. } => Standing::Usable,
            Scan::WaitingForScan => Standing::Waiting,
            Scan::Infected { found, .. } => Standing::Infected(found),
        })
    }

    /// How each uploaded document of these proofs stands, by its place among them; from now on the
    /// claim names them.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn standings(
        &self,
        claim_id: ClaimId,
        submission: &Submission,
        proofs: &[ProofOfExecution],
    ) -> Result<Vec<(usize, Standing)>, StoreError> {
        let mut standings = Vec::new();
        for (index, proof) in proofs.iter().enumerate() {
            if let Some(document_id) = proof.document_id() {
                standings.push((index, self.attach(document_id, claim_id, submission).await?));
            }
        }
        Ok(standings)
    }

    /// Asks the scanner about a document that waits for it.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn rescan(&self, id: DocumentId) -> Result<Rescan, StoreError> {
        let Some(document) = self.store.document(id).await? else { return Ok(Rescan::Settled) };
        if document.scan != Scan::WaitingForScan {
            return Ok(Rescan::Settled);
        }
        let now = self.clock.now().await?;
        let scan = match &self.depot.scanner {
            // Whoever takes the scanner away says that documents count without one.
            None => Scan::NotScanned,
            Some(scanner) => match self.read(id).await {
                Ok(stream) => {
                    let reader = StreamReader::new(stream.map_err(io::Error::other));
                    self.judged(scanner.scan(reader).await, now)
                }
                Err(error) => {
                    tracing::warn!(document.id = %id, error = with_causes(&error),
                        "a document that waits for the scan cannot be read");
                    Scan::WaitingForScan
                }
            },
        };
        if scan == Scan::WaitingForScan {
            let age = now - document.uploaded_at;
            return Ok(Rescan::Later(age.clamp(TimeDelta::minutes(1), TimeDelta::hours(1))));
        }
        let infected = matches!(scan, Scan::Infected { .. });
        let set = |document: &mut Document| document.scan = scan.clone();
        self.store.change_document(id, set).await?;
        if infected && let Err(error) = self.erase(id).await {
            // Nobody is served it any more; the sweep removes it.
            tracing::warn!(document.id = %id, error = with_causes(&error),
                "an infected document could not be deleted yet");
        }
        Ok(Rescan::Settled)
    }

    /// Removes a document that no claim names; false when one does, or there is none.
    ///
    /// # Errors
    ///
    /// When Redis or the object store is in trouble.
    pub async fn remove(&self, id: DocumentId) -> Result<bool, RemoveError> {
        let is_free = |document: &Document| document.claims.is_empty();
        if !self.store.remove_document(id, is_free).await? {
            return Ok(false);
        }
        self.erase(id).await?;
        Ok(true)
    }
}

/// What keeps uploaded documents from counting: the claim's proofs by their place, and how each of
/// them stands.
#[must_use]
pub fn document_findings(standings: &[(usize, Standing)]) -> Vec<Finding> {
    let finding = |(index, standing): &(usize, Standing)| {
        let (code, message) = match standing {
            Standing::Usable | Standing::Waiting => return None,
            Standing::Missing => (
                "document_missing",
                "There is no such document of this partner: it was removed, or never uploaded. \
                 Upload it, and give the id that the upload was answered with."
                    .to_owned(),
            ),
            Standing::Unacknowledged => (
                "document_not_acknowledged",
                "The customer has not acknowledged the statement of work. Remind the contact, and \
                 answer when it is done; or upload a signed document."
                    .to_owned(),
            ),
            Standing::Elsewhere => (
                "acknowledgement_differs",
                "The customer has acknowledged work for another tenant or on other items than the \
                 claim names."
                    .to_owned(),
            ),
            Standing::Infected(found) => (
                "document_infected",
                format!(
                    "The scanner found `{found}` in the document, and it was deleted. Upload a \
                     clean one."
                ),
            ),
        };
        Some(Finding::new(format!("proof_of_execution[{index}].document_id"), code, message))
    };
    standings.iter().filter_map(finding).collect()
}

/// A document could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// Its record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its bytes; without a record the sweep removes them.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
}
