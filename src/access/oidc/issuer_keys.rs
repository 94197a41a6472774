//! The public keys of the issuer: found, fetched and remembered.
//!
//! They count for ten minutes, and for an hour when the issuer cannot be asked. A token that names
//! a key we do not have makes us ask at once, and then at most every ten seconds.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;

use super::discovery::{Discovery, FetchProblem, get};
use super::settings::{AccessSetupError, OidcSettings};
use crate::access::jwt::is_of_use;
use crate::access::remembered::{Policy, Remembered, Unavailable};
use crate::outbound::{Limits, Outbound, Reach, Target};

const POLICY: Policy = Policy {
    doing: "fetch the keys of the OIDC issuer",
    fresh: TimeDelta::minutes(10),
    usable: TimeDelta::hours(1),
    pause: TimeDelta::seconds(10),
    patience: Duration::from_secs(10),
};
/// What one request to the issuer may take; a key set has a few kilobytes.
pub(super) const LIMITS: Limits =
    Limits { timeout: Duration::from_secs(5), body_bytes_max: 256 * 1024 };
/// Keys of one issuer that are looked at.
const KEYS_MAX: usize = 100;

/// The keys of one issuer.
pub(super) struct IssuerKeys {
    outbound: Outbound,
    source: KeySource,
    keys: Remembered<Vec<Jwk>>,
}

/// Where the keys are.
enum KeySource {
    /// At this address.
    KeySet(Target),
    /// At the address that the issuer's configuration says.
    Discovered(Discovery),
}

/// Keys of unknown kinds are left out, so they are read one by one.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl IssuerKeys {
    /// Checks the addresses; asks nobody yet.
    pub(super) fn new(settings: &OidcSettings) -> Result<Self, AccessSetupError> {
        let outbound = Outbound::new(LIMITS).map_err(AccessSetupError::Tls)?;
        let source = KeySource::new(settings)?;
        Ok(Self { outbound, source, keys: Remembered::new(POLICY) })
    }

    /// The keys, with the named one among them if the issuer has it.
    pub(super) async fn with(
        &self,
        key_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Arc<Vec<Jwk>>, Unavailable> {
        let named = |key: &Jwk| key.common.key_id.as_deref() == Some(key_id);
        self.keys.get(now, |keys| keys.iter().any(named), self.fetch()).await
    }

    async fn fetch(&self) -> Result<Arc<Vec<Jwk>>, FetchProblem> {
        let discovered;
        let target = match &self.source {
            KeySource::KeySet(target) => target,
            KeySource::Discovered(discovery) => {
                let configuration = discovery.fetch(&self.outbound).await?;
                discovered = discovery.key_set(&configuration)?;
                &discovered
            }
        };
        let set: KeySet = get(&self.outbound, target).await?;
        let keys = set.keys.into_iter().take(KEYS_MAX);
        let keys = keys.filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let keys: Vec<Jwk> = keys.filter(is_of_use).collect();
        if keys.is_empty() {
            return Err(FetchProblem::NoKey { host: target.host().to_owned() });
        }
        Ok(Arc::new(keys))
    }
}

impl KeySource {
    fn new(settings: &OidcSettings) -> Result<Self, AccessSetupError> {
        if !settings.jwks_url.is_empty() {
            let target = Target::parse(&settings.jwks_url, Reach::PublicOrLoopback);
            return target.map(Self::KeySet).map_err(|problem| AccessSetupError::Address {
                key: "access.oidc.jwks_url",
                problem,
            });
        }
        Ok(Self::Discovered(Discovery::new(settings)?))
    }
}
