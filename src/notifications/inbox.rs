//! What is in a partner's inbox: which events concern its people, without anybody's words or name.
//!
//! An entry is a few ids in a sorted set, written by the commit of its event. What it says to a
//! person is put together when somebody looks, from the claim as it is then.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::claim::ClaimId;
use crate::notifications::{Kind, SubscriptionId};

/// What an entry of an inbox is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// An event of one of the partner's claims.
    Event {
        /// The claim.
        claim_id: ClaimId,
        /// Which of its events, from 1.
        revision: u64,
        /// What it is to the partner's people.
        kind: Kind,
        /// The event's name.
        event: String,
    },
    /// A subscription is sent nothing any more, because its address refuses mail.
    Suspended {
        /// The subscription.
        subscription_id: SubscriptionId,
    },
}

impl About {
    /// What it is to the partner's people.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Event { kind, .. } => *kind,
            Self::Suspended { .. } => Kind::NeedsAction,
        }
    }

    /// The name of the event, or of what happened instead of one.
    #[must_use]
    pub fn event(&self) -> &str {
        match self {
            Self::Event { event, .. } => event,
            Self::Suspended { .. } => SUSPENDED,
        }
    }
}

/// What happened when a subscription was suspended.
pub const SUSPENDED: &str = "subscription_suspended";

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event { claim_id, revision, kind, event } => {
                // Zeros keep the entries of one claim in their order.
                write!(f, "{claim_id}:{revision:09}:{kind}:{event}")
            }
            Self::Suspended { subscription_id } => write!(f, "{subscription_id}:{SUSPENDED}"),
        }
    }
}

/// The text is not an entry that this version writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an entry of an inbox")]
pub struct NotAnEntry;

impl FromStr for About {
    type Err = NotAnEntry;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(':').collect();
        let read = || match parts.as_slice() {
            [claim_id, revision, kind, event] => Some(Self::Event {
                claim_id: ClaimId::parse(claim_id).ok()?,
                revision: revision.parse().ok()?,
                kind: kind.parse().ok()?,
                event: (*event).to_owned(),
            }),
            [id, event] if *event == SUSPENDED => {
                Some(Self::Suspended { subscription_id: SubscriptionId::parse(id)? })
            }
            _ => None,
        };
        read().ok_or(NotAnEntry)
    }
}

/// An entry of an inbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// When it happened, on the deployment's clock.
    pub at: DateTime<Utc>,
    /// What.
    pub about: About,
}

/// A place between entries: everything up to an entry, that one included. For others it is an
/// opaque text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(Entry);

impl From<&Entry> for Cursor {
    fn from(entry: &Entry) -> Self {
        Self(entry.clone())
    }
}

impl Cursor {
    /// The moment of its entry.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Whether an entry comes before the place and is not its entry.
    #[must_use]
    pub fn is_after(&self, entry: &Entry) -> bool {
        *entry < self.0
    }

    /// Whether an entry comes after the place.
    #[must_use]
    pub fn is_before(&self, entry: &Entry) -> bool {
        *entry > self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.0.at.timestamp_millis(), self.0.about)
    }
}

impl FromStr for Cursor {
    type Err = NotAnEntry;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, about) = text.split_once('~').ok_or(NotAnEntry)?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_millis).ok_or(NotAnEntry)?;
        Ok(Self(Entry { at, about: about.parse()? }))
    }
}
