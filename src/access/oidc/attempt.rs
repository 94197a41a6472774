//! A sign-in that is under way at the issuer: what the browser keeps of it, and what has to match
//! when it comes back.
//!
//! Nothing is stored: the browser keeps a random seed under a MAC, and state, nonce and code
//! verifier are derived from the seed with keys of ours, so that the cookie alone tells nobody any
//! of them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::serde::ts_milliseconds;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::access::Caller;
use crate::access::remembered::Unavailable;
use crate::access::sealed::{open, seal};
use crate::secrets::{KeyId, Secrets, mac};

/// What the keys of cookies are derived for.
const COOKIE: &str = "sign-in";
/// How long somebody may take at the issuer.
const LIFE: TimeDelta = TimeDelta::minutes(15);

/// Begins and ends sign-ins of one deployment.
#[derive(Debug, Clone)]
pub struct SignIns {
    secrets: Secrets,
    pub(super) redirect_uri: String,
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes on.
    pub location: String,
    /// What it keeps meanwhile.
    pub cookie: String,
}

/// What the browser brings back from the issuer.
#[derive(Debug, Default)]
pub struct Returned {
    /// The code, if all is well.
    pub code: String,
    /// What was sent along.
    pub state: String,
    /// Why there is no code.
    pub error: String,
    /// Who says so (RFC 9207).
    pub issuer: String,
}

/// Somebody has signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Who it is.
    pub caller: Caller,
    /// The person's name, where the issuer says it.
    pub shown: Option<String>,
    /// Where the browser wanted to go.
    pub next: String,
}

/// Nobody has signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No issuer, or no client of it, is set.
    #[error("nobody signs in with an issuer here")]
    NotSet,
    /// The issuer cannot be asked now.
    #[error("the issuer cannot be asked at the moment")]
    Unavailable,
    /// It was not begun in this browser, or too long ago.
    #[error("the sign-in was not begun in this browser, or too long ago")]
    Stale,
    /// The issuer, or the person there, said no.
    #[error("the issuer did not let the person in")]
    Denied,
    /// What the issuer gave does not count.
    #[error("what the issuer gave does not count")]
    Refused,
    /// The person is known, and has no role here.
    #[error("the person has no role here")]
    NoRole,
}

impl From<Unavailable> for SignInError {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

#[derive(Serialize, Deserialize)]
struct Statement {
    seed: [u8; 16],
    next: String,
    #[serde(with = "ts_milliseconds")]
    until: DateTime<Utc>,
}

/// What has to match.
pub(super) struct Attempt {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    pub next: String,
}

impl SignIns {
    /// Sign-ins that come back to this address.
    #[must_use]
    pub const fn new(secrets: Secrets, redirect_uri: String) -> Self {
        Self { secrets, redirect_uri }
    }

    pub(super) fn begin(&self, next: &str, now: DateTime<Utc>) -> Option<(Attempt, String)> {
        let statement =
            Statement { seed: rand::random(), next: next.to_owned(), until: now + LIFE };
        let cookie = seal(&self.secrets, COOKIE, &serde_json::to_vec(&statement).ok()?);
        let (id, _) = self.secrets.current(COOKIE);
        Some((self.attempt(id, &statement)?, cookie))
    }

    pub(super) fn resume(&self, cookie: &str, now: DateTime<Utc>) -> Option<Attempt> {
        let (id, json) = open(&self.secrets, COOKIE, cookie)?;
        let statement: Statement = serde_json::from_slice(&json).ok()?;
        if statement.until <= now {
            return None;
        }
        self.attempt(id, &statement)
    }

    fn attempt(&self, id: KeyId, statement: &Statement) -> Option<Attempt> {
        let derived = |what: &str| {
            let key = self.secrets.of(id, &format!("{COOKIE}-{what}"))?;
            Some(BASE64_URL_SAFE_NO_PAD.encode(mac(&key, &statement.seed)))
        };
        Some(Attempt {
            state: derived("state")?,
            nonce: derived("nonce")?,
            verifier: derived("verifier")?,
            next: statement.next.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::new_key;

    #[test]
    fn an_attempt_is_resumed_with_its_own_cookie_and_for_a_quarter_of_an_hour() {
        let secrets = Secrets::parse(&new_key(KeyId(3)), "the test").unwrap();
        let sign_ins = SignIns::new(secrets, "http://127.0.0.1/callback".to_owned());
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let (begun, cookie) = sign_ins.begin("/partner/claims", now).unwrap();
        let (other, _) = sign_ins.begin("/partner/claims", now).unwrap();
        let resumed = sign_ins.resume(&cookie, now + LIFE - TimeDelta::seconds(1)).unwrap();
        assert_eq!((&resumed.state, &resumed.next), (&begun.state, &begun.next));
        assert_eq!(resumed.verifier, begun.verifier);
        assert!(begun.state != other.state && begun.nonce != begun.state);
        assert!(begun.verifier.len() >= 43, "RFC 7636, section 4.1");
        assert!(sign_ins.resume(&cookie, now + LIFE).is_none());
        assert!(sign_ins.resume(&cookie[1..], now).is_none());
    }
}
