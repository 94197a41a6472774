//! One request to Entra. It deliberately does not retry; its caller does.

use std::time::Duration;

use super::answer::{self, LookupProblem, Owner};
use crate::directory::settings::DirectorySetupError;
use crate::outbound::{Limits, Outbound, OutboundError, Reach, Target};

/// Entra's configuration documents have about 2 KiB.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// A client for one Entra cloud.
pub(super) struct EntraClient {
    outbound: Outbound,
    base: Target,
}

impl EntraClient {
    /// Checks the address and prepares TLS; connects to nothing yet.
    pub(super) fn new(base_url: &str, timeout: Duration) -> Result<Self, DirectorySetupError> {
        let unusable = |problem: String| DirectorySetupError::Setting {
            key: "directory.entra.base_url",
            problem: format!("{problem}; an address such as https://login.microsoftonline.com"),
        };
        let base = Target::parse(base_url, Reach::PublicOrLoopback)
            .map_err(|problem| unusable(problem.to_string()))?;
        if base.has_query() {
            return Err(unusable("it has more than scheme, host and path".to_owned()));
        }
        let limits = Limits { timeout, body_bytes_max: BODY_BYTES_MAX };
        let outbound = Outbound::new(limits).map_err(DirectorySetupError::Tls)?;
        Ok(Self { outbound, base })
    }

    /// The host that is asked, for messages.
    pub(super) fn host(&self) -> &str {
        self.base.host()
    }

    /// Asks once whose the domain is. The domain is already known to be safe in a path.
    pub(super) async fn owner_of(&self, domain: &str) -> Result<Owner, LookupProblem> {
        let target = self
            .base
            .below(&format!("{domain}/v2.0/.well-known/openid-configuration"))
            .map_err(|problem| OutboundError::Unreachable(problem.into()))?;
        let reply = self.outbound.get(&target).await?;
        answer::read(reply.status, reply.retry_after, &reply.body)
    }
}
