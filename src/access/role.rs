//! The roles (`reliability.md`, section 6).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of caller a credential belongs to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works on the claims of one partner.
    IncentivesAdmin,
    /// A system that submits claims under one source.
    UpstreamSource,
    /// Decides contests and ends associations; sees everything.
    Reviewer,
    /// Looks after queues: no personal data, no decisions.
    Operator,
    /// Looks at what an operator looks at, and changes nothing.
    Observer,
    /// Holds the usage data and asks who may see it.
    UsageDataService,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::IncentivesAdmin,
        Self::UpstreamSource,
        Self::Reviewer,
        Self::Operator,
        Self::Observer,
        Self::UsageDataService,
    ];

    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IncentivesAdmin => "incentives_admin",
            Self::UpstreamSource => "upstream_source",
            Self::Reviewer => "reviewer",
            Self::Operator => "operator",
            Self::Observer => "observer",
            Self::UsageDataService => "usage_data_service",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is not the name of a role.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a role; the roles are {names}",
    names = Role::ALL.map(Role::as_str).join(", ")
)]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}
