//! Who sent a request, by the credential it carries. Denies by default.

use chrono::{DateTime, Utc};

use crate::access::Caller;

/// Knows callers by their credentials; as yet it accepts none.
#[derive(Debug, Clone)]
pub struct Authenticator;

/// Nobody is known by this credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthError {
    /// The request carries none.
    Missing,
    /// It is unknown, expired, revoked or malformed; which of these is nobody's business.
    Invalid,
    /// It cannot be checked right now.
    Unavailable,
}

impl Authenticator {
    /// The caller behind an `Authorization` header.
    ///
    /// # Errors
    ///
    /// When there is no header, or it is of no use.
    #[expect(clippy::unused_async, reason = "credentials are looked up in Redis")]
    pub async fn authenticate(
        &self,
        authorization: Option<&str>,
        _now: DateTime<Utc>,
    ) -> Result<Caller, AuthError> {
        Err(authorization.map_or(AuthError::Missing, |_| AuthError::Invalid))
    }
}
