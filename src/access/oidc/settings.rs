//! The settings under `access`, and what can be wrong with them at the start.

use serde::Deserialize;

use crate::outbound::TargetProblem;
use crate::secrets::Secret;

/// The settings under `access`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct AccessSettings {
    pub development_keys: bool,
    pub development_user: DevelopmentUserSettings,
    pub oidc: OidcSettings,
}

/// The settings under `access.development_user`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct DevelopmentUserSettings {
    pub name: String,
    pub mpn_id: String,
}

/// The settings under `access.oidc`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct OidcSettings {
    pub issuer: String,
    pub audience: String,
    pub jwks_url: String,
    pub roles_claim: String,
    pub partner_claim: String,
    pub source_claim: String,
    pub leeway_seconds: u32,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub scope: String,
}

/// A setting under `access` cannot be used. It stops the start.
#[derive(Debug, thiserror::Error)]
pub enum AccessSetupError {
    /// An address cannot be asked.
    #[error(
        "setting {key} cannot be used: {problem}; an address such as https://login.example.com/"
    )]
    Address {
        /// The full name of the key.
        key: &'static str,
        /// What is wrong.
        problem: TargetProblem,
    },
    /// A value is missing or out of range.
    #[error("setting {key} cannot be used: {problem}")]
    Setting {
        /// The full name of the key.
        key: &'static str,
        /// What is wrong, and what is accepted.
        problem: &'static str,
    },
    /// The TLS library refused its own defaults.
    #[error("could not prepare TLS for access.oidc.issuer")]
    Tls(#[source] rustls::Error),
}
