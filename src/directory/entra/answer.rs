//! What Entra's reply to one request means.
//!
//! Pure: status and body in, owner or problem out. No text from the body ever gets into a
//! problem, because it would carry another tenant's id into logs and findings.

use std::time::Duration;

use serde::Deserialize;
use uuid::Uuid;

use crate::outbound::OutboundError;

/// Entra's numbers for "no such tenant" and "neither a DNS name nor a domain of anyone". It comes
/// with several words in `error`, so the numbers are looked at as well.
const UNKNOWN_DOMAIN_CODES: [u32; 2] = [90_002, 900_023];

/// Whose a domain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::directory) enum Owner {
    /// This tenant's.
    Tenant(Uuid),
    /// No tenant's.
    Nobody,
}

/// Why one request to Entra gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupProblem {
    /// There is no complete reply.
    #[error(transparent)]
    NoReply(#[from] OutboundError),
    /// The server is overloaded or out of order (408, 429, 5xx).
    #[error("the server replied with status {status}")]
    Busy {
        /// The HTTP status.
        status: u16,
        /// How long the server asks us to wait.
        retry_after: Option<Duration>,
    },
    /// A status that Entra does not use here; redirects are never followed.
    #[error("the server replied with the unexpected status {status}")]
    Unexpected {
        /// The HTTP status.
        status: u16,
    },
    /// The reply is not an OpenID configuration.
    #[error("the reply is not an OpenID configuration (line {line}, column {column})")]
    Malformed {
        /// Where it stops making sense.
        line: usize,
        /// The same, within the line.
        column: usize,
    },
    /// The reply is an OpenID configuration that names no tenant, or two.
    #[error("the reply does not name exactly one tenant")]
    NoTenant,
}

impl LookupProblem {
    /// Whether another attempt within seconds may do better.
    pub(super) fn may_pass_soon(&self) -> bool {
        match self {
            Self::NoReply(OutboundError::TooLarge { .. }) => false,
            Self::NoReply(_) | Self::Busy { .. } => true,
            Self::Unexpected { .. } | Self::Malformed { .. } | Self::NoTenant => false,
        }
    }

    /// How long the server asks us to wait, where it does.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            Self::NoReply(_)
            | Self::Unexpected { .. }
            | Self::Malformed { .. }
            | Self::NoTenant => None,
        }
    }
}

#[derive(Deserialize)]
struct OpenIdConfiguration {
    issuer: Option<String>,
    token_endpoint: Option<String>,
}

#[derive(Deserialize)]
struct ErrorReply {
    error: String,
    #[serde(default)]
    error_codes: Vec<u32>,
}

/// Reads one complete reply.
pub(super) fn read(
    status: u16,
    retry_after: Option<Duration>,
    body: &[u8],
) -> Result<Owner, LookupProblem> {
    match status {
        200 => read_configuration(body),
        400 if says_unknown_domain(body) => Ok(Owner::Nobody),
        408 | 429 | 500..=599 => Err(LookupProblem::Busy { status, retry_after }),
        _ => Err(LookupProblem::Unexpected { status }),
    }
}

fn read_configuration(body: &[u8]) -> Result<Owner, LookupProblem> {
    let configuration: OpenIdConfiguration = serde_json::from_slice(body)
        .map_err(|error| LookupProblem::Malformed { line: error.line(), column: error.column() })?;
    let named = |url: Option<String>| url.as_deref().and_then(tenant_in);
    match (named(configuration.issuer), named(configuration.token_endpoint)) {
        (Some(issuer), Some(endpoint)) if issuer != endpoint => Err(LookupProblem::NoTenant),
        (Some(tenant), _) | (None, Some(tenant)) => Ok(Owner::Tenant(tenant)),
        (None, None) => Err(LookupProblem::NoTenant),
    }
}

fn says_unknown_domain(body: &[u8]) -> bool {
    serde_json::from_slice(body).is_ok_and(|reply: ErrorReply| {
        reply.error == "invalid_tenant"
            || reply.error_codes.iter().any(|code| UNKNOWN_DOMAIN_CODES.contains(code))
    })
}

/// The tenant in `https://<host>/<tenant>/…`. The host is not looked at: it differs by cloud.
fn tenant_in(url: &str) -> Option<Uuid> {
    let tenant = url.strip_prefix("https://")?.split('/').nth(1)?;
    Uuid::try_parse(tenant).ok().filter(|tenant| !tenant.is_nil())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d";
    const OTHER: &str = "11111111-2222-4333-8444-555555555555";

    fn configuration(issuer: &str, endpoint: &str) -> String {
        format!(
            r#"{{"issuer":"https://login.microsoftonline.com/{issuer}/v2.0","token_endpoint":
            "https://login.microsoftonline.com/{endpoint}/oauth2/v2.0/token","other":[1]}}"#
        )
    }

    #[track_caller]
    fn check(given: (u16, &str), expected: Result<Owner, &str>) {
        let read = read(given.0, None, given.1.as_bytes()).map_err(|problem| problem.to_string());
        assert_eq!(read, expected.map_err(str::to_owned));
    }

    #[test]
    fn a_configuration_names_the_tenant_in_either_address() {
        let owner = Ok(Owner::Tenant(TENANT.parse().unwrap()));
        check((200, &configuration(TENANT, TENANT)), owner);
        check((200, &configuration(TENANT, "common")), owner);
        check((200, &configuration("{tenantid}", TENANT)), owner);
        check((200, &format!(r#"{{"issuer":"https://sts.example/{TENANT}/"}}"#)), owner);
        check((200, &configuration(&TENANT.to_uppercase(), TENANT)), owner);
    }

    #[test]
    fn a_configuration_that_names_no_tenant_or_two_is_no_answer() {
        let problem = Err("the reply does not name exactly one tenant");
        check((200, &configuration(TENANT, OTHER)), problem);
        check((200, &configuration("common", "common")), problem);
        check((200, "{}"), problem);
        check((200, r#"{"issuer":"https://login.microsoftonline.com"}"#), problem);
        check((200, &configuration(&Uuid::nil().to_string(), "common")), problem);
    }

    #[test]
    fn garbage_is_reported_by_its_place_and_never_quoted() {
        let at =
            |column| format!("the reply is not an OpenID configuration (line 1, column {column})");
        check((200, ""), Err(&at(0)));
        check((200, "<html>"), Err(&at(1)));
        check((200, &format!(r#""{TENANT}""#)), Err(&at(38)));
    }

    #[test]
    fn a_refusal_means_an_unknown_domain_only_if_it_says_so() {
        let unexpected = Err("the server replied with the unexpected status 400");
        check((400, r#"{"error":"invalid_tenant","error_codes":[90002]}"#), Ok(Owner::Nobody));
        check((400, r#"{"error":"invalid_tenant"}"#), Ok(Owner::Nobody));
        check((400, r#"{"error":"invalid_request","error_codes":[900023]}"#), Ok(Owner::Nobody));
        check((400, r#"{"error":"invalid_request","error_codes":[90014]}"#), unexpected);
        check((400, "invalid_tenant"), unexpected);
        check((404, ""), Err("the server replied with the unexpected status 404"));
        check((302, ""), Err("the server replied with the unexpected status 302"));
    }

    #[test]
    fn overload_and_outage_may_pass_soon() {
        for status in [408, 429, 500, 503, 599] {
            let problem = read(status, Some(Duration::from_secs(1)), b"").unwrap_err();
            assert!(problem.may_pass_soon(), "{status}");
            assert_eq!(problem.retry_after(), Some(Duration::from_secs(1)), "{status}");
        }
        assert!(!read(302, None, b"").unwrap_err().may_pass_soon());
    }
}
