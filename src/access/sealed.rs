//! What a browser keeps for us: bytes of ours under a MAC, as the text of a cookie.
//!
//! Nothing is encrypted: what must not be read by its owner does not belong here.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::secrets::{KEY_BYTES, KeyId, Secrets, mac, verify_mac};

/// The text of a cookie.
pub(super) fn seal(secrets: &Secrets, purpose: &str, bytes: &[u8]) -> String {
    let (KeyId(id), key) = secrets.current(purpose);
    let signed = [&[id], &mac(&key, bytes)[..], bytes].concat();
    BASE64_URL_SAFE_NO_PAD.encode(signed)
}

/// The bytes of a cookie and the key that signed them, if it is ours and whole.
pub(super) fn open(secrets: &Secrets, purpose: &str, text: &str) -> Option<(KeyId, Vec<u8>)> {
    let signed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (id, signed) = signed.split_first()?;
    let (found, bytes) = signed.split_at_checked(KEY_BYTES)?;
    let key = secrets.of(KeyId(*id), purpose)?;
    verify_mac(&key, bytes, found).then(|| (KeyId(*id), bytes.to_vec()))
}
