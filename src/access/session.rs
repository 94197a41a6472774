//! Sessions of people at our pages: who has signed in, in a cookie that we have signed.
//!
//! Nothing is stored: the cookie says who it is and until when, under a MAC. Whether an API key is
//! still good is asked at every request (`Authenticator::still`), so a revoked key ends its
//! sessions within seconds. A form carries a token made from the session, so that no other page
//! can send it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::serde::ts_milliseconds;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::access::sealed::{open, seal};
use crate::access::{Authority, Caller};
use crate::secrets::{Secrets, mac};

/// What the keys of cookies are derived for.
const COOKIE: &str = "session";
/// What the keys of form tokens are derived for.
const FORM: &str = "session-form";
/// How long somebody stays signed in: a shift.
const LIFE: TimeDelta = TimeDelta::hours(10);

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who it is.
    pub caller: Caller,
    /// The person's name, where the issuer says it.
    pub shown: Option<String>,
    /// What the forms of this session carry.
    pub form_token: String,
}

impl Session {
    /// Whether a form with this token is one of this session. Digests are compared, so that how
    /// long it takes tells nothing of the token.
    #[must_use]
    pub fn has_sent(&self, token: &str) -> bool {
        Sha256::digest(token) == Sha256::digest(&self.form_token)
    }
}

/// Signs and reads sessions; cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions(Secrets);

#[derive(Serialize, Deserialize)]
struct Statement {
    name: String,
    authority: Authority,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    shown: Option<String>,
    #[serde(with = "ts_milliseconds")]
    until: DateTime<Utc>,
    /// Tells sessions of one caller apart.
    nonce: u64,
}

impl Sessions {
    /// Sessions that are signed with these keys.
    #[must_use]
    pub const fn new(secrets: Secrets) -> Self {
        Self(secrets)
    }

    /// The cookie of somebody who signs in at `now` and is shown under a name; nobody stays signed
    /// in for longer than the credential counts.
    #[must_use]
    pub fn begin(
        &self,
        caller: &Caller,
        shown: Option<&str>,
        expires_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> String {
        let until = expires_at.map_or(now + LIFE, |at| at.min(now + LIFE));
        let (name, authority) = (caller.name.clone(), caller.authority.clone());
        let shown = shown.map(str::to_owned);
        let statement = Statement { name, authority, shown, until, nonce: rand::random() };
        // Plain fields always serialize; without a statement nobody is signed in.
        let json = serde_json::to_vec(&statement).unwrap_or_default();
        seal(&self.0, COOKIE, &json)
    }

    /// The session of a cookie, if it is ours and not over at `now`.
    #[must_use]
    pub fn read(&self, cookie: &str, now: DateTime<Utc>) -> Option<Session> {
        let (id, json) = open(&self.0, COOKIE, cookie)?;
        let Statement { name, authority, shown, until, .. } = serde_json::from_slice(&json).ok()?;
        let of_forms = self.0.of(id, FORM)?;
        let form_token = BASE64_URL_SAFE_NO_PAD.encode(mac(&of_forms, &json));
        let caller = Caller { name, authority };
        (now < until).then_some(Session { caller, shown, form_token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::{KeyId, new_key};

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hours)
    }

    fn sessions() -> Sessions {
        Sessions::new(Secrets::parse(&new_key(KeyId(3)), "the test").unwrap())
    }

    fn operator() -> Caller {
        Caller { name: "key:abc".to_owned(), authority: Authority::Operator }
    }

    #[test]
    fn a_session_lasts_a_shift_and_never_longer_than_its_credential() {
        let sessions = sessions();
        let check = |expires_at: Option<i64>, now: i64, expected: bool| {
            let cookie = sessions.begin(&operator(), None, expires_at.map(at), at(0));
            let found = sessions.read(&cookie, at(now)).map(|session| session.caller);
            assert_eq!(found, expected.then(operator), "{expires_at:?} {now}");
        };
        check(None, 9, true);
        check(None, 10, false);
        check(Some(1), 0, true);
        check(Some(1), 1, false);
        check(Some(99), 10, false);
    }

    #[test]
    fn a_cookie_is_whole_and_ours_or_nothing() {
        let sessions = sessions();
        let cookie = sessions.begin(&operator(), None, None, at(0));
        for length in 0..cookie.len() {
            assert_eq!(sessions.read(&cookie[..length], at(0)), None);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&cookie).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = BASE64_URL_SAFE_NO_PAD.encode(flipped);
            assert_eq!(sessions.read(&flipped, at(0)), None);
        }
        assert_eq!(self::sessions().read(&cookie, at(0)), None, "keys of another deployment");
    }

    #[test]
    fn every_session_has_a_form_token_of_its_own() {
        let sessions = sessions();
        let token = || {
            let cookie = sessions.begin(&operator(), None, None, at(0));
            sessions.read(&cookie, at(0)).unwrap().form_token
        };
        assert_ne!(token(), token());
    }
}
