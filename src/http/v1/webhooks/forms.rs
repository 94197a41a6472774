//! What requests about webhooks take and give.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::webhook::{Attempted, WebhookView};

/// The webhook in a path.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct WebhookPath {
    /// The webhook's id.
    #[schemars(with = "Uuid")]
    pub webhook_id: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateWebhook")]
pub struct Create {
    /// Where to send: https, no user name, no private network.
    #[schemars(length(min = 1, max = 2000))]
    pub url: String,
    /// Names of events, such as `association_finalized`; all of them unless given.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub events: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PauseWebhook")]
pub struct PauseRequest {
    /// Why, 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    pub reason: String,
}

/// Exactly one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReplayWebhook")]
pub struct ReplayRequest {
    /// Everything from this instant on, as far as it is kept.
    pub since: Option<DateTime<Utc>>,
    /// One delivery, by its id.
    pub delivery_id: Option<String>,
}

/// What is being sent again.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Replayed")]
pub struct ReplayView {
    /// How many deliveries are on their way.
    pub deliveries: u64,
    /// Whether there may have been more that is not kept any more.
    pub incomplete: bool,
}

/// A new webhook.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CreatedWebhook")]
pub struct Created {
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// What deliveries are verified with: `whsec_` and base64.
    pub secret: String,
}

/// The secret of a webhook.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookSecret")]
pub struct SecretView {
    /// What deliveries are verified with: `whsec_` and base64.
    pub secret: String,
}

/// All webhooks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookList")]
pub struct List {
    /// The webhooks, oldest first.
    pub webhooks: Vec<WebhookView>,
}

/// A webhook and how it fares.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookDetails")]
pub struct Shown {
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// Events that it was not told of in its present or latest pause.
    pub missed: u64,
    /// The latest attempts, newest first.
    pub deliveries: Vec<Attempted>,
}
