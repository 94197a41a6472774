//! What ties the second step of an answer to the first: when the answer arrived, under a MAC that
//! covers the link and everything that was answered. Nothing is stored between the steps.
//!
//! Base64url of key number, instant in ms and the first [`MAC_BYTES`] of an HMAC-SHA256 by the key
//! of the purpose `page-step`.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use crate::secrets::{KeyId, Secrets, mac, verify_mac};

const PURPOSE: &str = "page-step";
const MAC_BYTES: usize = 16;
/// How long the second step may take: time to ask a colleague, and not the whole night.
const VALID_FOR: TimeDelta = TimeDelta::hours(1);

/// An answer as it was given in the first step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// The token of the link.
    pub link: &'a str,
    /// The choice, and what else the form said, in a fixed order.
    pub fields: &'a [&'a str],
}

impl Given<'_> {
    /// What the second form carries.
    pub fn seal(&self, secrets: &Secrets, received_at: DateTime<Utc>) -> String {
        let (key_id, key) = secrets.current(PURPOSE);
        let received_ms = received_at.timestamp_millis();
        let mut bytes = vec![key_id.0];
        bytes.extend_from_slice(&received_ms.to_be_bytes());
        let mac = mac(&key, &self.signed(&bytes));
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// When this very answer arrived, if that was within the last hour.
    pub fn open(&self, secrets: &Secrets, step: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(step).ok()?;
        let (about, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        let (key_id, received_ms) = about.split_first()?;
        let key = secrets.of(KeyId(*key_id), PURPOSE)?;
        if !verify_mac(&key, &self.signed(about), mac) {
            return None;
        }
        let received_ms = i64::from_be_bytes(received_ms.try_into().ok()?);
        let received_at = DateTime::from_timestamp_millis(received_ms)?;
        (now < received_at + VALID_FOR).then_some(received_at.min(now))
    }

    /// Each part with its length before it, so that no two answers are written alike.
    fn signed(&self, about: &[u8]) -> Vec<u8> {
        let mut signed = about.to_vec();
        for part in [self.link].iter().chain(self.fields) {
            signed.extend_from_slice(&part.len().to_be_bytes());
            signed.extend_from_slice(part.as_bytes());
        }
        signed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::new_key;

    const GIVEN: Given<'_> = Given { link: "link", fields: &["reject", "no reason"] };

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes)
    }

    fn secrets() -> Secrets {
        Secrets::parse(&new_key(KeyId(7)), "the test").unwrap()
    }

    #[test]
    fn a_step_tells_when_the_answer_arrived_for_one_hour() {
        let secrets = secrets();
        let step = GIVEN.seal(&secrets, at(0));
        assert_eq!(GIVEN.open(&secrets, &step, at(0)), Some(at(0)));
        assert_eq!(GIVEN.open(&secrets, &step, at(59)), Some(at(0)));
        assert_eq!(GIVEN.open(&secrets, &step, at(60)), None);
    }

    #[test]
    fn a_clock_a_little_behind_the_one_of_the_first_step_does_no_harm() {
        let secrets = secrets();
        let step = GIVEN.seal(&secrets, at(1));
        assert_eq!(GIVEN.open(&secrets, &step, at(0)), Some(at(0)));
    }

    #[test]
    fn another_answer_needs_a_step_of_its_own() {
        let secrets = secrets();
        let step = GIVEN.seal(&secrets, at(0));
        for given in [
            Given { link: "other", ..GIVEN },
            Given { fields: &["agree", "no reason"], ..GIVEN },
            Given { fields: &["reject", "no", "reason"], ..GIVEN },
            Given { fields: &["rejectno", " reason"], ..GIVEN },
            Given { fields: &[], ..GIVEN },
        ] {
            assert_eq!(given.open(&secrets, &step, at(0)), None, "{given:?}");
        }
    }

    #[test]
    fn a_step_is_whole_and_ours_or_nothing() {
        let secrets = secrets();
        let step = GIVEN.seal(&secrets, at(0));
        for length in 0..step.len() {
            assert_eq!(GIVEN.open(&secrets, &step[..length], at(0)), None);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&step).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = BASE64_URL_SAFE_NO_PAD.encode(flipped);
            assert_eq!(GIVEN.open(&secrets, &flipped, at(0)), None);
        }
        assert_eq!(GIVEN.open(&self::secrets(), &step, at(0)), None);
    }
}
