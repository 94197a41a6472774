//! Webhooks: addresses of others that are told of events as they happen.
//!
//! A webhook belongs to a partner or to a source and is told of the events of their claims and of
//! nobody else's. What is told carries no personal data, is signed the way of Standard Webhooks
//! (<https://www.standardwebhooks.com>), and is repeated for three days until the receiver says
//! that it has it: at least once, always under the same id.
//!
//! How it works: the relay of every worker reads the feed and puts one entry per webhook and event
//! on the agenda; the handler `deliver_webhook` hands it to the [`Courier`]. [`Webhooks`] is what
//! the command line and the API ask. Nothing here knows Redis.

mod courier;
mod event_filter;
mod lanes;
mod payload;
mod registry;
mod signature;
mod view;

use std::fmt;

use chrono::{DateTime, Utc};
use cpor_jobs::DeliverWebhook;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::Authority;
use crate::claim::identity::{MpnId, Source};
use crate::store::feed::{FeedEntry, FeedPosition};

pub use courier::{Answer, Courier, Reply};
pub use event_filter::{EventFilter, UnknownEvent};
pub use lanes::Pass;
pub use payload::payload;
pub use registry::{Replay, Replayed, WebhookError, Webhooks};
pub use signature::signature;
pub use view::WebhookView;

/// The settings under `webhooks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct WebhookSettings {
    pub allow_loopback_http: bool,
    pub timeout_seconds: u32,
    pub deliveries_at_once: u32,
    pub per_owner_max: usize,
}

/// The id of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookId(Uuid);

impl WebhookId {
    /// A new id.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads an id in the hyphenated form, in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
        Uuid::try_parse(text).ok().filter(|_| hyphenated).map(Self)
    }

    /// The id as a plain UUID, as the jobs carry it.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for WebhookId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// Whose claims a webhook is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookOwner {
    /// The claims of this partner, whoever submitted them.
    Partner(MpnId),
    /// The claims that this source submitted, whatever their partner.
    Source(Source),
}

impl WebhookOwner {
    /// Whether a claim of this partner and source is one of the owner's.
    #[must_use]
    pub fn has(&self, mpn_id: &MpnId, source: &Source) -> bool {
        match self {
            Self::Partner(own) => own == mpn_id,
            Self::Source(own) => own == source,
        }
    }

    /// Whether the owner's webhooks are there for a caller of this authority at all.
    #[must_use]
    pub fn seen_by(&self, authority: &Authority) -> bool {
        match (authority, self) {
            (Authority::IncentivesAdmin(mpn_id), Self::Partner(own)) => own == mpn_id,
            (Authority::UpstreamSource(source), Self::Source(own)) => own == source,
            (Authority::IncentivesAdmin(_), Self::Source(_))
            | (Authority::UpstreamSource(_), Self::Partner(_))
            | (Authority::UsageDataService, _) => false,
            (Authority::Reviewer | Authority::Operator | Authority::Observer, _) => true,
        }
    }

    /// The owner that a caller of this authority makes webhooks for; nothing for those who have no
    /// claims of their own.
    #[must_use]
    pub fn of(authority: &Authority) -> Option<Self> {
        match authority {
            Authority::IncentivesAdmin(mpn_id) => Some(Self::Partner(mpn_id.clone())),
            Authority::UpstreamSource(source) => Some(Self::Source(source.clone())),
            Authority::Reviewer
            | Authority::Operator
            | Authority::Observer
            | Authority::UsageDataService => None,
        }
    }
}

impl fmt::Display for WebhookOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partner(mpn_id) => write!(f, "partner {mpn_id}"),
            Self::Source(source) => write!(f, "source {source}"),
        }
    }
}

/// Why and since when a webhook is told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pause {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why, in a sentence.
    pub reason: String,
}

/// An address that is told of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose claims it is told of.
    pub owner: WebhookOwner,
    /// Where it is told; checked when it is made, and again with every delivery.
    pub url: String,
    /// What it is told of.
    pub events: EventFilter,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// It is told of what comes after this.
    pub from: FeedPosition,
    /// While it is paused it is told nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub paused: Option<Pause>,
}

impl Webhook {
    /// Whether an event is one that the webhook is told of, whenever it happened.
    #[must_use]
    pub fn wants(&self, entry: &FeedEntry) -> bool {
        self.owner.has(&entry.mpn_id, &entry.source) && self.events.admits(&entry.event)
    }

    /// The delivery that tells the webhook of an event.
    #[must_use]
    pub fn delivery_of(&self, entry: &FeedEntry) -> DeliverWebhook {
        DeliverWebhook {
            claim_id: entry.claim_id.as_uuid(),
            revision: entry.revision,
            webhook_id: self.id.as_uuid(),
        }
    }
}

/// What came of one attempt to tell a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempted {
    /// The id of the delivery, the same for every attempt.
    pub delivery_id: String,
    /// The name of the event.
    pub event: String,
    /// When it was tried.
    pub at: DateTime<Utc>,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// Whether the receiver has it now.
    pub delivered: bool,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it was not delivered.
    pub error: Option<String>,
}
