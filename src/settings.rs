//! Settings: layered sources, parsed once into types.
//!
//! `config/default.toml` is built in and names every key; nothing here has a default of its own.
//! A value that does not fit, or a key that does not exist, stops the start and names itself.

mod in_force;
mod limits;
mod sections;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use config::{Config, ConfigError, Environment, File, FileFormat};

use crate::mail::Transport;
use crate::store::keys::PARTITIONS_MAX;
use crate::store::meta::ClockMode;
pub use in_force::in_force;
pub use sections::{
    AgendaSettings, ArchiveSettings, CalendarSettings, ClockSettings, DataSettings, HttpSettings,
    JobSettings, LogFormat, LogSettings, RedisSettings, ReviewSettings, S3Settings,
    SandboxSettings, Settings, SubmissionSettings, TelemetrySettings, WindowSettings,
};

const DEFAULTS: &str = include_str!("../config/default.toml");
const PROFILES: [(&str, &str); 2] = [
    ("development", include_str!("../config/development.toml")),
    ("production", include_str!("../config/production.toml")),
];
/// Environment variables of ours that are not settings.
const NOT_SETTINGS: [&str; 4] =
    ["CPOR_PROFILE", "CPOR_CONFIG", "CPOR_SOURCE_KEY", "CPOR_TEST_SEED"];
/// Grace after the end of a window on the system clock: more than any skew and request time.
const SYSTEM_GRACE_SECONDS: u32 = 30;

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A source cannot be read, a key is unknown, or a value does not fit.
    #[error("the settings cannot be used: {0}")]
    Unusable(#[from] ConfigError),
    /// The profile has no file.
    #[error(
        "there is no profile `{0}`: neither built in (development, production) nor as \
         config/{0}.toml"
    )]
    UnknownProfile(String),
    /// An environment variable looks like a setting and is none.
    #[error(
        "the environment variable {0} is not a setting; write CPOR_<SECTION>__<KEY>, with two \
         underscores between section and key"
    )]
    UnknownVariable(String),
    /// A value is out of range.
    #[error("the setting {key} {problem}")]
    OutOfRange {
        /// The key.
        key: String,
        /// What is wrong and what to do.
        problem: String,
    },
}

/// One value in force, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Setting {
    /// The key, with dots.
    pub key: String,
    /// The value; secrets are masked.
    pub value: String,
    /// The file or environment variable that set it.
    pub origin: String,
}

impl Settings {
    /// Reads all sources; `profile` and `file` as given by environment or command line.
    ///
    /// # Errors
    ///
    /// When a source cannot be read, a key is unknown, or a value does not fit.
    pub fn load(profile: &str, file: Option<&Path>) -> Result<Self, SettingsError> {
        let settings: Self = layers(profile, file)?.try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }

    /// The built-in defaults with `overrides`, for tests and embedding.
    ///
    /// # Errors
    ///
    /// When an override does not fit.
    pub fn built_in(overrides: &[(&str, &str)]) -> Result<Self, SettingsError> {
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        for (key, value) in overrides {
            builder = builder.set_override(*key, *value)?;
        }
        let settings: Self = builder.build()?.try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let out_of_range = |key: &str, problem: &str| {
            Err(SettingsError::OutOfRange { key: key.to_owned(), problem: problem.to_owned() })
        };
        if !(1..=PARTITIONS_MAX).contains(&self.redis.partitions) {
            return out_of_range("redis.partitions", "must be 1 to 4096");
        }
        let namespace = &self.redis.namespace;
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if namespace.is_empty() || namespace.len() > 64 || !namespace.chars().all(fits) {
            return out_of_range(
                "redis.namespace",
                "must be 1 to 64 letters, digits, dots, hyphens or underscores",
            );
        }
        if self.clock.mode == ClockMode::Virtual && !self.clock.travel_allowed {
            return out_of_range(
                "clock.mode",
                "is \"virtual\", and this deployment may not travel in time \
                 (clock.travel_allowed = false, as in the production profile); set it to \
                 \"system\", or test under another profile and namespace",
            );
        }
        if self.agenda.lease_seconds == 0 {
            return out_of_range("agenda.lease_seconds", "must be at least 1");
        }
        if self.agenda.deliveries_max == 0 {
            return out_of_range("agenda.deliveries_max", "must be at least 1");
        }
        let sandbox = &self.sandbox;
        if sandbox.lifetime_minutes == 0 || sandbox.idle_seconds == 0 || sandbox.count_max == 0 {
            let problem = "needs lifetime_minutes, idle_seconds and count_max above 0";
            return out_of_range("sandbox", problem);
        }
        if self.drafts.retention_days == 0 || self.drafts.per_partner_max == 0 {
            return out_of_range("drafts", "needs retention_days and per_partner_max above 0");
        }
        let webhooks = &self.webhooks;
        if webhooks.timeout_seconds == 0 || webhooks.deliveries_at_once == 0 {
            let problem = "needs timeout_seconds and deliveries_at_once above 0";
            return out_of_range("webhooks", problem);
        }
        let notifications = &self.notifications;
        if notifications.inbox_days == 0 || notifications.inbox_max == 0 {
            return out_of_range("notifications", "needs inbox_days and inbox_max above 0");
        }
        if let Some((key, problem)) = self.section_problem() {
            return out_of_range(key, problem);
        }
        for (job, settings) in &self.workers {
            if !(1..=10_000).contains(&settings.concurrency) {
                return out_of_range(&format!("workers.{job}.concurrency"), "must be 1 to 10000");
            }
            if settings.attempts_max == 0 || settings.timeout_seconds == 0 {
                let key = format!("workers.{job}");
                return out_of_range(&key, "needs attempts_max and timeout_seconds above 0");
            }
        }
        Ok(())
    }

    /// What is wrong within a section, where sections look themselves.
    fn section_problem(&self) -> Option<(&'static str, &'static str)> {
        let (usage, subscriptions) = (&self.usage, &self.subscriptions);
        self.tracing.problem().or_else(|| usage.problem()).or_else(|| subscriptions.problem())
    }

    /// How long after its end a window is finalized.
    #[must_use]
    pub fn finalize_grace(&self) -> TimeDelta {
        let seconds = self.window.finalize_grace_seconds.unwrap_or(match self.clock.mode {
            ClockMode::System => SYSTEM_GRACE_SECONDS,
            ClockMode::Virtual => 0,
        });
        TimeDelta::seconds(i64::from(seconds))
    }

    /// Where mails go as files.
    #[must_use]
    pub fn mail_directory(&self) -> PathBuf {
        if self.mail.directory.as_os_str().is_empty() {
            self.data.directory.join("mail")
        } else {
            self.mail.directory.clone()
        }
    }

    /// Where mails go, as operators are told.
    #[must_use]
    pub fn mail_goes_to(&self) -> String {
        match self.mail.transport {
            Transport::Smtp => format!("{}:{}", self.mail.smtp.host, self.mail.smtp.port),
            Transport::Directory => format!("the folder {}", self.mail_directory().display()),
            Transport::Discard => "nowhere".to_owned(),
        }
    }

    /// What sends or serves links has to know where others reach it.
    ///
    /// # Errors
    ///
    /// When the server is not for this machine alone and its public address is not set.
    pub fn check_public_url(&self) -> Result<(), SettingsError> {
        if self.http.listen.ip().is_loopback() || !self.http.public_url.is_empty() {
            return Ok(());
        }
        Err(SettingsError::OutOfRange {
            key: "http.public_url".to_owned(),
            problem: "must be set when http.listen is not this machine alone: links in mails \
                      lead there"
                .to_owned(),
        })
    }

    /// Where customers, partners and services reach the HTTP server, without a final slash.
    #[must_use]
    pub fn public_url(&self) -> String {
        match self.http.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.http.listen),
            url => url.to_owned(),
        }
    }
}

fn layers(profile: &str, file: Option<&Path>) -> Result<Config, SettingsError> {
    let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    let on_disk = |name: &str| PathBuf::from("config").join(format!("{name}.toml"));
    if on_disk("default").is_file() {
        builder = builder.add_source(File::from(on_disk("default")));
    }
    let built_in = PROFILES.iter().find(|(name, _)| *name == profile);
    if on_disk(profile).is_file() {
        builder = builder.add_source(File::from(on_disk(profile)));
    } else if let Some((_, text)) = built_in {
        builder = builder.add_source(File::from_str(text, FileFormat::Toml));
    } else {
        return Err(SettingsError::UnknownProfile(profile.to_owned()));
    }
    if let Some(file) = file {
        builder = builder.add_source(File::from(file).format(FileFormat::Toml));
    }
    let environment = Environment::with_prefix("CPOR")
        .prefix_separator("_")
        .separator("__")
        .source(Some(variables()?));
    Ok(builder.add_source(environment).build()?)
}

/// The environment variables that are settings.
fn variables() -> Result<HashMap<String, String>, SettingsError> {
    let ours = std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)));
    let ours: HashMap<String, String> = ours
        .filter(|(key, _)| key.starts_with("CPOR_") && !NOT_SETTINGS.contains(&key.as_str()))
        .collect();
    match ours.keys().find(|key| !key.contains("__")) {
        Some(key) => Err(SettingsError::UnknownVariable(key.clone())),
        None => Ok(ours),
    }
}
