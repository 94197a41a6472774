//! Notifications: what a partner's people are told of their claims, and how.
//!
//! Everything that concerns a partner's people is in the partner's inbox, whoever is told of it by
//! mail, so that nothing important is only in a mail. A subscription sends it to an address too,
//! which may be one person's or a group's: at once, or once a day as a digest. Nothing is sent to
//! an address before whoever reads it has confirmed it, and every mail has a way out.
//!
//! How it works: a commit puts what [`kind_of`] finds worth telling into the inbox of the claim's
//! partner; the relay of every worker reads the feed and puts one entry per subscription and event
//! on the agenda, where the handler `send_notification` finds it; the digest is an entry of
//! `tend_subscription` that goes back to the agenda for the next day. [`Notifications`] is what the
//! command line, the API and the pages ask. Nothing here knows Redis.
//!
//! Deliberately not here: the mail to a claim's own contact (`notify_partner`), and webhooks.

mod daily;
mod inbox;
mod kind;
mod reading;
mod registry;
mod view;
mod wish;
mod words;

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::{SendNotification, TendSubscription};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::{Language, Zone};
use crate::claim::identity::{EmailAddress, MpnId};
use crate::claim::{Claim, State};
use crate::link::SubscriptionLink;
use crate::store::feed::{FeedEntry, FeedPosition};

pub use daily::{SETTLED_AFTER, passings};
pub use inbox::{About, Cursor, Entry, NotAnEntry, SUSPENDED};
pub use kind::{Kind, UnknownKind, kind_of};
pub use reading::{Inbox, Read};
pub use registry::{Notifications, NotificationsError};
pub use view::{NotificationView, SubscriptionView};
pub use wish::{DeliveryName, Wish};
pub use words::{kind_name, sentence};

/// How long before its end a window ends soon.
pub const ENDS_SOON: TimeDelta = TimeDelta::days(2);
/// For how long the link in a mail that asks for confirmation is good.
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::days(14);
/// Mails that ask one address for confirmation within a day, whoever wants them sent.
pub const ASKED_PER_DAY_MAX: u64 = 3;

/// The settings under `notifications`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct NotificationSettings {
    pub per_partner_max: usize,
    pub inbox_days: u32,
    pub inbox_max: usize,
}

/// The id of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(Uuid);

impl SubscriptionId {
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

impl From<Uuid> for SubscriptionId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// How an address is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// By a mail of its own for each event.
    AtOnce,
    /// By one mail a day, if there is anything to tell.
    Daily {
        /// The hour of the day, 0 to 23.
        hour: u8,
        /// On the clocks of this zone.
        time_zone: Zone,
    },
}

/// Whether an address is sent anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not yet: whoever reads it has not said that it may be.
    Unconfirmed,
    /// Yes.
    Active,
    /// No longer: a mail server refuses its mail for good.
    Suspended {
        /// Why, in a sentence.
        reason: String,
    },
    /// No longer: whoever reads it does not want it.
    Left,
}

impl Standing {
    /// The name, as the API writes it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Active => "active",
            Self::Suspended { .. } => "suspended",
            Self::Left => "left",
        }
    }
}

/// Where the digests of a subscription are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// What happened before this was told, or was not to be.
    pub until: DateTime<Utc>,
    /// The digest up to here is being sent: the intent before the effect.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sending: Option<DateTime<Utc>>,
}

/// An address that is told what concerns a partner's people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Whose claims it is told of.
    pub mpn_id: MpnId,
    /// A person's or a group's address.
    pub email: EmailAddress,
    /// The language of its mails.
    pub language: Language,
    /// What it is told.
    pub kinds: BTreeSet<Kind>,
    /// How.
    pub delivery: Delivery,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whether it is sent anything.
    pub standing: Standing,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How often its address was asked for confirmation, and when for the last time.
    pub asked: u32,
    /// When it was asked for the last time.
    pub asked_at: DateTime<Utc>,
    /// It is told at once of what comes after this.
    pub from: FeedPosition,
    /// Where its digests are.
    pub digests: Digests,
}

impl Subscription {
    /// Whether the relay has anything to do for it.
    #[must_use]
    pub fn is_told_at_once(&self) -> bool {
        self.standing == Standing::Active && self.delivery == Delivery::AtOnce
    }

    /// Whether an event is one that it is told of.
    #[must_use]
    pub fn wants(&self, entry: &FeedEntry) -> bool {
        entry.mpn_id == self.mpn_id && entry.kind.is_some_and(|kind| self.kinds.contains(&kind))
    }

    /// The notification that tells it of an event.
    #[must_use]
    pub fn notification_of(&self, entry: &FeedEntry) -> SendNotification {
        SendNotification {
            claim_id: entry.claim_id.as_uuid(),
            revision: entry.revision,
            subscription_id: self.id.as_uuid(),
        }
    }

    /// Its digest, or with a number one of the mails that ask for confirmation.
    #[must_use]
    pub const fn tending(&self, asking: Option<u32>) -> TendSubscription {
        TendSubscription { subscription_id: self.id.as_uuid(), asking }
    }

    /// When its next digest falls due after `now`; nothing when it has none.
    #[must_use]
    pub fn next_digest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.delivery {
            Delivery::Daily { hour, time_zone } if self.standing == Standing::Active => {
                Some(passings(*hour, time_zone, now).1 + SETTLED_AFTER)
            }
            Delivery::Daily { .. } | Delivery::AtOnce => None,
        }
    }

    /// What the links in its mails are about.
    #[must_use]
    pub fn link(&self) -> SubscriptionLink {
        SubscriptionLink::new(self.id, &self.email)
    }
}

/// Until when the partner is to answer: what has to be put right, or who else claims its items.
#[must_use]
pub fn answer_by(claim: &Claim) -> Option<DateTime<Utc>> {
    if let State::ActionRequired { answer_by, .. } = &claim.state {
        return Some(*answer_by);
    }
    let contest = claim.file.contests.iter().find(|contest| contest.answer.is_none());
    contest.map(|contest| contest.answer_by)
}

/// From when on a claim's window ends soon, and when it ends; nothing while none is open.
#[must_use]
pub fn ends_soon(claim: &Claim) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let State::Notified { .. } = claim.state else { return None };
    let closes_at = claim.window()?.closes_at();
    Some((closes_at - ENDS_SOON, closes_at))
}

impl Delivery {
    /// The name, as the API and the command line write it.
    #[must_use]
    pub const fn name(&self) -> DeliveryName {
        match self {
            Self::AtOnce => DeliveryName::AtOnce,
            Self::Daily { .. } => DeliveryName::Daily,
        }
    }
}

/// The tag of a language, as the API and the command line write it.
#[must_use]
pub const fn language_tag(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::Turkish => "tr",
    }
}
