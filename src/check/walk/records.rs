//! Records that name claims: is each of them backed by its claim?

use chrono::{DateTime, Utc};

use crate::check::Invariant::I18;
use crate::check::judge::{SubmissionRecord, claim_of};
use crate::check::report::Looks;
use crate::check::walk::{IN_FLIGHT_MAX, Seen, Walk, Wrong};
use crate::claim::{Claim, ClaimId, Status};

impl Walk<'_> {
    pub(super) async fn history(&self, id: ClaimId) -> Wrong {
        Ok((!self.exists(id).await?).then(|| "it is the history of no claim".to_owned()))
    }

    pub(super) async fn submission(&self, key: &str, now: DateTime<Utc>) -> Wrong {
        let Some(record) = self.store().text_of(key).await? else { return Ok(None) };
        let Some(SubmissionRecord { claim_id, .. }) = SubmissionRecord::parse(&record) else {
            return Ok(Some(format!("it says `{record}`, which names no claim")));
        };
        let keys = self.store().keys();
        Ok(match self.readable(claim_id).await? {
            Some(claim) => {
                let submission = &claim.submission;
                let own = keys.submission(&submission.source, &submission.idempotency_key);
                (own != key).then(|| format!("claim {claim_id} was submitted under another key"))
            }
            None if self.exists(claim_id).await? => None,
            None if self.store().is_leaving(claim_id).await? => None,
            None if claim_id.made_at().is_some_and(|at| now < at + IN_FLIGHT_MAX) => None,
            None => Some(format!(
                "claim {claim_id} does not exist; the source never got an answer and may submit \
                 again"
            )),
        })
    }

    pub(super) async fn item(&self, key: &str, tenant_id: &str, item: &str) -> Wrong {
        let Some(record) = self.store().text_of(key).await? else { return Ok(None) };
        let Some(id) = claim_of(&record) else {
            return Ok(Some(format!("the record `{record}` names no claim")));
        };
        let claim = self.readable(id).await?;
        if claim.is_none() && self.exists(id).await? {
            return Ok(None); // It cannot be read, which is found where it is judged.
        }
        let holds = claim.as_ref().is_some_and(|claim| {
            claim.submission.customer.tenant_id.to_string() == tenant_id
                && claim.held_items().iter().any(|held| held.key() == item)
        });
        Ok((!holds).then(|| format!("{}, does not have it", named(id, claim.as_ref()))))
    }

    pub(super) async fn grants(&self, key: String, tenant_id: &str) -> Seen {
        let mut looks = Looks::default();
        let mut next = Some(0);
        while let Some(cursor) = next {
            let page = self.store().grants_in(&key, cursor).await?;
            next = page.next;
            for (field, _) in page.found {
                let wrong = self.twice(|| self.grant(&key, &field, tenant_id)).await?;
                looks.look(I18, wrong.is_none(), || wrong.unwrap_or_default());
            }
        }
        Ok(Some((format!("key {key}"), looks)))
    }

    async fn grant(&self, key: &str, field: &str, tenant_id: &str) -> Wrong {
        let Some(value) = self.store().grant(key, field).await? else { return Ok(None) };
        let Some(id) = claim_of(&value) else {
            return Ok(Some(format!("the grant `{field}` says `{value}`, which names no claim")));
        };
        let claim = self.readable(id).await?;
        if claim.is_none() && self.exists(id).await? {
            return Ok(None);
        }
        let granted = claim.as_ref().is_some_and(|claim| {
            let submission = &claim.submission;
            claim.status() == Status::Associated
                && submission.customer.tenant_id.to_string() == tenant_id
                && field.split_once(' ').is_some_and(|(mpn_id, item)| {
                    submission.partner.mpn_id.as_str() == mpn_id
                        && submission.items.iter().any(|own| own.key() == item)
                })
        });
        let who = || named(id, claim.as_ref());
        Ok((!granted).then(|| format!("{}, has no right to the grant `{field}`", who())))
    }
}

fn named(id: ClaimId, claim: Option<&Claim>) -> String {
    let gone = || format!("claim {id}, which does not exist");
    claim.map_or_else(gone, |claim| {
        format!("claim {id}, {} at revision {}", claim.status(), claim.revision)
    })
}
