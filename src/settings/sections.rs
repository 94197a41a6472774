//! The sections of the settings, one type each; `config/default.toml` says what every key means.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::access::{AccessSettings, IntakeSettings};
use crate::calendar::{BusinessDays, HalfDays};
use crate::claim::choice::CustomerSay;
use crate::claim::review_policy::ReviewShare;
use crate::directory::DirectorySettings;
use crate::drafts::DraftSettings;
use crate::mail::{MailSettings, Mailbox};
use crate::notifications::NotificationSettings;
use crate::proofs::DocumentSettings;
use crate::secrets::{Secret, SecretSettings};
use crate::store::meta::ClockMode;
use crate::telemetry::TracingSettings;
use crate::usage::UsageSettings;
use crate::webhook::WebhookSettings;
use crate::worker::SubscriptionSettings;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct Settings {
    pub redis: RedisSettings,
    pub data: DataSettings,
    pub clock: ClockSettings,
    pub window: WindowSettings,
    pub review: ReviewSettings,
    pub calendars: CalendarSettings,
    pub submission: SubmissionSettings,
    pub drafts: DraftSettings,
    pub intake: IntakeSettings,
    pub mail: MailSettings,
    pub directory: DirectorySettings,
    pub agenda: AgendaSettings,
    pub workers: BTreeMap<Job, JobSettings>,
    pub log: LogSettings,
    pub tracing: TracingSettings,
    pub telemetry: TelemetrySettings,
    pub secrets: SecretSettings,
    pub http: HttpSettings,
    pub access: AccessSettings,
    pub webhooks: WebhookSettings,
    pub notifications: NotificationSettings,
    pub sandbox: SandboxSettings,
    pub archive: ArchiveSettings,
    pub usage: UsageSettings,
    pub documents: DocumentSettings,
    pub subscriptions: SubscriptionSettings,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct RedisSettings {
    pub url: String,
    pub namespace: String,
    pub partitions: u16,
    pub allow_unsafe: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct DataSettings {
    pub directory: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct ClockSettings {
    pub mode: ClockMode,
    pub travel_allowed: bool,
    pub starts_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct WindowSettings {
    pub business_days: BusinessDays,
    pub half_days: HalfDays,
    pub finalize_grace_seconds: Option<u32>,
    pub reminder_business_days: u32,
    pub answer_business_days: BusinessDays,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct ReviewSettings {
    pub osa_sell: ReviewShare,
    pub osu_business_applications: ReviewShare,
    pub osu_microsoft_365: ReviewShare,
    pub recognition_only: ReviewShare,
    pub four_eyes: bool,
    pub decide_business_days: BusinessDays,
    pub contest_answer_business_days: BusinessDays,
    pub customer_chooses: CustomerSay,
    pub reminder_business_days: u32,
    pub dispute_days: NonZeroU16,
    pub reactivation_days: NonZeroU16,
    #[serde(deserialize_with = "mailbox_or_none")]
    pub address: Option<Mailbox>,
    #[serde(deserialize_with = "mailbox_or_none")]
    pub escalation_address: Option<Mailbox>,
}

/// An empty text is nobody.
fn mailbox_or_none<'de, D: Deserializer<'de>>(text: D) -> Result<Option<Mailbox>, D::Error> {
    match String::deserialize(text)?.as_str() {
        "" => Ok(None),
        address => Mailbox::new(None, address).map(Some).map_err(D::Error::custom),
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct CalendarSettings {
    pub directory: PathBuf,
    pub overrides_directory: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct SubmissionSettings {
    pub catalog_file: PathBuf,
    pub technical_contact_required: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct AgendaSettings {
    pub lease_seconds: u32,
    pub deliveries_max: u32,
    pub feed_max: usize,
    pub shutdown_timeout_seconds: u32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct JobSettings {
    pub concurrency: usize,
    pub attempts_max: u32,
    pub timeout_seconds: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct LogSettings {
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct TelemetrySettings {
    #[serde(deserialize_with = "address_or_none")]
    pub listen: Option<SocketAddr>,
}

/// An empty text is no address.
fn address_or_none<'de, D: Deserializer<'de>>(text: D) -> Result<Option<SocketAddr>, D::Error> {
    match String::deserialize(text)?.as_str() {
        "" => Ok(None),
        address => address.parse().map(Some).map_err(|_| {
            D::Error::custom(format!(
                "`{address}` is not an address with a port, such as 127.0.0.1:9464; empty for none"
            ))
        }),
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct HttpSettings {
    pub listen: SocketAddr,
    pub public_url: String,
    pub body_bytes_max: usize,
    pub header_timeout_seconds: u32,
    pub request_timeout_seconds: u32,
    pub connections_max: usize,
    pub requests_per_second: NonZeroU32,
    pub requests_burst: NonZeroU32,
    pub intake_length_max: usize,
    pub metrics_public: bool,
    pub stalled_seconds: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct ArchiveSettings {
    pub retention_days: u32,
    pub store: String,
    pub s3: S3Settings,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct S3Settings {
    pub endpoint: String,
    pub region: String,
    pub path_style: bool,
    pub access_key_id: Option<Secret>,
    pub secret_access_key: Option<Secret>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct SandboxSettings {
    pub lifetime_minutes: u32,
    pub idle_seconds: u32,
    pub count_max: usize,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}
