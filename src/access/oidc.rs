//! Bearer tokens of an OpenID Connect issuer: who calls is what the issuer says, and what the
//! caller may do is the one role that the token gives it.
//!
//! Everything is denied that is not plainly allowed: another algorithm, issuer, audience or type,
//! no role or two, a role without the partner or source that belongs to it. It deliberately talks
//! to the issuer only for its public keys, and when somebody signs in to our pages with it.

mod attempt;
mod claims;
mod code_flow;
mod discovery;
mod issuer_keys;
mod settings;

use chrono::{DateTime, Utc};

use crate::access::Caller;
use crate::access::jwt::{self, TokenProblem};
use crate::access::remembered::Unavailable;
use claims::Claims;
use code_flow::CodeFlow;
use issuer_keys::IssuerKeys;

pub use attempt::{Begun, Returned, SignInError, SignIns, SignedIn};
pub use settings::{AccessSettings, AccessSetupError, DevelopmentUserSettings, OidcSettings};

/// What issuers write as the type of a token that is meant for a service like ours.
const TYPES: [&str; 4] = ["", "JWT", "at+jwt", "application/at+jwt"];
/// How far the issuer's clock may be off at most, in seconds.
const LEEWAY_SECONDS_MAX: u32 = 300;

/// One issuer whose tokens are accepted.
pub(super) struct Oidc {
    settings: OidcSettings,
    keys: IssuerKeys,
    code_flow: Option<CodeFlow>,
}

/// A token is not accepted.
#[derive(Debug)]
pub(super) enum OidcError {
    /// It never will be.
    Refused(TokenProblem),
    /// The issuer's keys cannot be had now.
    Unavailable,
}

impl From<TokenProblem> for OidcError {
    fn from(problem: TokenProblem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Unavailable> for OidcError {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl Oidc {
    /// The issuer of the settings; `None` when none is set. Asks nobody yet.
    pub(super) fn new(settings: &OidcSettings) -> Result<Option<Self>, AccessSetupError> {
        let wrong = |key, problem| Err(AccessSetupError::Setting { key, problem });
        if settings.issuer.is_empty() && !settings.client_id.is_empty() {
            return wrong("access.oidc.client_id", "it is set, and access.oidc.issuer is empty");
        }
        if settings.issuer.is_empty() {
            return Ok(None);
        }
        if settings.audience.is_empty() {
            return wrong("access.oidc.audience", "it is empty, and access.oidc.issuer is set");
        }
        if settings.roles_claim.is_empty() {
            return wrong("access.oidc.roles_claim", "it is empty, so nobody would have a role");
        }
        if settings.leeway_seconds > LEEWAY_SECONDS_MAX {
            return wrong("access.oidc.leeway_seconds", "it must be from 0 to 300");
        }
        let keys = IssuerKeys::new(settings)?;
        let code_flow = CodeFlow::new(settings)?;
        Ok(Some(Self { settings: settings.clone(), keys, code_flow }))
    }

    /// Who sends a token, and until when it counts.
    pub(super) async fn authenticate(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<(Caller, DateTime<Utc>), OidcError> {
        let settings = &self.settings;
        let claims = self.verified(token, &settings.audience, now).await?;
        Ok((claims.caller(settings)?, claims.expires_at()?))
    }

    /// Whether people can sign in with the issuer in a browser.
    pub(super) const fn signs_in(&self) -> bool {
        self.code_flow.is_some()
    }

    /// See [`CodeFlow::begin`].
    pub(super) async fn begin_sign_in(
        &self,
        sign_ins: &SignIns,
        next: &str,
        now: DateTime<Utc>,
    ) -> Result<Begun, SignInError> {
        let flow = self.code_flow.as_ref().ok_or(SignInError::NotSet)?;
        flow.begin(sign_ins, next, now).await
    }

    /// See [`CodeFlow::finish`].
    pub(super) async fn finish_sign_in(
        &self,
        sign_ins: &SignIns,
        cookie: &str,
        returned: &Returned,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, SignInError> {
        let flow = self.code_flow.as_ref().ok_or(SignInError::NotSet)?;
        flow.finish(self, sign_ins, cookie, returned, now).await
    }

    /// What a token for this audience says, if it counts now.
    async fn verified(
        &self,
        token: &str,
        audience: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims, OidcError> {
        let opened = jwt::open(token, &TYPES)?;
        let keys = self.keys.with(&opened.key_id, now).await?;
        let claims: Claims = opened.verify(&keys, &self.settings.issuer, audience)?;
        claims.check_times(now, self.settings.leeway_seconds)?;
        Ok(claims)
    }
}
