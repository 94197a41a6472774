//! What a verified token says, and the caller it makes. Pure.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::settings::OidcSettings;
use crate::access::jwt::TokenProblem;
use crate::access::{Authority, Caller, Role};
use crate::claim::identity::{MpnId, Source};

/// Longest subject, in characters (OpenID Connect Core, section 2).
const SUBJECT_MAX: usize = 255;

/// The claims that every token has, and all the others.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    /// `jsonwebtoken` has compared it; here it has to be one text, not a list.
    #[serde(rename = "iss")]
    _issuer: String,
    #[serde(rename = "sub")]
    subject: String,
    #[serde(rename = "exp")]
    expires_at: Number,
    #[serde(rename = "nbf")]
    not_before: Option<Number>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Claims {
    /// Whether the token counts now, with clocks that may be off by `leeway_seconds`.
    pub(super) fn check_times(
        &self,
        now: DateTime<Utc>,
        leeway_seconds: u32,
    ) -> Result<(), TokenProblem> {
        let leeway = f64::from(leeway_seconds);
        let now = now.timestamp_millis() as f64 / 1_000.0;
        let seconds = |number: &Number| number.as_f64().filter(|seconds| seconds.is_finite());
        let expires_at = seconds(&self.expires_at).ok_or(TokenProblem::Times)?;
        let not_before = match &self.not_before {
            Some(number) => seconds(number).ok_or(TokenProblem::Times)?,
            None => f64::NEG_INFINITY,
        };
        let counts = now < expires_at + leeway && not_before <= now + leeway;
        if counts { Ok(()) } else { Err(TokenProblem::Times) }
    }

    /// From when on the token does not count any more.
    pub(super) fn expires_at(&self) -> Result<DateTime<Utc>, TokenProblem> {
        let seconds = self.expires_at.as_f64().unwrap_or(f64::NAN);
        #[expect(clippy::cast_possible_truncation, reason = "what does not fit is no instant")]
        let expires_at = DateTime::from_timestamp_millis((seconds * 1_000.0) as i64);
        expires_at.ok_or(TokenProblem::Times)
    }

    /// The caller that these claims make.
    pub(super) fn caller(&self, settings: &OidcSettings) -> Result<Caller, TokenProblem> {
        let subject = self.subject.as_str();
        let printable = !subject.chars().any(|c| c.is_control() || c.is_whitespace());
        if subject.is_empty() || subject.chars().count() > SUBJECT_MAX || !printable {
            return Err(TokenProblem::Claims("its subject is empty, too long or not printable"));
        }
        let role = one_role(self.value(&settings.roles_claim))?;
        let mpn_id = match role {
            Role::IncentivesAdmin => Some(self.mpn_id(&settings.partner_claim)?),
            _ => None,
        };
        let source = match role {
            Role::UpstreamSource => Some(self.source(&settings.source_claim)?),
            _ => None,
        };
        let authority = Authority::new(role, mpn_id, source)
            .map_err(|_| TokenProblem::Claims("its role does not go with its partner or source"))?;
        Ok(Caller { name: format!("oidc:{subject}"), authority })
    }

    /// A claim that is a text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.others.get(claim).and_then(Value::as_str)
    }

    fn mpn_id(&self, claim: &str) -> Result<MpnId, TokenProblem> {
        let text = match self.value(claim) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(TokenProblem::Claims("its partner claim is missing or no text")),
        };
        MpnId::parse(&text).map_err(|_| TokenProblem::Claims("its partner claim is no MPN ID"))
    }

    fn source(&self, claim: &str) -> Result<Source, TokenProblem> {
        let text = self.value(claim).and_then(Value::as_str);
        let text = text.ok_or(TokenProblem::Claims("its source claim is missing or no text"))?;
        Source::parse(text).map_err(|_| TokenProblem::Claims("its source claim is no source"))
    }

    /// The claim of that name, or else what the name leads to, dot by dot: some issuers name
    /// claims by addresses, which have dots in them.
    fn value(&self, path: &str) -> Option<&Value> {
        if let Some(value) = self.others.get(path) {
            return Some(value);
        }
        let (first, rest) = path.split_once('.')?;
        rest.split('.').try_fold(self.others.get(first)?, |value, name| value.get(name))
    }
}

/// The one role of ours among all that the issuer knows.
fn one_role(value: Option<&Value>) -> Result<Role, TokenProblem> {
    let names: Vec<&str> = match value {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return Err(TokenProblem::Claims("its roles claim is missing or no list")),
    };
    let mut roles = Role::ALL.into_iter().filter(|role| names.contains(&role.as_str()));
    match (roles.next(), roles.next()) {
        (Some(role), None) => Ok(role),
        (None, _) => Err(TokenProblem::Claims("it gives none of the roles")),
        (Some(_), Some(_)) => Err(TokenProblem::Claims("it gives more than one role")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings() -> OidcSettings {
        OidcSettings {
            issuer: "https://login.example/".to_owned(),
            audience: "cpor".to_owned(),
            jwks_url: String::new(),
            roles_claim: "realm_access.roles".to_owned(),
            partner_claim: "https://cpor.example/partner".to_owned(),
            source_claim: "source".to_owned(),
            leeway_seconds: 60,
            client_id: String::new(),
            client_secret: None,
            scope: "openid".to_owned(),
        }
    }

    fn claims(more: Value) -> Claims {
        let mut all = json!({ "iss": "https://login.example/", "sub": "u-1", "exp": 1000 });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[track_caller]
    fn check(given: Value, expected: Result<Authority, &str>) {
        let caller = claims(given.clone()).caller(&settings());
        match (caller, expected) {
            (Ok(caller), Ok(authority)) => assert_eq!(caller.authority, authority, "{given}"),
            (Err(problem), Err(part)) => {
                assert!(problem.to_string().contains(part), "{given}: {problem}");
            }
            (found, expected) => panic!("{given}: {found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn exactly_one_role_counts() {
        let roles = |roles: Value| json!({ "realm_access": { "roles": roles } });
        check(roles(json!(["offline_access", "reviewer"])), Ok(Authority::Reviewer));
        check(roles(json!(["operator", "operator"])), Ok(Authority::Operator));
        check(roles(json!("usage_data_service")), Ok(Authority::UsageDataService));
        check(roles(json!(["reviewer", "operator"])), Err("more than one role"));
        check(roles(json!(["Reviewer", "admin", 7])), Err("none of the roles"));
        check(roles(json!([])), Err("none of the roles"));
        check(roles(json!({ "reviewer": true })), Err("roles claim"));
        check(json!({ "roles": ["reviewer"] }), Err("roles claim"));
        check(json!({ "realm_access.roles": ["reviewer"] }), Ok(Authority::Reviewer));
    }

    #[test]
    fn a_role_has_the_partner_or_source_it_is_limited_to() {
        let admin = |partner: Value| {
            json!({
                "realm_access": { "roles": ["incentives_admin"] },
                "https://cpor.example/partner": partner,
                "source": "crm-emea",
            })
        };
        let own = Authority::IncentivesAdmin(MpnId::parse("1234567").unwrap());
        check(admin(json!("1234567")), Ok(own.clone()));
        check(admin(json!(1_234_567)), Ok(own));
        check(admin(json!("Contoso")), Err("no MPN ID"));
        check(admin(json!(["1234567"])), Err("partner claim"));
        check(admin(Value::Null), Err("partner claim"));
        let roles = json!({ "roles": ["upstream_source"] });
        let upstream = |source: Value| json!({ "realm_access": roles, "source": source });
        let crm = Authority::UpstreamSource(Source::parse("crm-emea").unwrap());
        check(upstream(json!("crm-emea")), Ok(crm));
        check(upstream(json!("a\nb")), Err("no source"));
        check(upstream(json!(7)), Err("source claim"));
    }

    #[test]
    fn a_subject_is_short_and_printable() {
        let reviewer = json!({ "realm_access": { "roles": ["reviewer"] } });
        for (subject, fits) in [("u-1", true), ("", false), ("a\u{1b}[31m", false)] {
            let claims = Claims { subject: subject.to_owned(), ..claims(reviewer.clone()) };
            assert_eq!(claims.caller(&settings()).is_ok(), fits, "{subject:?}");
        }
        let claims = Claims { subject: "a".repeat(256), ..claims(reviewer) };
        assert!(claims.caller(&settings()).is_err());
    }

    #[test]
    fn times_count_with_the_leeway_and_no_longer() {
        #[track_caller]
        fn check(given: Value, now: i64, expected: bool) {
            let now = DateTime::from_timestamp(now, 0).unwrap();
            assert_eq!(claims(given).check_times(now, 60).is_ok(), expected, "{now}");
        }
        check(json!({}), 1_059, true);
        check(json!({}), 1_060, false);
        check(json!({ "exp": 1_000.5 }), 1_060, true);
        check(json!({ "exp": -1 }), 1, true);
        check(json!({ "exp": -1e300 }), 1, false);
        check(json!({ "nbf": 500 }), 440, true);
        check(json!({ "nbf": 500 }), 439, false);
    }
}
