//! Who is calling, and whose claims it sees.

use crate::access::Role;
use crate::claim::identity::{MpnId, Source};
use crate::claim::state::EndReason;
use crate::claim::{Finding, Submission};

/// What the source of a partner's own people begins with; the partner's id follows.
pub const PARTNER_SOURCE: &str = "mpn-";

/// Who sent a request, as its credential says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// How histories and logs name the caller: `key:<prefix>` or `oidc:<subject>`.
    pub name: String,
    /// What it may do, and for whom.
    pub authority: Authority,
}

/// A role with the partner or source it is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// See [`Role::IncentivesAdmin`]: the claims of this partner only.
    IncentivesAdmin(MpnId),
    /// See [`Role::UpstreamSource`]: the claims of this source only.
    UpstreamSource(Source),
    /// See [`Role::Reviewer`].
    Reviewer,
    /// See [`Role::Operator`].
    Operator,
    /// See [`Role::UsageDataService`].
    UsageDataService,
}

impl Authority {
    /// The role alone.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::IncentivesAdmin(_) => Role::IncentivesAdmin,
            Self::UpstreamSource(_) => Role::UpstreamSource,
            Self::Reviewer => Role::Reviewer,
            Self::Operator => Role::Operator,
            Self::UsageDataService => Role::UsageDataService,
        }
    }

    /// Whether claims of this partner that came by this source are there for the caller at all.
    #[must_use]
    pub fn sees(&self, mpn_id: &MpnId, source: &Source) -> bool {
        match self {
            Self::IncentivesAdmin(own) => own == mpn_id,
            Self::UpstreamSource(own) => own == source,
            Self::Reviewer | Self::Operator | Self::UsageDataService => true,
        }
    }

    /// Why the caller may not submit this in its own name, if so.
    ///
    /// A source submits under its own name. A partner's people submit for their own partner, under
    /// a source that no upstream system can have, so that no key of theirs is ever anybody else's.
    #[must_use]
    pub fn refuses_submission(&self, submission: &Submission) -> Option<Finding> {
        let source = submission.source.as_str();
        match self {
            Self::UpstreamSource(own) if own.as_str() == source => None,
            Self::UpstreamSource(own) => Some(Finding::new(
                "source",
                "source_not_yours",
                format!("This credential submits for the source `{own}` only."),
            )),
            Self::IncentivesAdmin(own) if *own != submission.partner.mpn_id => Some(Finding::new(
                "partner.mpn_id",
                "partner_not_yours",
                format!("This credential submits for the partner {own} only."),
            )),
            Self::IncentivesAdmin(own) if source == format!("{PARTNER_SOURCE}{own}") => None,
            Self::IncentivesAdmin(own) => Some(Finding::new(
                "source",
                "source_not_yours",
                format!("People of partner {own} submit under the source `{PARTNER_SOURCE}{own}`."),
            )),
            Self::Reviewer | Self::Operator | Self::UsageDataService => Some(Finding::new(
                Finding::WHOLE,
                "role_does_not_submit",
                format!("The role `{}` does not submit claims.", self.role()),
            )),
        }
    }

    /// Why the caller may not end an association for this reason, if so. Partners give up what is
    /// theirs; the other reasons are somebody else's to give.
    #[must_use]
    pub fn refuses_end(&self, reason: &EndReason) -> Option<Finding> {
        let own = matches!(reason, EndReason::PartnerWithdrew);
        (self.role() != Role::Reviewer && !own).then(|| {
            Finding::new(
                "reason",
                "reason_not_yours",
                "A partner ends its association with the reason `partner_withdrew`.",
            )
        })
    }

    /// Whether names and addresses of people are shown to the caller.
    #[must_use]
    pub const fn sees_personal_data(&self) -> bool {
        match self {
            Self::IncentivesAdmin(_) | Self::UpstreamSource(_) | Self::Reviewer => true,
            Self::Operator | Self::UsageDataService => false,
        }
    }
}
