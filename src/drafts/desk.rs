//! Making, saving, listing and discarding drafts, and when they expire.
//!
//! Whose draft it is comes with every question: another partner's is not there.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::claim::ClaimId;
use crate::claim::identity::MpnId;
use crate::drafts::{Conflict, Draft, DraftContent, DraftError, DraftId, DraftProof, DraftState};
use crate::ledger::Ledger;

/// How often a change is tried again when somebody else was faster.
const CONFLICTS_MAX: u32 = 10;
/// Drafts that are read at once.
const PAGE: usize = 100;
/// Expired drafts of a partition that are removed in one go.
const EXPIRED_MAX: usize = 1_000;

/// How many drafts there can be, and for how long.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct DraftSettings {
    pub retention_days: u32,
    pub per_partner_max: usize,
}

/// The drafts of a deployment; cheap to clone.
#[derive(Debug, Clone)]
pub struct Drafts {
    pub(super) ledger: Ledger,
    settings: DraftSettings,
}

impl Drafts {
    /// The drafts in the store of a ledger.
    #[must_use]
    pub const fn new(ledger: Ledger, settings: DraftSettings) -> Self {
        Self { ledger, settings }
    }

    /// When a draft that nobody touches is not there any more.
    #[must_use]
    pub fn expires_at(&self, draft: &Draft) -> DateTime<Utc> {
        draft.changed_at + self.retention()
    }

    fn retention(&self) -> TimeDelta {
        TimeDelta::days(i64::from(self.settings.retention_days))
    }

    /// Makes a draft of a partner.
    ///
    /// # Errors
    ///
    /// When it cannot say this, the partner has too many, or Redis fails.
    pub async fn create(
        &self,
        mpn_id: &MpnId,
        content: DraftContent,
        by: &str,
    ) -> Result<Draft, DraftError> {
        self.begin(mpn_id, content, None, by).await
    }

    /// Makes a draft; one that is to take the place of a claim, if one is given.
    pub(super) async fn begin(
        &self,
        mpn_id: &MpnId,
        content: DraftContent,
        renews: Option<ClaimId>,
        by: &str,
    ) -> Result<Draft, DraftError> {
        let content = content.checked(mpn_id).map_err(DraftError::Findings)?;
        let (store, most) = (self.ledger.store(), self.settings.per_partner_max);
        if store.count_drafts_of(mpn_id).await? >= most {
            return Err(DraftError::TooMany { mpn_id: mpn_id.clone(), most });
        }
        let at = self.ledger.clock().instant().await?;
        let partition = store.keys().partition_of_partner(mpn_id);
        let id = DraftId::new(at.now, partition, rand::random());
        let draft = Draft { renews, ..Draft::new(id, mpn_id.clone(), content, by, at.now) };
        if store.write_draft(None, &draft, at).await? {
            Ok(draft)
        } else {
            Err(DraftError::Contended(id))
        }
    }

    /// A draft; of this partner, if one is given.
    ///
    /// # Errors
    ///
    /// When it is not there, or Redis fails.
    pub async fn find(&self, mpn_id: Option<&MpnId>, id: DraftId) -> Result<Draft, DraftError> {
        let now = self.ledger.clock().now().await?;
        let found = self.ledger.store().draft(id).await?.filter(|draft| {
            mpn_id.is_none_or(|own| *own == draft.mpn_id) && now < self.expires_at(draft)
        });
        found.ok_or(DraftError::NotThere(id))
    }

    /// Drafts of a partner, newest first: so many that were made before `before`. A page that is
    /// shorter than that is the last one.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn list(
        &self,
        mpn_id: &MpnId,
        before: Option<DraftId>,
        most: usize,
    ) -> Result<Vec<Draft>, DraftError> {
        let now = self.ledger.clock().now().await?;
        let (mut found, mut before) = (Vec::new(), before);
        loop {
            let ids = self.ledger.store().drafts_of(mpn_id, before, most).await?;
            before = ids.last().copied();
            let drafts = self.ledger.store().drafts(&ids).await?;
            found.extend(drafts.into_iter().filter(|draft| now < self.expires_at(draft)));
            if found.len() >= most || ids.len() < most {
                found.truncate(most);
                return Ok(found);
            }
        }
    }

    /// Every draft of the deployment, those that were not touched for longest first, handed over
    /// in parts.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn every(&self, told: &mut (dyn FnMut(Draft) + Send)) -> Result<(), DraftError> {
        let (store, now) = (self.ledger.store(), self.ledger.clock().now().await?);
        for partition in 0..store.keys().partitions() {
            for skipped in (0..).step_by(PAGE) {
                let ids = store.drafts_unchanged_since(partition, now, skipped, PAGE).await?;
                let drafts = store.drafts(&ids).await?.into_iter();
                drafts.filter(|draft| now < self.expires_at(draft)).for_each(&mut *told);
                if ids.len() < PAGE {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Saves a whole draft, as it was made of the revision `seen`.
    ///
    /// # Errors
    ///
    /// When it is not there or locked, cannot say this, somebody else has changed it since, or
    /// Redis fails.
    pub async fn save(
        &self,
        mpn_id: &MpnId,
        id: DraftId,
        seen: u64,
        content: DraftContent,
        by: &str,
    ) -> Result<Draft, DraftError> {
        let content = content.checked(mpn_id).map_err(DraftError::Findings)?;
        let write = |draft: &Draft| {
            let is_fine = draft.revision == seen || draft.content == content;
            if is_fine {
                Ok(content.clone())
            } else {
                Err(Box::new(draft.conflict(seen, &content)))
            }
        };
        self.write(mpn_id, id, by, write).await
    }

    /// Saves what somebody changed in the revision `seen`, whatever others have changed elsewhere
    /// in the draft meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Drafts::save`]; but a conflict only when both have changed the same field.
    pub async fn merge(
        &self,
        mpn_id: &MpnId,
        id: DraftId,
        seen: u64,
        change: impl Fn(&mut DraftContent),
        by: &str,
    ) -> Result<Draft, DraftError> {
        let draft = self.find(Some(mpn_id), id).await?;
        let mut content = draft.at_revision(seen).unwrap_or_else(|| draft.content.clone());
        change(&mut content);
        let content = content.checked(mpn_id).map_err(DraftError::Findings)?;
        self.write(mpn_id, id, by, |draft: &Draft| draft.merged(seen, &content)).await
    }

    /// Adds a document to what a draft says, whatever others have changed meanwhile.
    ///
    /// # Errors
    ///
    /// When it is not there or locked, cannot say this, or Redis fails.
    pub async fn add_proof(
        &self,
        mpn_id: &MpnId,
        id: DraftId,
        proof: &DraftProof,
        by: &str,
    ) -> Result<Draft, DraftError> {
        let with_proof = |draft: &Draft| {
            let mut content = draft.content.clone();
            if !content.proof_of_execution.contains(proof) {
                content.proof_of_execution.push(proof.clone());
            }
            Ok(content)
        };
        self.write(mpn_id, id, by, with_proof).await
    }

    async fn write(
        &self,
        mpn_id: &MpnId,
        id: DraftId,
        by: &str,
        content: impl Fn(&Draft) -> Result<DraftContent, Box<Conflict>>,
    ) -> Result<Draft, DraftError> {
        for _ in 0..CONFLICTS_MAX {
            let draft = self.find(Some(mpn_id), id).await?;
            if draft.state != DraftState::Open {
                return Err(DraftError::Locked { id, claim_id: draft.claim_id() });
            }
            let content = content(&draft).map_err(DraftError::Changed)?;
            if content == draft.content {
                return Ok(draft);
            }
            let at = self.ledger.clock().instant().await?;
            let changed = draft.changed(content, by, at.now);
            if self.ledger.store().write_draft(Some(draft.revision), &changed, at).await? {
                return Ok(changed);
            }
        }
        Err(DraftError::Contended(id))
    }

    /// Discards a draft for good; one that has become a claim stays until it expires.
    ///
    /// # Errors
    ///
    /// When it is not there or locked, it is not at the revision `seen` any more, where one is
    /// given, or Redis fails.
    pub async fn discard(
        &self,
        mpn_id: Option<&MpnId>,
        id: DraftId,
        seen: Option<u64>,
    ) -> Result<(), DraftError> {
        let draft = self.find(mpn_id, id).await?;
        if draft.state != DraftState::Open {
            return Err(DraftError::Locked { id, claim_id: draft.claim_id() });
        }
        as_seen(&draft, seen)?;
        let at = self.ledger.clock().instant().await?;
        let removed = self.ledger.store().remove_draft(&draft, at).await?;
        if removed { Ok(()) } else { Err(DraftError::Contended(id)) }
    }

    /// Removes the drafts that have expired, up to a thousand of a partition, and says how many.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn remove_expired(&self) -> Result<usize, DraftError> {
        let (store, mut removed) = (self.ledger.store(), 0);
        let at = self.ledger.clock().instant().await?;
        let since = at.now - self.retention();
        for partition in 0..store.keys().partitions() {
            for id in store.drafts_unchanged_since(partition, since, 0, EXPIRED_MAX).await? {
                let draft = store.draft(id).await?;
                let expired = draft.filter(|draft| self.expires_at(draft) <= at.now);
                if let Some(draft) = expired {
                    removed += usize::from(store.remove_draft(&draft, at).await?);
                }
            }
        }
        Ok(removed)
    }
}

/// What was changed since somebody saw the draft, if anything was.
pub(super) fn as_seen(draft: &Draft, seen: Option<u64>) -> Result<(), DraftError> {
    match seen {
        Some(seen) if seen != draft.revision => {
            let base = draft.at_revision(seen).unwrap_or_else(|| draft.content.clone());
            Err(DraftError::Changed(Box::new(draft.conflict(seen, &base))))
        }
        Some(_) | None => Ok(()),
    }
}
