//! What is removed by itself: documents whose claims are gone or erased, those that no claim and no
//! draft names, bytes without a record, and what a process that died has left half written.
//!
//! One process at a time does it, under a lease of Redis's own time; doing it twice does no harm.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt as _;

use super::standing::RemoveError;
use super::{Answer, Document, Documents, Scan};
use crate::claim::ClaimId;
use crate::claim::erase::ADDRESS_MARKER;
use crate::objects::ObjectsError;
use crate::store::StoreError;
use crate::store::turn::Turn;

/// How long a process that sweeps may be silent before another takes over.
const LEASE: Duration = Duration::from_secs(300);
/// Documents that are read at once.
const PAGE: usize = 256;
/// Bytes without a record are left alone for so long: the record may be on its way.
const GRACE: TimeDelta = TimeDelta::hours(1);

/// What a sweep has removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Documents whose claims are gone or erased, or that no claim named in time.
    pub documents: u64,
    /// Bytes that had no record.
    pub strays: u64,
}

impl Documents {
    /// Removes what nothing needs any more; nothing when another process is at it.
    ///
    /// # Errors
    ///
    /// When Redis or the object store is in trouble; what was done is done, and the next sweep
    /// goes on.
    pub async fn sweep(&self, process: &str) -> Result<Option<Swept>, RemoveError> {
        if !self.store.hold(Turn::Documents, process, LEASE).await? {
            return Ok(None);
        }
        let swept = self.sweep_all(process).await;
        self.store.hold(Turn::Documents, process, Duration::ZERO).await?;
        swept.map(Some)
    }

    async fn sweep_all(&self, process: &str) -> Result<Swept, RemoveError> {
        let (now, mut swept) = (self.clock.now().await?, Swept::default());
        for partition in 0..self.store.keys().partitions() {
            let mut after = None;
            loop {
                let page = self.store.documents_in(partition, after, PAGE).await?;
                for document in &page {
                    swept.documents += u64::from(self.sweep_one(document, now).await?);
                }
                after = page.last().map(|document| document.id);
                if page.len() < PAGE {
                    break;
                }
                self.store.hold(Turn::Documents, process, LEASE).await?;
            }
        }
        swept.strays = self.sweep_strays().await?;
        Ok(swept)
    }

    async fn sweep_one(
        &self,
        document: &Document,
        now: DateTime<Utc>,
    ) -> Result<bool, RemoveError> {
        let asked = document.acknowledgement.as_ref();
        let is_sending = asked.is_some_and(|asked| asked.answer_at(now) == Answer::Sending);
        if document.scan == Scan::WaitingForScan || is_sending {
            // After a restore nothing on the agenda asks for it.
            self.store.plan_document(document, now).await?;
        }
        let unused = TimeDelta::days(self.depot.settings.unused_days.into());
        let is_needed = if document.claims.is_empty() {
            now < document.uploaded_at + unused || self.is_in_a_draft(document).await?
        } else {
            self.is_any_kept(&document.claims).await?
        };
        if is_needed || !self.store.remove_document(document.id, |found| found == document).await? {
            return Ok(false);
        }
        self.erase(document.id).await?;
        Ok(true)
    }

    /// Whether a draft of its partner names it, however old it is: drafts may stay longer than
    /// documents that nobody names.
    async fn is_in_a_draft(&self, document: &Document) -> Result<bool, StoreError> {
        let (id, mut before) = (document.id.to_string(), None);
        loop {
            let ids = self.store.drafts_of(&document.mpn_id, before, PAGE).await?;
            for draft in self.store.drafts(&ids).await? {
                let mut proofs = draft.content.proof_of_execution.iter();
                if proofs.any(|proof| proof.document_id.as_deref() == Some(id.as_str())) {
                    return Ok(true);
                }
            }
            before = ids.last().copied();
            if ids.len() < PAGE {
                return Ok(false);
            }
        }
    }

    /// Whether one of the claims is still in Redis with its personal data.
    async fn is_any_kept(&self, claims: &[ClaimId]) -> Result<bool, StoreError> {
        for id in claims {
            let claim = self.store.claim(*id).await?;
            let is_kept = |email: &str| email != ADDRESS_MARKER;
            if claim.is_some_and(|claim| is_kept(claim.submission.customer.contact.email.as_str()))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn sweep_strays(&self) -> Result<u64, RemoveError> {
        let before = self.clock.real() - GRACE;
        let trouble = || ObjectsError::doing("list the documents");
        let (mut listed, mut strays) = (self.listed(), 0);
        while let Some((id, meta)) = listed.try_next().await.map_err(trouble())? {
            let Some(id) = id.filter(|_| meta.last_modified < before) else { continue };
            let record = self.store.document(id).await?;
            if record.is_none_or(|document| !document.has_bytes()) {
                self.erase(id).await?;
                strays += 1;
            }
        }
        if let Some(folder) = self.depot.objects.folder() {
            let folder = folder.join(self.store.keys().namespace());
            strays += remove_half_written(&folder, before);
        }
        Ok(strays)
    }
}

/// A folder has what was half written under a name with `#` in it, which is never listed. S3 keeps
/// it out of sight as well; a rule of the bucket removes it there.
fn remove_half_written(folder: &Path, before: DateTime<Utc>) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let is_old = |entry: &std::fs::DirEntry| {
        let modified = entry.metadata().and_then(|meta| meta.modified());
        modified.is_ok_and(|modified| DateTime::<Utc>::from(modified) < before)
    };
    let is_half = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().contains('#');
    let left = entries.filter_map(Result::ok).filter(is_half).filter(is_old);
    left.filter(|entry| std::fs::remove_file(entry.path()).is_ok()).count() as u64
}
