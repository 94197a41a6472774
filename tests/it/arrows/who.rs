//! Who asks, and who of them is admitted.

use axum::http::Method;
use cpor::access::{Authority, Role};
use cpor::claim::identity::{MpnId, Source};
use cpor::http::route::Route;

/// Somebody with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// One of the people of the claim's partner.
    Partner,
    /// One of another partner's.
    Rival,
    /// The source that submitted the claim.
    Source,
    /// Another one.
    OtherSource,
    Reviewer,
    /// Another one.
    OtherReviewer,
    Operator,
    Observer,
    UsageDataService,
}

impl Who {
    pub const ALL: [Self; 9] = [
        Self::Partner,
        Self::Rival,
        Self::Source,
        Self::OtherSource,
        Self::Reviewer,
        Self::OtherReviewer,
        Self::Operator,
        Self::Observer,
        Self::UsageDataService,
    ];

    pub fn authority(self) -> Authority {
        let partner = |mpn_id| Authority::IncentivesAdmin(MpnId::parse(mpn_id).unwrap());
        let source = |name| Authority::UpstreamSource(Source::parse(name).unwrap());
        match self {
            Self::Partner => partner("1234567"),
            Self::Rival => partner("7654321"),
            Self::Source => source("testkit"),
            Self::OtherSource => source("another"),
            Self::Reviewer | Self::OtherReviewer => Authority::Reviewer,
            Self::Operator => Authority::Operator,
            Self::Observer => Authority::Observer,
            Self::UsageDataService => Authority::UsageDataService,
        }
    }

    pub fn role(self) -> Role {
        self.authority().role()
    }

    /// What somebody is answered with who may not post to this path of a claim; nothing for who
    /// may.
    pub fn refused(self, path: &str) -> Option<u16> {
        let is_stranger = matches!(self, Self::Rival | Self::OtherSource);
        if !route(path).admits(Some(self.role())) {
            return Some(403);
        }
        // Where there is no claim yet, there is none to be another's.
        (is_stranger && path.contains("{claim_id}")).then_some(404)
    }
}

/// The route that takes what is posted to this path.
pub fn route(path: &str) -> Route {
    let takes = |route: &Route| route.path == path && route.method == Method::POST;
    cpor::http::routes().into_iter().find(takes).unwrap_or_else(|| panic!("no route {path}"))
}
