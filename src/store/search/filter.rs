//! Which claims are asked for.

use chrono::{DateTime, Utc};

use crate::access::Authority;
use crate::claim::identity::{EmailAddress, IdempotencyKey, MpnId, Source, TenantId};
use crate::claim::{Claim, ItemKey, Status};
use crate::store::indexes::mail_addresses;
use crate::store::search::prefix::{Prefix, folded};

/// Which claims to list; everything that is given has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimFilter {
    /// Claims in this status.
    pub status: Option<Status>,
    /// Claims of this partner.
    pub mpn_id: Option<MpnId>,
    /// Claims that this source submitted.
    pub source: Option<Source>,
    /// Claims on this tenant.
    pub tenant_id: Option<TenantId>,
    /// Claims that were submitted under this key of their source. With the source this is one
    /// look-up; alone it is looked for among all claims, a bounded number for each page.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Claims on this item.
    pub item: Option<ItemKey>,
    /// Claims with a contact at this address, whether the customer's, its technical one or the
    /// partner's. Only for those who see personal data.
    pub mail: Option<EmailAddress>,
    /// Claims whose window is open and closes at this instant or later.
    pub closing_after: Option<DateTime<Utc>>,
    /// Claims whose window is open and closes before this instant.
    pub closing_before: Option<DateTime<Utc>>,
    /// Claims whose name begins so.
    pub name_prefix: Option<Prefix>,
    /// Claims whose customer's domain begins so.
    pub domain_prefix: Option<Prefix>,
    /// Only what this caller sees; what others have is not there. Everything unless given.
    pub seen_by: Option<Authority>,
}

impl ClaimFilter {
    /// Whether the claim fits.
    #[must_use]
    pub fn admits(&self, claim: &Claim) -> bool {
        let submission = &claim.submission;
        let (partner, customer) = (&submission.partner, &submission.customer);
        let closes_at = claim.running_window().map(crate::claim::Window::closes_at);
        self.seen_by.as_ref().is_none_or(|who| who.sees(&partner.mpn_id, &submission.source))
            && self.status.is_none_or(|status| claim.status() == status)
            && self.mpn_id.as_ref().is_none_or(|id| partner.mpn_id == *id)
            && self.source.as_ref().is_none_or(|source| submission.source == *source)
            && self.tenant_id.is_none_or(|id| customer.tenant_id == id)
            && self.idempotency_key.as_ref().is_none_or(|key| submission.idempotency_key == *key)
            && self.item.as_ref().is_none_or(|key| submission.items.iter().any(|i| key.names(i)))
            && self.mail.as_ref().is_none_or(|mail| {
                let mail = folded(mail.as_str());
                mail_addresses(submission).any(|address| folded(address.as_str()) == mail)
            })
            && self.closing_after.is_none_or(|from| closes_at.is_some_and(|at| from <= at))
            && self.closing_before.is_none_or(|to| closes_at.is_some_and(|at| at < to))
            && self.name_prefix.as_ref().is_none_or(|p| p.begins(submission.name.as_str()))
            && self.domain_prefix.as_ref().is_none_or(|p| p.begins(customer.domain.unicode()))
    }

    /// Whether only claims with an open window can fit.
    pub(super) const fn wants_open_window(&self) -> bool {
        self.closing_after.is_some() || self.closing_before.is_some()
    }

    /// Everything that is asked for, in a form that differs whenever the question does.
    pub(super) fn question(&self) -> Vec<String> {
        let ms = |at: &DateTime<Utc>| at.timestamp_millis().to_string();
        let seen_by = self.seen_by.as_ref().map(|who| match who {
            Authority::IncentivesAdmin(mpn_id) => format!("partner {mpn_id}"),
            Authority::UpstreamSource(source) => format!("source {source}"),
            Authority::Reviewer
            | Authority::Operator
            | Authority::Observer
            | Authority::UsageDataService => "all".to_owned(),
        });
        let parts = [
            self.status.map(|status| status.to_string()),
            self.mpn_id.as_ref().map(MpnId::to_string),
            self.source.as_ref().map(Source::to_string),
            self.tenant_id.map(|id| id.to_string()),
            self.idempotency_key.as_ref().map(|key| key.as_str().to_owned()),
            self.item.as_ref().map(ItemKey::to_string),
            self.mail.as_ref().map(|mail| folded(mail.as_str())),
            self.closing_after.as_ref().map(ms),
            self.closing_before.as_ref().map(ms),
            self.name_prefix.as_ref().map(|prefix| prefix.as_str().to_owned()),
            self.domain_prefix.as_ref().map(|prefix| prefix.as_str().to_owned()),
            seen_by,
        ];
        // What is not given differs from what is given and empty.
        parts.into_iter().map(|part| part.map_or_else(String::new, |p| format!("={p}"))).collect()
    }
}
