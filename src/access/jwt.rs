//! Signed tokens (JWT): what every one of them has to be before a word in it counts.
//!
//! `jsonwebtoken` takes the text apart and pins the algorithm; ring does the arithmetic. Only
//! asymmetric algorithms exist here, so that a public key can never stand in for a shared secret,
//! and the key has to be of the kind and for the use that the algorithm wants. Times are checked
//! by the caller, who knows what time it is.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey, Header, Validation};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, Ed25519KeyPair, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest token that is looked at, in bytes.
pub(super) const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// Longest name of a key, in bytes.
const KEY_ID_BYTES_MAX: usize = 256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| signer(*algorithm, key),
    verifier_factory: |algorithm, key| verifier(*algorithm, key),
    // Our own code makes JWKs; none is derived from a key here.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes ring the arithmetic of `jsonwebtoken`. A program that chose another one keeps it.
pub(super) fn install() {
    let _ = PROVIDER.install_default();
}

/// What is wrong with a token, without quoting it.
fn why(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Json(_) | ErrorKind::Base64(_) | ErrorKind::Utf8(_) => {
            "it is malformed".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Why a token does not count.
#[derive(Debug, thiserror::Error)]
pub enum TokenProblem {
    /// It is longer than any token.
    #[error("it is longer than {TOKEN_BYTES_MAX} bytes")]
    TooLong,
    /// It is no token, or its signature or a claim is not right.
    #[error("it does not verify: {why}", why = why(.0))]
    Unverified(#[from] Error),
    /// Its algorithm is not one of those that are accepted.
    #[error("its algorithm {0:?} is not accepted")]
    Algorithm(Algorithm),
    /// It is a token for something else.
    #[error("it is not of a type that is accepted here")]
    Type,
    /// It has extensions that have to be understood, and are not.
    #[error("it has critical extensions")]
    Critical,
    /// It does not name its key.
    #[error("it does not name the key that signed it")]
    NoKeyId,
    /// No key of that name is there for its algorithm.
    #[error("it names a key that the issuer does not have, or not for its algorithm")]
    UnknownKey,
    /// It is over, or not yet of use.
    #[error("it is expired, not yet valid, or has times that make no sense")]
    Times,
    /// It does not give exactly one role with what belongs to it.
    #[error("{0}")]
    Claims(&'static str),
}

/// What a token says about its signature, checked as far as it can be without the key.
pub(super) struct Opened<'a> {
    token: &'a str,
    /// One of those that are accepted.
    algorithm: Algorithm,
    /// The name of the key that it says has signed it.
    pub key_id: String,
}

/// Looks at the head of a token; `types` are what may stand in `typ`, which may be missing only if
/// the empty text is among them.
pub(super) fn open<'a>(token: &'a str, types: &[&str]) -> Result<Opened<'a>, TokenProblem> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(TokenProblem::TooLong);
    }
    let Header { alg, typ, kid, crit, .. } = jsonwebtoken::decode_header(token)?;
    if !matches!(alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA) {
        return Err(TokenProblem::Algorithm(alg));
    }
    let typ = typ.unwrap_or_default();
    if !types.iter().any(|known| typ.eq_ignore_ascii_case(known)) {
        return Err(TokenProblem::Type);
    }
    if crit.is_some() {
        return Err(TokenProblem::Critical);
    }
    let key_id = kid.filter(|kid| (1..=KEY_ID_BYTES_MAX).contains(&kid.len()));
    Ok(Opened { token, algorithm: alg, key_id: key_id.ok_or(TokenProblem::NoKeyId)? })
}

impl Opened<'_> {
    /// Verifies signature, issuer and audience with the key that the token names, and reads its
    /// claims.
    pub(super) fn verify<T: DeserializeOwned>(
        &self,
        keys: &[Jwk],
        issuer: &str,
        audience: &str,
    ) -> Result<T, TokenProblem> {
        install();
        let named = |key: &&Jwk| key.common.key_id.as_ref() == Some(&self.key_id);
        let key = keys.iter().filter(named).find(|key| fits(key, self.algorithm));
        let key = DecodingKey::from_jwk(key.ok_or(TokenProblem::UnknownKey)?)?;
        let mut validation = Validation::new(self.algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.validate_exp = false; // The caller knows what time it is.
        Ok(jsonwebtoken::decode(self.token, &key, &validation)?.claims)
    }
}

/// Whether a key is of the kind that an algorithm wants, and meant for verifying.
pub(super) fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let named = match algorithm {
        Algorithm::RS256 => KeyAlgorithm::RS256,
        Algorithm::ES256 => KeyAlgorithm::ES256,
        Algorithm::EdDSA => KeyAlgorithm::EdDSA,
        _ => return false,
    };
    let of_kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => algorithm == Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(ec) => {
            algorithm == Algorithm::ES256 && ec.curve == EllipticCurve::P256
        }
        AlgorithmParameters::OctetKeyPair(pair) => {
            algorithm == Algorithm::EdDSA && pair.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    let common = &key.common;
    let verifies = |operations: &Vec<KeyOperations>| operations.contains(&KeyOperations::Verify);
    of_kind
        && common.key_algorithm.is_none_or(|algorithm| algorithm == named)
        && common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(verifies)
}

/// Whether a key may verify any token at all.
pub(super) fn is_of_use(key: &Jwk) -> bool {
    let algorithms = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
    key.common.key_id.is_some() && algorithms.into_iter().any(|algorithm| fits(key, algorithm))
}

/// Signs claims with an Ed25519 key, given as PKCS #8.
pub(super) fn sign<T: Serialize>(
    claims: &T,
    typ: &str,
    key_id: String,
    key: &EncodingKey,
) -> Result<String, Error> {
    install();
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(typ.to_owned());
    header.kid = Some(key_id);
    jsonwebtoken::encode(&header, claims, key)
}

struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

fn verifier(algorithm: Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    match algorithm {
        Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA => {
            Ok(Box::new(RingVerifier { algorithm, key: key.clone() }))
        }
        _ => Err(ErrorKind::UnsupportedAlgorithm.into()),
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], found: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match (self.algorithm, self.key.kind()) {
            (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, found)
            }
            (Algorithm::ES256, DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(message, found)
            }
            (Algorithm::EdDSA, DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(&ED25519, key).verify(message, found)
            }
            _ => Err(ring::error::Unspecified),
        };
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

struct RingSigner(Ed25519KeyPair);

fn signer(algorithm: Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if algorithm != Algorithm::EdDSA {
        return Err(ErrorKind::UnsupportedAlgorithm.into());
    }
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.as_bytes());
    Ok(Box::new(RingSigner(pair.map_err(|_| ErrorKind::InvalidEddsaKey)?)))
}

impl Signer<Vec<u8>> for RingSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for RingSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}
