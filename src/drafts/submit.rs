//! Checking a draft, and making it a claim.
//!
//! First the draft is closed to changes, then the claim is made under the draft's id as its key,
//! then the draft is locked with the claim's id. A crash in between leaves a draft that cannot be
//! changed: submitting it again finds its claim or makes it, from the same words. If it is refused
//! then, because what can be claimed has changed meanwhile, it is open again.

use crate::access::PARTNER_SOURCE;
use crate::claim::identity::{IdempotencyKey, ItemCode, MpnId, Source, SubscriptionId, TenantId};
use crate::claim::item::Item;
use crate::claim::{ClaimId, Finding};
use crate::drafts::desk::as_seen;
use crate::drafts::{
    Draft, DraftError, DraftId, DraftItem, DraftState, Drafts, StepProgress, is_missing, progress,
};
use crate::ledger::{LedgerError, Submitted};
use crate::metrics::Way;

/// How often locking is tried when others write the draft meanwhile.
const CONFLICTS_MAX: u32 = 10;

/// What would come of submitting a draft now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is only not filled in yet.
    pub missing: Vec<Finding>,
    /// Items that another partner holds or claims, by their paths. Submitting them is allowed, and
    /// leads to a contest.
    pub taken: Vec<String>,
    /// How far each step is.
    pub steps: Vec<StepProgress>,
}

impl Drafts {
    /// Everything that is wrong or missing, as submitting would find it.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn check(&self, draft: &Draft) -> Result<Checked, DraftError> {
        let now = self.ledger.clock().now().await?;
        let raw = draft.content.submission(draft.id, &draft.mpn_id).to_string();
        let all = self.ledger.parse(raw.as_bytes(), now).err().unwrap_or_default();
        let steps = progress(&draft.content, &all);
        let (missing, findings) = all.into_iter().partition(is_missing);
        Ok(Checked { findings, missing, taken: self.taken(draft).await?, steps })
    }

    /// The paths of items that another partner has. Of items that are not well-formed, and without
    /// a tenant, nothing is known.
    async fn taken(&self, draft: &Draft) -> Result<Vec<String>, DraftError> {
        let tenant_id = draft.content.customer.tenant_id.as_deref().map(TenantId::parse);
        let Some(Ok(tenant_id)) = tenant_id else { return Ok(Vec::new()) };
        let items = draft.content.items.iter().enumerate();
        let (paths, items): (Vec<String>, Vec<Item>) =
            items.filter_map(|(at, raw)| Some((format!("items[{at}]"), item(raw)?))).unzip();
        let holders = self.ledger.store().holders_of(&tenant_id, &items).await?;
        let others = paths.into_iter().zip(holders);
        let others = others.filter(|(_, holder)| {
            holder.as_ref().is_some_and(|holder| holder.mpn_id != draft.mpn_id)
        });
        Ok(others.map(|(path, _)| path).collect())
    }

    /// Makes a draft a claim, once; submitted again, it answers with the same claim.
    ///
    /// # Errors
    ///
    /// When it is not there, it is not at the revision `seen` any more, where one is given, or
    /// Redis fails; submitting it again is safe.
    pub async fn submit(
        &self,
        mpn_id: &MpnId,
        id: DraftId,
        seen: Option<u64>,
        by: &str,
    ) -> Result<Submitted, DraftError> {
        for _ in 0..CONFLICTS_MAX {
            let draft = self.find(Some(mpn_id), id).await?;
            if let Some(claim_id) = draft.claim_id() {
                return Ok(Submitted::Repeated(claim_id));
            }
            if draft.state == DraftState::Open {
                as_seen(&draft, seen)?;
            }
            if let Some(submitted) = self.try_submit(draft, by).await? {
                return Ok(submitted);
            }
        }
        Err(DraftError::Contended(id))
    }

    /// Nothing, when somebody wrote the draft meanwhile.
    async fn try_submit(&self, draft: Draft, by: &str) -> Result<Option<Submitted>, DraftError> {
        let at = self.ledger.clock().instant().await?;
        let raw = draft.content.submission(draft.id, &draft.mpn_id).to_string();
        let submission = match self.ledger.parse(raw.as_bytes(), at.now) {
            Ok(submission) => submission,
            Err(findings) => return self.refuse(&draft, findings, by).await.map(Some),
        };
        if draft.state == DraftState::Open {
            let closed = draft.moved(DraftState::Submitting, by, at.now);
            if !self.ledger.store().write_draft(Some(draft.revision), &closed, at).await? {
                return Ok(None);
            }
        }
        let submitting = self.ledger.submit_parsed(submission, by, at);
        let submitted = self.ledger.counted(Way::Api, submitting).await?;
        let claim_id = match &submitted {
            Submitted::Accepted(claim_id) | Submitted::Repeated(claim_id) => *claim_id,
            // Nobody else has this key: it is what an earlier release made of the same words.
            Submitted::KeyReused(reused) => reused.claim_id,
            Submitted::Refused(_) => return Ok(Some(submitted)),
        };
        self.lock(draft.id, claim_id, by).await?;
        let is_new = matches!(submitted, Submitted::Accepted(_));
        Ok(Some(if is_new { submitted } else { Submitted::Repeated(claim_id) }))
    }

    /// What cannot be submitted stays a draft, unless it was made a claim before somebody crashed.
    async fn refuse(
        &self,
        draft: &Draft,
        findings: Vec<Finding>,
        by: &str,
    ) -> Result<Submitted, DraftError> {
        if draft.state == DraftState::Submitting {
            if let Some(claim_id) = self.claim_of(draft).await? {
                self.lock(draft.id, claim_id, by).await?;
                return Ok(Submitted::Repeated(claim_id));
            }
            let at = self.ledger.clock().instant().await?;
            let open = draft.moved(DraftState::Open, by, at.now);
            self.ledger.store().write_draft(Some(draft.revision), &open, at).await?;
        }
        let refused = async { Ok::<_, LedgerError>(Submitted::Refused(findings)) };
        Ok(self.ledger.counted(Way::Api, refused).await?)
    }

    /// The claim that was made of a draft. A key without a claim, which a crash has left, is freed:
    /// the draft may say something else when it is submitted again.
    async fn claim_of(&self, draft: &Draft) -> Result<Option<ClaimId>, DraftError> {
        let store = self.ledger.store();
        let source = Source::parse(&format!("{PARTNER_SOURCE}{}", draft.mpn_id));
        let key = IdempotencyKey::parse(&draft.id.to_string());
        let (Ok(source), Ok(key)) = (source, key) else { return Ok(None) };
        let Some(claim_id) = store.claim_by_key(&source, &key).await? else { return Ok(None) };
        if store.claim(claim_id).await?.is_some() {
            return Ok(Some(claim_id));
        }
        store.free_key(claim_id, &store.keys().submission(&source, &key)).await?;
        Ok(None)
    }

    async fn lock(&self, id: DraftId, claim_id: ClaimId, by: &str) -> Result<(), DraftError> {
        for _ in 0..CONFLICTS_MAX {
            let Some(draft) = self.ledger.store().draft(id).await? else { return Ok(()) };
            if draft.claim_id().is_some() {
                return Ok(());
            }
            let at = self.ledger.clock().instant().await?;
            let locked = draft.moved(DraftState::Submitted { claim_id }, by, at.now);
            if self.ledger.store().write_draft(Some(draft.revision), &locked, at).await? {
                return Ok(());
            }
        }
        Err(DraftError::Contended(id))
    }
}

/// The item, if it is one.
fn item(raw: &DraftItem) -> Option<Item> {
    let code = |raw: &Option<String>| ItemCode::parse(raw.as_deref()?).ok();
    if let Some(workload) = code(&raw.workload) {
        return Some(Item::Workload { workload });
    }
    let subscription_id = SubscriptionId::parse(raw.subscription_id.as_deref()?).ok()?;
    Some(Item::Subscription { product: code(&raw.product)?, subscription_id })
}
