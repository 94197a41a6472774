//! A webhook as programs see it, on the command line and through the API. No secret is in it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::webhook::{Webhook, WebhookOwner};

/// A webhook as programs see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
pub struct WebhookView {
    /// Its id.
    #[schemars(with = "uuid::Uuid")]
    pub id: String,
    /// The MPN ID of the partner whose claims it is told of, if it is a partner's.
    pub partner: Option<String>,
    /// The source whose claims it is told of, if it is a source's.
    pub source: Option<String>,
    /// Where it is told.
    pub url: String,
    /// The names of the events it is told of; null for all.
    pub events: Option<Vec<String>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whether it is told nothing for now.
    pub paused: bool,
    /// Why it is paused.
    pub paused_reason: Option<String>,
    /// Since when it is paused.
    pub paused_since: Option<DateTime<Utc>>,
}

impl From<&Webhook> for WebhookView {
    fn from(webhook: &Webhook) -> Self {
        let (partner, source) = match &webhook.owner {
            WebhookOwner::Partner(mpn_id) => (Some(mpn_id.to_string()), None),
            WebhookOwner::Source(source) => (None, Some(source.to_string())),
        };
        let names = webhook.events.names();
        Self {
            id: webhook.id.to_string(),
            partner,
            source,
            url: webhook.url.clone(),
            events: names.map(|names| names.into_iter().map(str::to_owned).collect()),
            created_at: webhook.created_at,
            paused: webhook.paused.is_some(),
            paused_reason: webhook.paused.as_ref().map(|pause| pause.reason.clone()),
            paused_since: webhook.paused.as_ref().map(|pause| pause.since),
        }
    }
}
