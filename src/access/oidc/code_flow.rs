//! Signing in with the issuer in a browser: the authorization-code flow with PKCE (RFC 6749 and
//! 7636; OpenID Connect Core, section 3.1).
//!
//! It ends in an ID token, which is verified as every token is, for us as its audience. Nothing
//! else is done with what the issuer gives: it is not kept, and no other token is used.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tracing::{error, info};

use super::attempt::{Attempt, Begun, Returned, SignInError, SignIns, SignedIn};
use super::discovery::{Configuration, Discovery, FetchProblem, read};
use super::issuer_keys::LIMITS;
use super::settings::{AccessSetupError, OidcSettings};
use super::{Oidc, OidcError};
use crate::access::jwt::TokenProblem;
use crate::access::remembered::{Policy, Remembered, Unavailable};
use crate::outbound::{Outbound, encoded, form};
use crate::worker::with_causes;

const POLICY: Policy = Policy {
    doing: "fetch the configuration of the OIDC issuer",
    fresh: TimeDelta::minutes(10),
    usable: TimeDelta::hours(1),
    pause: TimeDelta::seconds(2),
    patience: Duration::from_secs(10),
};
/// Longest code that is sent on, in bytes.
const CODE_BYTES_MAX: usize = 4 * 1024;
/// Longest name of a person, in characters.
const NAME_MAX: usize = 100;

/// The client that we are at the issuer.
pub(super) struct CodeFlow {
    client_id: String,
    settings: OidcSettings,
    outbound: Outbound,
    discovery: Discovery,
    configuration: Remembered<Configuration>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl CodeFlow {
    /// The client of the settings; `None` when none is set. Asks nobody yet.
    pub(super) fn new(settings: &OidcSettings) -> Result<Option<Self>, AccessSetupError> {
        if settings.client_id.is_empty() {
            return Ok(None);
        }
        if !settings.scope.split(' ').any(|scope| scope == "openid") {
            let (key, problem) = ("access.oidc.scope", "it must have \"openid\" in it");
            return Err(AccessSetupError::Setting { key, problem });
        }
        Ok(Some(Self {
            client_id: settings.client_id.clone(),
            settings: settings.clone(),
            outbound: Outbound::new(LIMITS).map_err(AccessSetupError::Tls)?,
            discovery: Discovery::new(settings)?,
            configuration: Remembered::new(POLICY),
        }))
    }

    /// Begins a sign-in, after which the browser is to go to `next`.
    pub(super) async fn begin(
        &self,
        sign_ins: &SignIns,
        next: &str,
        now: DateTime<Utc>,
    ) -> Result<Begun, SignInError> {
        let configuration = self.configuration(now).await?;
        let endpoint = self.discovery.authorization(&configuration).map_err(unusable)?;
        let (attempt, cookie) = sign_ins.begin(next, now).ok_or(SignInError::Refused)?;
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&attempt.verifier));
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &sign_ins.redirect_uri),
            ("scope", &self.settings.scope),
            ("state", &attempt.state),
            ("nonce", &attempt.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let mark = if endpoint.as_str().contains('?') { '&' } else { '?' };
        Ok(Begun { location: format!("{}{mark}{query}", endpoint.as_str()), cookie })
    }

    /// Ends a sign-in with what the browser brings back.
    pub(super) async fn finish(
        &self,
        oidc: &Oidc,
        sign_ins: &SignIns,
        cookie: &str,
        returned: &Returned,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, SignInError> {
        let attempt = sign_ins.resume(cookie, now).ok_or(SignInError::Stale)?;
        if Sha256::digest(&returned.state) != Sha256::digest(&attempt.state) {
            return Err(SignInError::Stale);
        }
        if !returned.issuer.is_empty() && returned.issuer != self.settings.issuer {
            return Err(SignInError::Refused);
        }
        if !returned.error.is_empty() {
            info!("the issuer did not let somebody in");
            return Err(SignInError::Denied);
        }
        if returned.code.is_empty() || returned.code.len() > CODE_BYTES_MAX {
            return Err(SignInError::Refused);
        }
        let token = self.id_token(sign_ins, &attempt, &returned.code, now).await?;
        let claims = oidc.verified(&token, &self.client_id, now).await;
        let claims = claims.map_err(refused)?;
        if claims.text("nonce") != Some(&attempt.nonce) {
            return Err(refused(TokenProblem::Claims("its nonce is not ours").into()));
        }
        // Of a token for several, the one that asked for it is named (OpenID Connect Core, 3.1.3.7).
        if claims.text("azp").is_some_and(|party| party != self.client_id) {
            return Err(refused(TokenProblem::Claims("it was made for another client").into()));
        }
        let caller = claims.caller(&self.settings).map_err(|problem| {
            info!(error = %problem, "somebody whom the issuer knows has no role here");
            SignInError::NoRole
        })?;
        let name = claims.text("name").map(str::trim).filter(|name| !name.is_empty());
        let printable = |c: &char| !c.is_control();
        let shown = name.map(|name| name.chars().filter(printable).take(NAME_MAX).collect());
        Ok(SignedIn { caller, shown, next: attempt.next })
    }

    /// The ID token for a code.
    async fn id_token(
        &self,
        sign_ins: &SignIns,
        attempt: &Attempt,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<String, SignInError> {
        let configuration = self.configuration(now).await?;
        let endpoint = self.discovery.token(&configuration).map_err(unusable)?;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &sign_ins.redirect_uri),
            ("code_verifier", &attempt.verifier),
        ];
        let headers = self.headers(&configuration, &mut fields)?;
        let reply = self.outbound.post(&endpoint, headers, Bytes::from(form(&fields))).await;
        let tokens: Tokens = read(&endpoint, reply).map_err(|problem| {
            let refused = matches!(problem, FetchProblem::Status { status: 400..=499, .. });
            info!(error = with_causes(&problem), "the issuer gave no token for a code");
            if refused { SignInError::Refused } else { SignInError::Unavailable }
        })?;
        Ok(tokens.id_token)
    }

    /// How we show the issuer who we are: by what the client is set up for (RFC 6749, section 2.3).
    fn headers<'a>(
        &'a self,
        configuration: &Configuration,
        fields: &mut Vec<(&'a str, &'a str)>,
    ) -> Result<HeaderMap, SignInError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        match self.settings.client_secret.as_ref().map(|secret| secret.reveal()) {
            Some(secret) if takes_basic(configuration) => {
                let both = format!("{}:{}", encoded(&self.client_id), encoded(secret));
                let basic = format!("Basic {}", BASE64_STANDARD.encode(both));
                let basic = HeaderValue::try_from(basic).map_err(|_| SignInError::Unavailable)?;
                headers.insert(AUTHORIZATION, basic);
            }
            Some(secret) => {
                fields.extend([("client_id", self.client_id.as_str()), ("client_secret", secret)]);
            }
            None => fields.push(("client_id", &self.client_id)),
        }
        Ok(headers)
    }

    async fn configuration(&self, now: DateTime<Utc>) -> Result<Arc<Configuration>, Unavailable> {
        let fetch =
            async { Ok::<_, FetchProblem>(Arc::new(self.discovery.fetch(&self.outbound).await?)) };
        self.configuration.get(now, |_| true, fetch).await
    }
}

/// Basic is what every issuer takes that does not say otherwise (OpenID Connect Discovery).
fn takes_basic(configuration: &Configuration) -> bool {
    let methods = &configuration.token_endpoint_auth_methods_supported;
    methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic")
}

fn unusable(problem: FetchProblem) -> SignInError {
    error!(error = with_causes(&problem), "nobody can sign in with the issuer");
    SignInError::Unavailable
}

fn refused(problem: OidcError) -> SignInError {
    match problem {
        OidcError::Unavailable => SignInError::Unavailable,
        OidcError::Refused(problem) => {
            info!(error = %problem, "refusing an ID token");
            SignInError::Refused
        }
    }
}
