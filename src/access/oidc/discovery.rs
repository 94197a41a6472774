//! What the issuer says of itself (OpenID Connect Discovery), and asking it for JSON.

use serde::{Deserialize, de::DeserializeOwned};

use super::settings::{AccessSetupError, OidcSettings};
use crate::outbound::{Outbound, OutboundError, Reach, Reply, Target, TargetProblem};

/// The issuer did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchProblem {
    #[error("{host} did not answer")]
    NoReply {
        host: String,
        #[source]
        source: OutboundError,
    },
    #[error("{host} replied with status {status}")]
    Status { host: String, status: u16 },
    #[error("the reply of {host} is not what OpenID Connect says (line {line}, column {column})")]
    Malformed { host: String, line: usize, column: usize },
    #[error("the configuration at {host} is that of another issuer")]
    OtherIssuer { host: String },
    #[error("the address of the {what} at {host} cannot be used")]
    Address {
        what: &'static str,
        host: String,
        #[source]
        source: TargetProblem,
    },
    #[error("the configuration at {host} names no {what}")]
    Missing { what: &'static str, host: String },
    #[error("there is no key of use at {host}")]
    NoKey { host: String },
}

/// Where the issuer's configuration is.
#[derive(Debug, Clone)]
pub(super) struct Discovery {
    issuer: String,
    target: Target,
    reach: Reach,
}

/// What we need of it.
#[derive(Debug, Deserialize)]
pub(super) struct Configuration {
    issuer: String,
    jwks_uri: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Vec<String>,
}

impl Discovery {
    /// Checks the address; asks nobody yet.
    pub(super) fn new(settings: &OidcSettings) -> Result<Self, AccessSetupError> {
        let unusable = |problem| AccessSetupError::Address { key: "access.oidc.issuer", problem };
        let issuer = Target::parse(&settings.issuer, Reach::PublicOrLoopback).map_err(unusable)?;
        let target = issuer.below(".well-known/openid-configuration").map_err(unusable)?;
        // An issuer on the internet has no business to send us to this machine.
        let reach = if issuer.is_loopback() { Reach::PublicOrLoopback } else { Reach::Public };
        Ok(Self { issuer: settings.issuer.clone(), target, reach })
    }

    /// Asks for the configuration.
    pub(super) async fn fetch(&self, outbound: &Outbound) -> Result<Configuration, FetchProblem> {
        let found: Configuration = get(outbound, &self.target).await?;
        if found.issuer != self.issuer {
            return Err(FetchProblem::OtherIssuer { host: self.host() });
        }
        Ok(found)
    }

    /// Where the keys are.
    pub(super) fn key_set(&self, found: &Configuration) -> Result<Target, FetchProblem> {
        self.checked("key set", Some(&found.jwks_uri))
    }

    /// Where people sign in.
    pub(super) fn authorization(&self, found: &Configuration) -> Result<Target, FetchProblem> {
        self.checked("authorization endpoint", found.authorization_endpoint.as_ref())
    }

    /// Where a code becomes a token.
    pub(super) fn token(&self, found: &Configuration) -> Result<Target, FetchProblem> {
        self.checked("token endpoint", found.token_endpoint.as_ref())
    }

    fn checked(&self, what: &'static str, url: Option<&String>) -> Result<Target, FetchProblem> {
        let url = url.ok_or_else(|| FetchProblem::Missing { what, host: self.host() })?;
        Target::parse(url, self.reach).map_err(|source| FetchProblem::Address {
            what,
            host: self.host(),
            source,
        })
    }

    fn host(&self) -> String {
        self.target.host().to_owned()
    }
}

/// Asks for JSON.
pub(super) async fn get<T: DeserializeOwned>(
    outbound: &Outbound,
    target: &Target,
) -> Result<T, FetchProblem> {
    read(target, outbound.get(target).await)
}

/// Reads an answer that has to be JSON.
pub(super) fn read<T: DeserializeOwned>(
    target: &Target,
    reply: Result<Reply, OutboundError>,
) -> Result<T, FetchProblem> {
    let host = target.host().to_owned();
    let reply = match reply {
        Ok(reply) => reply,
        Err(source) => return Err(FetchProblem::NoReply { host, source }),
    };
    if reply.status != 200 {
        return Err(FetchProblem::Status { host, status: reply.status });
    }
    serde_json::from_slice(&reply.body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        FetchProblem::Malformed { host, line, column }
    })
}
