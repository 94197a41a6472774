//! Who sends a request: the one place where a credential becomes a caller.
//!
//! Outward there is one answer for everything that is wrong with a credential, so that nobody
//! learns from it; the reason is in the log, and the credential itself never is.

use chrono::{DateTime, Utc};
use tracing::{debug, info};

use crate::access::Caller;
use crate::access::api_key::{ApiKey, ApiKeyId, PREFIX};
use crate::access::key_cache::KeyCache;
use crate::access::key_record::{ApiKeyRecord, ApiKeyState};
use crate::access::oidc::{
    AccessSettings, AccessSetupError, Begun, Oidc, OidcError, Returned, SignInError, SignIns,
    SignedIn,
};
use crate::store::Store;

/// What the name of a caller by API key begins with; the key's id follows.
const BY_KEY: &str = "key:";

/// Knows callers by their credentials: API keys, and tokens of the OIDC issuer if one is set.
pub struct Authenticator {
    keys: KeyCache,
    oidc: Option<Oidc>,
}

impl Caller {
    /// Whether this is whoever holds an API key, and not a person whom somebody has named.
    #[must_use]
    pub fn is_by_key(&self) -> bool {
        self.name.starts_with(BY_KEY)
    }
}

/// A request has no caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// It has no credential.
    #[error("the request has no credential; send `Authorization: Bearer <API key or token>`")]
    Missing,
    /// Its credential is not one that is accepted.
    #[error("the credential is not valid")]
    Invalid,
    /// Whether the credential is valid cannot be told now; trying again soon is right.
    #[error("the credential cannot be checked at the moment")]
    Unavailable,
}

impl Authenticator {
    /// Checks the settings; asks nobody yet.
    pub fn new(settings: &AccessSettings, store: Store) -> Result<Self, AccessSetupError> {
        Ok(Self { keys: KeyCache::new(store), oidc: Oidc::new(&settings.oidc)? })
    }

    /// Who sends the value of an `Authorization` header at `now`, which is the real time whatever
    /// clock the deployment follows.
    pub async fn authenticate(
        &self,
        authorization_header: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Caller, AuthError> {
        let header = authorization_header.ok_or(AuthError::Missing)?;
        let (scheme, credential) = header.split_once(' ').ok_or(AuthError::Invalid)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(AuthError::Invalid);
        }
        Ok(self.identify(credential, now).await?.0)
    }

    /// Who has this credential, and until when that can be believed, where it is not looked up
    /// again: an API key is, at every request of its session, and a token is not.
    pub async fn identify(
        &self,
        credential: &str,
        now: DateTime<Utc>,
    ) -> Result<(Caller, Option<DateTime<Utc>>), AuthError> {
        let credential = credential.trim_matches(' ');
        if credential.starts_with(PREFIX) {
            return Ok((self.by_api_key(credential, now).await?, None));
        }
        match &self.oidc {
            Some(oidc) => {
                let (caller, expires_at) = by_token(oidc, credential, now).await?;
                Ok((caller, Some(expires_at)))
            }
            None => Err(AuthError::Invalid),
        }
    }

    /// Whether people can sign in with the issuer in a browser.
    #[must_use]
    pub fn signs_in(&self) -> bool {
        self.oidc.as_ref().is_some_and(Oidc::signs_in)
    }

    /// Sends a browser to the issuer; afterwards it is to go to `next`.
    pub async fn begin_sign_in(
        &self,
        sign_ins: &SignIns,
        next: &str,
        now: DateTime<Utc>,
    ) -> Result<Begun, SignInError> {
        let oidc = self.oidc.as_ref().ok_or(SignInError::NotSet)?;
        oidc.begin_sign_in(sign_ins, next, now).await
    }

    /// Who has signed in at the issuer, when the browser comes back from there.
    pub async fn finish_sign_in(
        &self,
        sign_ins: &SignIns,
        cookie: &str,
        returned: &Returned,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, SignInError> {
        let oidc = self.oidc.as_ref().ok_or(SignInError::NotSet)?;
        oidc.finish_sign_in(sign_ins, cookie, returned, now).await
    }

    /// Whether somebody who was identified is still who it was: an API key may have been revoked,
    /// or have expired.
    pub async fn still(&self, caller: &Caller, now: DateTime<Utc>) -> Result<bool, AuthError> {
        let Some(id) = caller.name.strip_prefix(BY_KEY) else { return Ok(true) };
        let Ok(id) = ApiKeyId::parse(id) else { return Ok(false) };
        let found = self.keys.find(&id, now).await.map_err(|_| AuthError::Unavailable)?;
        let is_live = |record: &ApiKeyRecord| record.state(now) == ApiKeyState::Live;
        let same = |record: &ApiKeyRecord| record.authority == caller.authority;
        Ok(found.is_some_and(|record| is_live(&record) && same(&record)))
    }

    async fn by_api_key(&self, text: &str, now: DateTime<Utc>) -> Result<Caller, AuthError> {
        let Some(key) = ApiKey::parse(text) else {
            debug!("refusing a credential that was never an API key");
            return Err(AuthError::Invalid);
        };
        let id = key.id();
        let found = self.keys.find(id, now).await.map_err(|_| AuthError::Unavailable)?;
        let Some(record) = found else {
            debug!(key.id = %id, "refusing an unknown API key");
            return Err(AuthError::Invalid);
        };
        if record.sha256 != key.digest() {
            info!(key.id = %id, "refusing an API key with a wrong secret");
            return Err(AuthError::Invalid);
        }
        match record.state(now) {
            ApiKeyState::Live => {
                self.keys.used(id, now);
                Ok(Caller { name: format!("{BY_KEY}{id}"), authority: record.authority })
            }
            state @ (ApiKeyState::Expired | ApiKeyState::Revoked) => {
                info!(key.id = %id, "refusing an API key that is {}", state.as_str());
                Err(AuthError::Invalid)
            }
        }
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator").field("oidc", &self.oidc.is_some()).finish_non_exhaustive()
    }
}

async fn by_token(
    oidc: &Oidc,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(Caller, DateTime<Utc>), AuthError> {
    oidc.authenticate(token, now).await.map_err(|error| match error {
        OidcError::Unavailable => AuthError::Unavailable,
        OidcError::Refused(problem) => {
            info!(error = %problem, "refusing a bearer token");
            AuthError::Invalid
        }
    })
}
