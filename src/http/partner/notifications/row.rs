//! Lines of the inbox and of the list of addresses.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::form::Form;
use crate::calendar::{Language, Zone, moment};
use crate::notifications::{
    Kind, NotificationView, Standing, Subscription, SubscriptionId, kind_name,
};

/// An entry of the inbox.
#[derive(Serialize)]
pub(super) struct EntryRow {
    text: String,
    kind: &'static str,
    tone: &'static str,
    at: DateTime<Utc>,
    when: String,
    claim_id: Option<String>,
    claim_name: Option<String>,
    customer_domain: Option<String>,
}

impl EntryRow {
    /// The line of an entry.
    pub fn of(entry: &NotificationView, language: Language) -> Self {
        Self {
            text: entry.text.clone(),
            kind: kind_name(entry.kind, language),
            tone: if entry.kind == Kind::NeedsAction { "warn" } else { "" },
            at: entry.at,
            when: moment(entry.at, &Zone::UTC, language),
            claim_id: entry.claim_id.clone(),
            claim_name: entry.claim_name.clone(),
            customer_domain: entry.customer_domain.clone(),
        }
    }
}

/// An address that is told.
#[derive(Serialize)]
pub(super) struct SubscriptionRow {
    id: SubscriptionId,
    email: String,
    kinds: Vec<&'static str>,
    /// How it stands: a key of words, and a tone.
    standing: &'static str,
    tone: &'static str,
    since: String,
    reason: Option<String>,
    form: Form,
    /// Whether the form was sent and refused.
    is_open: bool,
}

impl SubscriptionRow {
    /// The line of a subscription, with the form as it was `sent` if it was refused.
    pub fn of(subscription: &Subscription, sent: Option<Form>, language: Language) -> Self {
        let (tone, reason) = match &subscription.standing {
            Standing::Active => ("good", None),
            Standing::Unconfirmed => ("warn", None),
            Standing::Suspended { reason } => ("bad", Some(reason.clone())),
            Standing::Left => ("", None),
        };
        Self {
            id: subscription.id,
            email: subscription.email.as_str().to_owned(),
            kinds: subscription.kinds.iter().map(|kind| kind_name(*kind, language)).collect(),
            standing: subscription.standing.as_str(),
            tone,
            since: moment(subscription.since, &Zone::UTC, language),
            reason,
            is_open: sent.is_some(),
            form: sent.unwrap_or_else(|| Form::from(subscription)),
        }
    }
}
