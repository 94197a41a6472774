//! Subscriptions and the inbox as programs see them, on the command line and through the API.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::Status;
use crate::notifications::{
    Delivery, DeliveryName, Kind, Standing, Subscription, SubscriptionId, language_tag,
};

/// A subscription as programs see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Subscription")]
pub struct SubscriptionView {
    /// Its id.
    #[schemars(with = "uuid::Uuid")]
    pub id: SubscriptionId,
    /// The MPN ID of the partner whose claims it is told of.
    pub partner: String,
    /// The address.
    pub email: String,
    /// The language of its mails.
    pub language: String,
    /// What it is told.
    pub kinds: Vec<Kind>,
    /// At once, or in one mail a day.
    pub delivery: DeliveryName,
    /// The hour of the day at which that mail is sent.
    pub hour: Option<u8>,
    /// On whose clocks.
    pub time_zone: Option<String>,
    /// `unconfirmed` (nothing is sent until somebody who reads the address has confirmed it),
    /// `active`, `suspended` (its mail was refused for good) or `left` (whoever reads it does not
    /// want it any more).
    pub standing: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why it is suspended.
    pub reason: Option<String>,
    /// When its address was asked for confirmation for the last time.
    pub asked_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl From<&Subscription> for SubscriptionView {
    fn from(subscription: &Subscription) -> Self {
        let (hour, time_zone) = match &subscription.delivery {
            Delivery::AtOnce => (None, None),
            Delivery::Daily { hour, time_zone } => (Some(*hour), Some(time_zone.name().to_owned())),
        };
        let reason = match &subscription.standing {
            Standing::Suspended { reason } => Some(reason.clone()),
            Standing::Unconfirmed | Standing::Active | Standing::Left => None,
        };
        Self {
            id: subscription.id,
            partner: subscription.mpn_id.to_string(),
            email: subscription.email.as_str().to_owned(),
            language: language_tag(subscription.language).to_owned(),
            kinds: subscription.kinds.iter().copied().collect(),
            delivery: subscription.delivery.name(),
            hour,
            time_zone,
            standing: subscription.standing.as_str().to_owned(),
            since: subscription.since,
            reason,
            asked_at: subscription.asked_at,
            created_at: subscription.created_at,
        }
    }
}

/// An entry of an inbox as programs see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Notification")]
pub struct NotificationView {
    /// Names the entry, and the place after it: `since` and `before` take it.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What it is to a partner's people.
    pub kind: Kind,
    /// The name of the event, or `subscription_suspended`.
    pub event: String,
    /// What happened, in a sentence.
    pub text: String,
    /// The claim.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub claim_id: Option<String>,
    /// Which of the claim's events.
    pub revision: Option<u64>,
    /// The partner's own name for the claim, while the claim is kept here.
    pub claim_name: Option<String>,
    /// The customer's domain, while the claim is kept here.
    pub customer_domain: Option<String>,
    /// Where the claim stands now.
    pub status: Option<Status>,
    /// Until when the partner has to answer, or the customer may.
    pub due_at: Option<DateTime<Utc>>,
    /// The subscription that was suspended.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub subscription_id: Option<String>,
}
