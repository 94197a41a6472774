//! The keys that bundles are signed with, and the public ones by which they are checked.

use jsonwebtoken::jwk::JwkSet;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::access::{SigningError, ed25519_jwk, ed25519_key_id};
use crate::secrets::{Key, Secrets};

/// What the keys are derived for: nothing that is signed for another purpose passes for evidence.
const PURPOSE: &str = "evidence";

/// The name of the key that signs now, and the key.
pub(super) fn current(secrets: &Secrets) -> Result<(String, Ed25519KeyPair), SigningError> {
    let (id, seed) = secrets.current(PURPOSE);
    let pair = pair(&seed)?;
    Ok((ed25519_key_id(id, pair.public_key().as_ref()), pair))
}

/// The public keys of all secret keys, for whoever checks bundles.
///
/// # Errors
///
/// When a key cannot be derived.
pub(super) fn jwks(secrets: &Secrets) -> Result<JwkSet, SigningError> {
    let seeds = secrets.ids().filter_map(|id| Some((id, secrets.of(id, PURPOSE)?)));
    let keys = seeds.map(|(id, seed)| Ok(ed25519_jwk(id, pair(&seed)?.public_key().as_ref())));
    Ok(JwkSet { keys: keys.collect::<Result<_, SigningError>>()? })
}

fn pair(seed: &Key) -> Result<Ed25519KeyPair, SigningError> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|rejected| SigningError::because(&rejected))
}
