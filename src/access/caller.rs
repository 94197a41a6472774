//! Who is calling, and whose claims it sees.

use crate::access::Role;
use crate::claim::identity::{MpnId, Source};

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

    /// Whether names and addresses of people are shown to the caller.
    #[must_use]
    pub const fn sees_personal_data(&self) -> bool {
        match self {
            Self::IncentivesAdmin(_) | Self::UpstreamSource(_) | Self::Reviewer => true,
            Self::Operator | Self::UsageDataService => false,
        }
    }
}
