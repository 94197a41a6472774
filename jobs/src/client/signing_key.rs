//! The key with which a source signs what it submits.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::SignedEntry;

/// A source's key, as the deployment's operator prints it with `cpor source key`: the number of
/// the deployment's key, a colon, and 32 bytes in base64url. It is never shown again.
///
/// ```
/// use cpor_jobs::client::SigningKey;
///
/// let key = SigningKey::parse("7:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")?;
/// let entry = key.sign(r#"{"v":1}"#);
/// assert!(entry.starts_with("cpor-hmac-sha256 7 ") && entry.ends_with("\n{\"v\":1}"));
/// assert_eq!(format!("{key:?}"), "SigningKey(7)");
/// # Ok::<(), cpor_jobs::client::SigningKeyError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    id: u8,
    hmac: Hmac<Sha256>,
}

/// A text is not a source's key. It is not shown, because it may nearly be one.
///
/// ```
/// use cpor_jobs::client::SigningKey;
///
/// let error = SigningKey::parse("AAECAwQ").unwrap_err();
/// assert!(error.to_string().contains("cpor source key"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a key of a source: expected is what `cpor source key` prints, a number, a colon \
     and 43 characters"
)]
pub struct SigningKeyError;

impl SigningKey {
    /// Reads a key as it is printed. See the example of [`SigningKey`].
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(printed: &str) -> Result<Self, SigningKeyError> {
        let (id, key) = printed.trim().split_once(':').ok_or(SigningKeyError)?;
        let id = id.parse().map_err(|_| SigningKeyError)?;
        let key = BASE64_URL_SAFE_NO_PAD.decode(key).map_err(|_| SigningKeyError)?;
        let key: [u8; 32] = key.try_into().map_err(|_| SigningKeyError)?;
        let hmac = Hmac::new_from_slice(&key).map_err(|_| SigningKeyError)?;
        Ok(Self { id, hmac })
    }

    /// The entry for the intake list: a line with the signature, and the JSON as it is. See the
    /// example of [`SigningKey`].
    #[must_use]
    pub fn sign(&self, json: &str) -> String {
        let mut hmac = self.hmac.clone();
        hmac.update(json.as_bytes());
        SignedEntry::line(self.id, &hmac.finalize().into_bytes().into()) + json
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_number_and_32_bytes() {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        let check = |printed: &str, expected: bool| {
            assert_eq!(SigningKey::parse(printed).is_ok(), expected, "{printed}");
        };
        check(&format!("0:{key}"), true);
        check(&format!(" 255:{key}\n"), true);
        check("", false);
        check(key, false);
        check(&format!("256:{key}"), false);
        check(&format!("1:{key}="), false);
        check(&format!("1:{}", &key[..42]), false);
        check(&format!("1:{}", key.replace('A', "+")), false);
    }
}
