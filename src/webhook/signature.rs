//! Signatures as Standard Webhooks has them (version 1 of the specification): HMAC-SHA256 over id,
//! time and body, under a key that belongs to this webhook alone.
//!
//! The key is derived from the deployment's secret keys. While several of those are in use, a
//! delivery carries one signature of each, so that receivers can go over to the new one whenever
//! they like.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};

use crate::secrets::{Secret, Secrets, mac};
use crate::webhook::WebhookId;

fn purpose(id: WebhookId) -> String {
    format!("webhook:{id}")
}

/// The secret that a webhook's receiver verifies with: `whsec_<base64>`.
pub(super) fn signing_secret(secrets: &Secrets, id: WebhookId) -> Secret {
    let (_, key) = secrets.current(&purpose(id));
    Secret::new(format!("whsec_{}", BASE64_STANDARD.encode(key)))
}

/// The header `webhook-signature` of one attempt.
#[must_use]
pub fn signature(
    secrets: &Secrets,
    id: WebhookId,
    delivery_id: &str,
    at: DateTime<Utc>,
    body: &[u8],
) -> String {
    let message = [format!("{delivery_id}.{}.", at.timestamp()).as_bytes(), body].concat();
    let keys = secrets.ids().filter_map(|key_id| secrets.of(key_id, &purpose(id)));
    let signed = keys.map(|key| format!("v1,{}", BASE64_STANDARD.encode(mac(&key, &message))));
    signed.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    use super::*;
    use crate::secrets::{KeyId, new_key};

    /// Verifies as a receiver does, from what is in its hands.
    fn verifies(secret: &str, header: &str, message: &str) -> bool {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(message.as_bytes());
        let expected = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        header.split(' ').any(|signature| signature == expected)
    }

    #[test]
    fn a_receiver_verifies_with_its_secret_also_while_keys_rotate() {
        let (old, new) = (new_key(KeyId(1)), new_key(KeyId(2)));
        let before = Secrets::parse(&old, "test").unwrap();
        let both = Secrets::parse(&format!("{new},{old}"), "test").unwrap();
        let (id, other) = (WebhookId::random(), WebhookId::random());
        let at = DateTime::from_timestamp(1_795_187_700, 999_000_000).unwrap();
        let header = signature(&both, id, "delivery", at, b"{}");
        let message = "delivery.1795187700.{}";
        for secrets in [&before, &both] {
            let secret = signing_secret(secrets, id);
            assert!(verifies(secret.reveal(), &header, message), "{header}");
            let foreign = signing_secret(secrets, other);
            assert!(!verifies(foreign.reveal(), &header, message), "{header}");
        }
        let secret = signing_secret(&both, id);
        for forged in ["delivery.1795187701.{}", "delivery.1795187700.{ }", "x.1795187700.{}"] {
            assert!(!verifies(secret.reveal(), &header, forged), "{forged}");
        }
    }
}
