//! Access tokens: what a service that holds usage data decides by without asking us.
//!
//! A token names a partner, a customer tenant and the items whose usage data the partner may see,
//! and lives for five minutes at most, so that a grant that is revoked is soon refused everywhere.
//! This module signs and verifies; whether there is a grant is asked before, and not here.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::EncodingKey;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm,
    OctetKeyPairParameters, OctetKeyPairType, PublicKeyUse,
};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::access::jwt::{self, TokenProblem};
use crate::claim::ItemKey;
use crate::claim::identity::{MpnId, TenantId};
use crate::secrets::{Key, KeyId, Secrets};

/// What the keys are derived for.
const PURPOSE: &str = "access-token";
/// The type of the tokens (RFC 8725, section 3.11): no other token can stand in for one.
const TYPE: &str = "cpor-access+jwt";
/// Who the tokens are for.
pub const AUDIENCE: &str = "usage-data";
/// The longest life of a token, in seconds.
pub const LIFE_SECONDS_MAX: i64 = 300;
/// How far the clock of whoever verifies may be off, in seconds.
const LEEWAY_SECONDS: i64 = 5;
/// What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410, section 7).
const PKCS8_HEAD: [u8; 16] =
    [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The deployment that signed it: its public address.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The partner, as the subject.
    pub sub: MpnId,
    /// The same partner, by its own name.
    pub partner: MpnId,
    /// The customer tenant.
    pub tenant: TenantId,
    /// The items whose usage data the partner may see.
    pub items: Vec<ItemKey>,
    /// When it was signed, in seconds since the epoch.
    pub iat: i64,
    /// From when on it counts; the same.
    pub nbf: i64,
    /// From when on it does not count any more.
    pub exp: i64,
    /// Its own id, so that it can be found in logs.
    pub jti: Uuid,
}

/// A signed token and what it says.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token, a credential: never in a log.
    pub token: String,
    /// What it says.
    pub claims: AccessClaims,
}

/// Something could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("could not sign: {0}")]
pub struct SigningError(String);

impl SigningError {
    pub(crate) fn because(cause: &impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// Signs access tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    secrets: Secrets,
    issuer: String,
}

impl Tokens {
    /// Tokens of the deployment that others reach at `public_url`.
    #[must_use]
    pub const fn new(secrets: Secrets, public_url: String) -> Self {
        Self { secrets, issuer: public_url }
    }

    /// Signs that the partner may see the usage data of these items of the tenant, for as long as
    /// it asks and five minutes at most.
    pub fn sign(
        &self,
        partner: &MpnId,
        tenant: TenantId,
        items: &[ItemKey],
        life: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<AccessToken, SigningError> {
        let iat = now.timestamp();
        let claims = AccessClaims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: partner.clone(),
            partner: partner.clone(),
            tenant,
            items: items.to_vec(),
            iat,
            nbf: iat,
            exp: iat + life.num_seconds().clamp(1, LIFE_SECONDS_MAX),
            jti: Uuid::new_v4(),
        };
        let (id, seed) = self.secrets.current(PURPOSE);
        let (key, public) = pair(&seed)?;
        let signed = jwt::sign(&claims, TYPE, ed25519_key_id(id, &public), &key);
        let token = signed.map_err(|error| SigningError(error.to_string()))?;
        Ok(AccessToken { token, claims })
    }

    /// The public keys of all secret keys, as `/.well-known/jwks.json` has them.
    pub fn jwks(&self) -> Result<JwkSet, SigningError> {
        let seeds = self.secrets.ids().filter_map(|id| Some((id, self.secrets.of(id, PURPOSE)?)));
        let keys = seeds.map(|(id, seed)| Ok(ed25519_jwk(id, &pair(&seed)?.1)));
        Ok(JwkSet { keys: keys.collect::<Result<_, SigningError>>()? })
    }

    /// Verifies a token of this deployment.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenProblem> {
        let keys = self.jwks().map_err(|_| TokenProblem::UnknownKey)?;
        verify(token, &keys, &self.issuer, now)
    }
}

/// Verifies a token as a service does that has the public keys of the deployment at `issuer`.
pub fn verify(
    token: &str,
    keys: &JwkSet,
    issuer: &str,
    now: DateTime<Utc>,
) -> Result<AccessClaims, TokenProblem> {
    let opened = jwt::open(token, &[TYPE])?;
    let claims: AccessClaims = opened.verify(&keys.keys, issuer, AUDIENCE)?;
    let seconds = now.timestamp();
    let counts = claims.nbf <= seconds.saturating_add(LEEWAY_SECONDS)
        && seconds < claims.exp
        && claims.exp.saturating_sub(claims.iat) <= LIFE_SECONDS_MAX;
    if counts { Ok(claims) } else { Err(TokenProblem::Times) }
}

/// The key that signs, and the public one.
fn pair(seed: &Key) -> Result<(EncodingKey, Vec<u8>), SigningError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed);
    let pair = pair.map_err(|rejected| SigningError(rejected.to_string()))?;
    let key = EncodingKey::from_ed_der(&[&PKCS8_HEAD[..], seed].concat());
    Ok((key, pair.public_key().as_ref().to_vec()))
}

/// The number of the secret key alone could be that of another key in another deployment.
pub(crate) fn ed25519_key_id(id: KeyId, public: &[u8]) -> String {
    let digest = Sha256::digest(public);
    format!("{id}-{}", BASE64_URL_SAFE_NO_PAD.encode(&digest[..6]))
}

/// A public key as a JSON Web Key.
pub(crate) fn ed25519_jwk(id: KeyId, public: &[u8]) -> Jwk {
    Jwk {
        common: CommonParameters {
            public_key_use: Some(PublicKeyUse::Signature),
            key_algorithm: Some(KeyAlgorithm::EdDSA),
            key_id: Some(ed25519_key_id(id, public)),
            ..CommonParameters::default()
        },
        algorithm: AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
            key_type: OctetKeyPairType::OctetKeyPair,
            curve: EllipticCurve::Ed25519,
            x: BASE64_URL_SAFE_NO_PAD.encode(public),
        }),
    }
}

#[cfg(test)]
mod tests;
