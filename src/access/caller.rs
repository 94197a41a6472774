//! Who is calling, and whose claims it sees.

use serde::{Deserialize, Serialize};

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

/// A role with the partner or source it is limited to; written as `role` and `scope`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", content = "scope", rename_all = "snake_case")]
pub enum Authority {
    /// See [`Role::IncentivesAdmin`]: the claims of this partner only.
    IncentivesAdmin(MpnId),
    /// See [`Role::UpstreamSource`]: the claims of this source only.
    UpstreamSource(Source),
    /// See [`Role::Reviewer`].
    Reviewer,
    /// See [`Role::Operator`].
    Operator,
    /// See [`Role::Observer`].
    Observer,
    /// See [`Role::UsageDataService`].
    UsageDataService,
}

impl Authority {
    /// The authority of a role over the partner or source it is limited to.
    ///
    /// # Errors
    ///
    /// When what the role is limited to is missing, or there is something it is not limited to.
    pub fn new(
        role: Role,
        mpn_id: Option<MpnId>,
        source: Option<Source>,
    ) -> Result<Self, WrongScope> {
        match (role, mpn_id, source) {
            (Role::IncentivesAdmin, Some(mpn_id), None) => Ok(Self::IncentivesAdmin(mpn_id)),
            (Role::UpstreamSource, None, Some(source)) if is_partner_source(&source) => {
                Err(WrongScope::PartnerSource(source))
            }
            (Role::UpstreamSource, None, Some(source)) => Ok(Self::UpstreamSource(source)),
            (Role::Reviewer, None, None) => Ok(Self::Reviewer),
            (Role::Operator, None, None) => Ok(Self::Operator),
            (Role::Observer, None, None) => Ok(Self::Observer),
            (Role::UsageDataService, None, None) => Ok(Self::UsageDataService),
            (role, _, _) => Err(WrongScope::Role(role)),
        }
    }

    /// The partner or source that the role is limited to.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        match self {
            Self::IncentivesAdmin(mpn_id) => Some(mpn_id.as_str()),
            Self::UpstreamSource(source) => Some(source.as_str()),
            Self::Reviewer | Self::Operator | Self::Observer | Self::UsageDataService => None,
        }
    }

    /// The partner location whose people it is about.
    #[must_use]
    pub const fn mpn_id(&self) -> Option<&MpnId> {
        match self {
            Self::IncentivesAdmin(mpn_id) => Some(mpn_id),
            Self::UpstreamSource(_)
            | Self::Reviewer
            | Self::Operator
            | Self::Observer
            | Self::UsageDataService => None,
        }
    }

    /// The role alone.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::IncentivesAdmin(_) => Role::IncentivesAdmin,
            Self::UpstreamSource(_) => Role::UpstreamSource,
            Self::Reviewer => Role::Reviewer,
            Self::Operator => Role::Operator,
            Self::Observer => Role::Observer,
            Self::UsageDataService => Role::UsageDataService,
        }
    }

    /// Whether claims of this partner that came by this source are there for the caller at all.
    #[must_use]
    pub fn sees(&self, mpn_id: &MpnId, source: &Source) -> bool {
        match self {
            Self::IncentivesAdmin(own) => own == mpn_id,
            Self::UpstreamSource(own) => own == source,
            Self::Reviewer | Self::Operator | Self::Observer | Self::UsageDataService => true,
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
            Self::Reviewer | Self::Operator | Self::Observer | Self::UsageDataService => {
                Some(Finding::new(
                    Finding::WHOLE,
                    "role_does_not_submit",
                    format!("The role `{}` does not submit claims.", self.role()),
                ))
            }
        }
    }

    /// Why the caller may not end an association for this reason, if so. Partners give up what is
    /// theirs. An arbitration and a rejection in time end associations themselves: nobody says
    /// that of one which did not happen.
    #[must_use]
    pub fn refuses_end(&self, reason: &EndReason) -> Option<Finding> {
        let is_reviewer = self.role() == Role::Reviewer;
        let may = match reason {
            EndReason::PartnerWithdrew => true,
            EndReason::CustomerWithdrew | EndReason::SubscriptionEnded => is_reviewer,
            EndReason::Superseded | EndReason::RejectedInTime => false,
        };
        let message = if is_reviewer {
            "A reviewer ends an association with the reason `customer_withdrew`, \
             `partner_withdrew` or `subscription_ended`."
        } else {
            "A partner ends its association with the reason `partner_withdrew`."
        };
        (!may).then(|| Finding::new("reason", "reason_not_yours", message))
    }

    /// Whether the caller sees which claims of others stand in the way of a claim.
    #[must_use]
    pub const fn sees_rivals(&self) -> bool {
        match self {
            Self::Reviewer | Self::Operator | Self::Observer => true,
            Self::IncentivesAdmin(_) | Self::UpstreamSource(_) | Self::UsageDataService => false,
        }
    }

    /// Whether names and addresses of people are shown to the caller.
    #[must_use]
    pub const fn sees_personal_data(&self) -> bool {
        match self {
            Self::IncentivesAdmin(_) | Self::UpstreamSource(_) | Self::Reviewer => true,
            Self::Operator | Self::Observer | Self::UsageDataService => false,
        }
    }
}

/// Whether this is the source of a partner's own people, under which no upstream system submits:
/// it could take their keys.
#[must_use]
pub fn is_partner_source(source: &Source) -> bool {
    source.as_str().starts_with(PARTNER_SOURCE)
}

/// The role does not go with the partner or source given, or with none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongScope {
    /// Too much was given, or too little.
    #[error(
        "the role {0} does not fit: incentives_admin takes exactly a partner, upstream_source \
         exactly a source, and every other role takes neither"
    )]
    Role(Role),
    /// The source is not an upstream system's.
    #[error(
        "the source `{0}` does not fit: sources that begin with `{PARTNER_SOURCE}` are for \
         partners' own people, who get the role incentives_admin"
    )]
    PartnerSource(Source),
}
