//! An OpenID Connect issuer on this machine: it serves its configuration and public keys, and
//! signs whatever a test wants signed, wrong things included.

mod sign_in;

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use sign_in::CLIENT;

/// Test data, and nothing else: ring makes no RSA keys.
const RSA_TEST_KEY: &str = include_str!("issuer/rsa_test_key.pem");

/// What a token is signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256.
    Rs256,
    /// ECDSA on P-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm the issuer signs with.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in the head of a token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A running issuer; it stops when it is dropped.
pub struct Issuer {
    url: String,
    inner: Arc<Mutex<Inner>>,
    serving: JoinHandle<()>,
}

struct Inner {
    url: String,
    /// Whom it lets in.
    person: Option<Value>,
    attempts: sign_in::Attempts,
    generation: u32,
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
    padding: usize,
    key_requests: usize,
}

impl Issuer {
    /// Starts an issuer with keys of its own.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let inner = Arc::new(Mutex::new(Inner::new(url.clone())?));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .merge(sign_in::routes())
            .with_state(Arc::clone(&inner));
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, inner, serving })
    }

    /// The issuer's name, which is its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Claims that make a reviewer for ten minutes, for the audience `cpor`.
    #[must_use]
    pub fn claims(&self, now: DateTime<Utc>) -> Value {
        let now = now.timestamp();
        json!({
            "iss": self.url, "aud": "cpor", "sub": "u-1", "iat": now, "nbf": now, "exp": now + 600,
            "roles": ["reviewer"],
        })
    }

    /// A token of these claims, signed with the current key of the algorithm.
    pub fn sign(&self, algorithm: Algorithm, claims: &Value) -> io::Result<String> {
        let kid = key_id(self.inner.lock().generation, algorithm);
        let head = json!({ "alg": algorithm.as_str(), "typ": "JWT", "kid": kid });
        self.sign_as(&head, algorithm, claims)
    }

    /// The same with a head that may say anything.
    pub fn sign_as(
        &self,
        head: &Value,
        algorithm: Algorithm,
        claims: &Value,
    ) -> io::Result<String> {
        let message = message(head, claims);
        let signature = self.inner.lock().sign(algorithm, message.as_bytes())?;
        Ok(signed(&message, &signature))
    }

    /// The public key of an algorithm in the forms in which anyone could take it for a secret.
    #[must_use]
    pub fn public_forms(&self, algorithm: Algorithm) -> Vec<Vec<u8>> {
        let inner = self.inner.lock();
        let (index, bytes) = match algorithm {
            Algorithm::Rs256 => (0, inner.rsa.public().as_ref()),
            Algorithm::Es256 => (1, inner.ec.public_key().as_ref()),
            Algorithm::EdDsa => (2, inner.ed.public_key().as_ref()),
        };
        let jwk = inner.key_set()["keys"][index].to_string().into_bytes();
        vec![bytes.to_vec(), BASE64_STANDARD.encode(bytes).into_bytes(), jwk]
    }

    /// The name of the current key of an algorithm.
    #[must_use]
    pub fn key_id(&self, algorithm: Algorithm) -> String {
        key_id(self.inner.lock().generation, algorithm)
    }

    /// New keys under new names; the old ones are gone. The RSA key has a new name only.
    pub fn rotate(&self) -> io::Result<()> {
        let mut inner = self.inner.lock();
        (inner.ec, inner.ed) = (ec_key()?, ed_key()?);
        inner.generation += 1;
        Ok(())
    }

    /// Makes the key set so much longer, in bytes.
    pub fn pad_key_set(&self, bytes: usize) {
        self.inner.lock().padding = bytes;
    }

    /// How often the key set was asked for.
    #[must_use]
    pub fn key_requests(&self) -> usize {
        self.inner.lock().key_requests
    }

    /// Stops serving; what it signs is still signed.
    pub async fn stop(&mut self) {
        self.serving.abort();
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What is signed of a token: head and claims.
#[must_use]
pub fn message(head: &Value, claims: &Value) -> String {
    let encode = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encode(head), encode(claims))
}

/// The token of a message and its signature.
#[must_use]
pub fn signed(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn key_id(generation: u32, algorithm: Algorithm) -> String {
    format!("{}-{generation}", algorithm.as_str())
}

async fn configuration(State(inner): State<Arc<Mutex<Inner>>>) -> Json<Value> {
    let url = inner.lock().url.clone();
    Json(json!({
        "issuer": url, "jwks_uri": format!("{url}/keys"),
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
    }))
}

async fn keys(State(inner): State<Arc<Mutex<Inner>>>) -> Json<Value> {
    let mut inner = inner.lock();
    inner.key_requests += 1;
    Json(inner.key_set())
}

impl Inner {
    fn new(url: String) -> io::Result<Self> {
        let base64: String =
            RSA_TEST_KEY.lines().skip_while(|line| !line.starts_with("--")).skip(1).collect();
        let base64 = base64.split('-').next().unwrap_or_default();
        let rsa = BASE64_STANDARD.decode(base64).map_err(broken)?;
        let rsa = RsaKeyPair::from_pkcs8(&rsa).map_err(broken)?;
        let (ec, ed) = (ec_key()?, ed_key()?);
        let (person, attempts) = (None, sign_in::Attempts::default());
        Ok(Self { url, person, attempts, generation: 1, rsa, ec, ed, padding: 0, key_requests: 0 })
    }

    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> io::Result<Vec<u8>> {
        let random = SystemRandom::new();
        match algorithm {
            Algorithm::Rs256 => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(broken)?;
                Ok(signature)
            }
            Algorithm::Es256 => {
                let signature = self.ec.sign(&random, message).map_err(broken)?;
                Ok(signature.as_ref().to_vec())
            }
            Algorithm::EdDsa => Ok(self.ed.sign(message).as_ref().to_vec()),
        }
    }

    fn key_set(&self) -> Value {
        let base64 = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let rsa = PublicKeyComponents::<Vec<u8>>::from(self.rsa.public());
        let point = self.ec.public_key().as_ref();
        let kid = |algorithm| key_id(self.generation, algorithm);
        json!({
            "padding": "x".repeat(self.padding),
            "keys": [
                { "kty": "RSA", "use": "sig", "kid": kid(Algorithm::Rs256),
                  "n": base64(&rsa.n), "e": base64(&rsa.e) },
                { "kty": "EC", "use": "sig", "alg": "ES256", "kid": kid(Algorithm::Es256),
                  "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..65]) },
                { "kty": "OKP", "use": "sig", "alg": "EdDSA", "kid": kid(Algorithm::EdDsa),
                  "crv": "Ed25519", "x": base64(self.ed.public_key().as_ref()) },
                { "kty": "EC", "use": "sig", "crv": "P-777", "kid": "from-the-future" },
                { "kty": "oct", "kid": "shared", "k": "c2VjcmV0" },
            ],
        })
    }
}

/// ring's errors say nothing, and are no errors to the standard library.
fn broken(error: impl Display) -> io::Error {
    io::Error::other(error.to_string())
}

fn ec_key() -> io::Result<EcdsaKeyPair> {
    let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(broken)?;
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).map_err(broken)
}

fn ed_key() -> io::Result<Ed25519KeyPair> {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(broken)?;
    Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(broken)
}
