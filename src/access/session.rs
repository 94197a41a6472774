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
use crate::claim::identity::MpnId;
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
    /// Who it is, and for whom.
    pub caller: Caller,
    /// The partner location of the person's own account, while the person acts for another one.
    pub home: Option<MpnId>,
    /// The person's name, where the issuer says it.
    pub shown: Option<String>,
    /// What the forms of this session carry.
    pub form_token: String,
    /// When it is over.
    pub until: DateTime<Utc>,
}

impl Session {
    /// Whether a form with this token is one of this session. Digests are compared, so that how
    /// long it takes tells nothing of the token.
    #[must_use]
    pub fn has_sent(&self, token: &str) -> bool {
        Sha256::digest(token) == Sha256::digest(&self.form_token)
    }

    /// Who has signed in, whichever location the person acts for.
    #[must_use]
    pub fn person(&self) -> Caller {
        let mut person = self.caller.clone();
        if let Some(home) = &self.home {
            person.authority = Authority::IncentivesAdmin(home.clone());
        }
        person
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
    home: Option<MpnId>,
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
        let (shown, home) = (shown.map(str::to_owned), None);
        self.sealed(&Statement { name, authority, home, shown, until, nonce: rand::random() })
    }

    /// The cookie of the same person who acts for another location from now on. Whether the person
    /// may is for whoever asks to know; it ends no later than it would have.
    #[must_use]
    pub fn moved(&self, session: &Session, to: &MpnId) -> String {
        let Caller { name, authority } = session.person();
        let home = match authority {
            Authority::IncentivesAdmin(home) if home != *to => Some(home),
            _ => None,
        };
        self.sealed(&Statement {
            name,
            authority: Authority::IncentivesAdmin(to.clone()),
            home,
            shown: session.shown.clone(),
            until: session.until,
            nonce: rand::random(),
        })
    }

    fn sealed(&self, statement: &Statement) -> String {
        // Plain fields always serialize; without a statement nobody is signed in.
        let json = serde_json::to_vec(statement).unwrap_or_default();
        seal(&self.0, COOKIE, &json)
    }

    /// The session of a cookie, if it is ours and not over at `now`.
    #[must_use]
    pub fn read(&self, cookie: &str, now: DateTime<Utc>) -> Option<Session> {
        let (id, json) = open(&self.0, COOKIE, cookie)?;
        let statement: Statement = serde_json::from_slice(&json).ok()?;
        let Statement { name, authority, home, shown, until, .. } = statement;
        let of_forms = self.0.of(id, FORM)?;
        let form_token = BASE64_URL_SAFE_NO_PAD.encode(mac(&of_forms, &json));
        let caller = Caller { name, authority };
        (now < until).then_some(Session { caller, home, shown, form_token, until })
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
    fn somebody_who_acts_for_another_location_stays_who_it_is_and_no_longer() {
        let (sessions, id) = (sessions(), |id: &str| MpnId::parse(id).unwrap());
        let at_home = Authority::IncentivesAdmin(id("1234567"));
        let ece = Caller { name: "oidc:ece".to_owned(), authority: at_home };
        let cookie = sessions.begin(&ece, Some("Ece Yıldız"), Some(at(2)), at(0));
        let session = sessions.read(&cookie, at(1)).unwrap();
        let moved = sessions.read(&sessions.moved(&session, &id("1234568")), at(1)).unwrap();
        assert_eq!(moved.caller.authority, Authority::IncentivesAdmin(id("1234568")));
        assert_eq!((moved.person(), moved.shown.as_deref()), (ece.clone(), Some("Ece Yıldız")));
        assert_ne!(moved.form_token, session.form_token, "what was open before acts no more");
        let further = sessions.moved(&moved, &id("1234569"));
        assert_eq!(sessions.read(&further, at(1)).unwrap().person(), ece);
        assert_eq!(sessions.read(&further, at(2)), None);
        let back = sessions.read(&sessions.moved(&moved, &id("1234567")), at(1)).unwrap();
        assert_eq!((back.caller, back.home), (ece, None));
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
