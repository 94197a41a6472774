//! The customer's own choice between the partners of a contest, where a deployment asks for it.
//! Silence decides nothing: a reviewer then decides as without it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::identity::{ClaimId, Comment, MpnId};

/// How often a customer can choose anew in one contest.
pub const CHOICES_MAX: u32 = 20;

/// What the customer's choice counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerSay {
    /// The customer is not asked.
    #[default]
    Off,
    /// The reviewer reads it.
    Advises,
    /// The choice of a partner decides the contest at once.
    Decides,
}

impl CustomerSay {
    /// Whether the customer is not asked.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }

    /// What the choice counts for, where the customer is asked: the name that templates rely on.
    #[must_use]
    pub const fn asked_for(self) -> Option<&'static str> {
        match self {
            Self::Off => None,
            Self::Advises => Some("advises"),
            Self::Decides => Some("decides"),
        }
    }
}

/// Whom a customer chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The partner of the contested claim.
    Challenger,
    /// Who has the items.
    Incumbent,
    /// Neither of them, or the customer does not know.
    Neither,
}

impl Choice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Challenger, Self::Incumbent, Self::Neither];

    /// The name that scripts and forms rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Challenger => "challenger",
            Self::Incumbent => "incumbent",
            Self::Neither => "neither",
        }
    }

    /// Whether it is for the contested claim; nothing when it is for nobody.
    #[must_use]
    pub const fn is_for_the_claim(self) -> Option<bool> {
        match self {
            Self::Challenger => Some(true),
            Self::Incumbent => Some(false),
            Self::Neither => None,
        }
    }

    /// The choice that decided a contest for this reason.
    #[must_use]
    pub fn of_reason(reason: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.reason() == Some(reason))
    }

    /// Why a contest is decided by it, for both sides; nothing when it decides nothing.
    #[must_use]
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Challenger => Some("The customer chose the partner that claims the items anew."),
            Self::Incumbent => Some("The customer chose the partner that has the items."),
            Self::Neither => None,
        }
    }
}

/// What a customer has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Whom.
    pub choice: Choice,
    /// In the customer's words, for the reviewer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<Comment>,
    /// When.
    pub at: DateTime<Utc>,
    /// How often the customer has chosen in this contest.
    pub times: u32,
}

/// A contest about which the customer is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerChoice {
    /// The event that brought the contest; a link is good for one contest.
    pub contest: u64,
    /// What the choice counts for.
    pub say: CustomerSay,
    /// When the customer is to be asked; nothing once it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ask_at: Option<DateTime<Utc>>,
    /// Its contact could not be reached.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub unreached: bool,
    /// What it has chosen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub chosen: Option<Chosen>,
}

impl CustomerChoice {
    /// The contest that this event has brought; the customer is to be asked at once.
    #[must_use]
    pub const fn begun(contest: u64, say: CustomerSay, at: DateTime<Utc>) -> Self {
        Self { contest, say, ask_at: Some(at), unreached: false, chosen: None }
    }
}

/// A partner that has contested items, as the customer was told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incumbent {
    /// Its claim.
    pub claim_id: ClaimId,
    /// Its location.
    pub mpn_id: MpnId,
    /// The domain of its contact, by which a customer knows it; a claim names no company.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub domain: Option<String>,
}
