//! Bearer tokens of an OIDC issuer on this machine: what is accepted, and everything that is not.

use chrono::{DateTime, Utc};
use cpor::access::{AuthError, Authenticator, Authority, Caller};
use cpor::claim::identity::{MpnId, Source};
use cpor::testkit::issuer::{Algorithm, Issuer, message, signed};
use serde_json::{Value, json};

use super::{app, at, bearer};

struct Scene {
    issuer: Issuer,
    authenticator: Authenticator,
}

impl Scene {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(more: &[(&str, &str)]) -> Self {
        let issuer = Issuer::start().await.unwrap();
        let mut all = vec![("access.oidc.issuer", issuer.url()), ("access.oidc.audience", "cpor")];
        all.extend_from_slice(more);
        let authenticator = app(&all).await.authenticator().unwrap();
        Self { issuer, authenticator }
    }

    async fn present(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, AuthError> {
        bearer(&self.authenticator, token, now).await
    }

    /// The usual claims with some changed; null takes one away.
    fn claims(&self, changes: &Value) -> Value {
        let mut claims = self.issuer.claims(at(0));
        let object = claims.as_object_mut().unwrap();
        object.extend(changes.as_object().unwrap().clone());
        object.retain(|_, value| !value.is_null());
        claims
    }

    async fn check(&self, changes: Value, expected: Result<Authority, AuthError>) {
        let token = self.issuer.sign(Algorithm::Es256, &self.claims(&changes)).unwrap();
        let caller = self.present(&token, at(0)).await;
        assert_eq!(caller.map(|caller| caller.authority), expected, "{changes}");
    }

    fn sign(&self, algorithm: Algorithm) -> String {
        self.issuer.sign(algorithm, &self.issuer.claims(at(0))).unwrap()
    }
}

const INVALID: Result<Caller, AuthError> = Err(AuthError::Invalid);

#[tokio::test]
async fn a_token_of_every_accepted_algorithm_makes_its_caller() {
    let scene = Scene::new().await;
    for algorithm in Algorithm::ALL {
        let caller = scene.present(&scene.sign(algorithm), at(0)).await.unwrap();
        assert_eq!(caller, Caller { name: "oidc:u-1".to_owned(), authority: Authority::Reviewer });
    }
    assert_eq!(scene.issuer.key_requests(), 1);
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims(at(0));
    for alg in ["none", "None", "NONE", ""] {
        let kid = scene.issuer.key_id(Algorithm::Rs256);
        let message = message(&json!({ "alg": alg, "typ": "JWT", "kid": kid }), &claims);
        assert_eq!(scene.present(&format!("{message}."), at(0)).await, INVALID);
        assert_eq!(scene.present(&message, at(0)).await, INVALID);
    }
    for algorithm in Algorithm::ALL {
        let token = scene.sign(algorithm);
        let (message, _) = token.rsplit_once('.').unwrap();
        assert_eq!(scene.present(&format!("{message}."), at(0)).await, INVALID);
        assert_eq!(scene.present(&format!("{message}.AAAA"), at(0)).await, INVALID);
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let scene = Scene::new().await;
    let claims = scene.issuer.claims(at(0));
    for algorithm in Algorithm::ALL {
        let kid = scene.issuer.key_id(algorithm);
        let message = message(&json!({ "alg": "HS256", "typ": "JWT", "kid": kid }), &claims);
        for secret in scene.issuer.public_forms(algorithm) {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
            mac.update(message.as_bytes());
            let token = signed(&message, &mac.finalize().into_bytes());
            assert_eq!(scene.present(&token, at(0)).await, INVALID);
        }
    }
}

#[tokio::test]
async fn the_algorithm_has_to_be_that_of_the_key() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims(at(0));
    for (said, named, signed) in [
        (Algorithm::Es256, Algorithm::Rs256, Algorithm::Es256),
        (Algorithm::Rs256, Algorithm::Es256, Algorithm::Rs256),
        (Algorithm::EdDsa, Algorithm::Es256, Algorithm::EdDsa),
        (Algorithm::Es256, Algorithm::Es256, Algorithm::EdDsa),
        (Algorithm::Rs256, Algorithm::Rs256, Algorithm::Es256),
    ] {
        let head = json!({ "alg": said.as_str(), "kid": scene.issuer.key_id(named) });
        let token = scene.issuer.sign_as(&head, signed, &claims).unwrap();
        assert_eq!(scene.present(&token, at(0)).await, INVALID, "{head}");
    }
    for alg in ["RS384", "RS512", "PS256", "ES384", "ES512", "HS256"] {
        let head = json!({ "alg": alg, "kid": scene.issuer.key_id(Algorithm::Rs256) });
        let token = scene.issuer.sign_as(&head, Algorithm::Rs256, &claims).unwrap();
        assert_eq!(scene.present(&token, at(0)).await, INVALID, "{head}");
    }
}

#[tokio::test]
async fn the_head_says_key_and_type_and_nothing_that_has_to_be_understood() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims(at(0));
    let kid = scene.issuer.key_id(Algorithm::EdDsa);
    let check = async |more: Value, accepted: bool| {
        let mut head = json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid });
        head.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let token = scene.issuer.sign_as(&head, Algorithm::EdDsa, &claims).unwrap();
        assert_eq!(scene.present(&token, at(0)).await.is_ok(), accepted, "{head}");
    };
    check(json!({}), true).await;
    check(json!({ "typ": "at+jwt" }), true).await;
    check(json!({ "typ": null }), true).await;
    check(json!({ "typ": "logout+jwt" }), false).await;
    check(json!({ "typ": "cpor-access+jwt" }), false).await;
    check(json!({ "crit": ["exp"], "exp": 1 }), false).await;
    check(json!({ "kid": null }), false).await;
    check(json!({ "kid": "" }), false).await;
    check(json!({ "kid": "shared" }), false).await;
    check(json!({ "jku": "https://elsewhere.example/keys", "kid": "theirs" }), false).await;
}

#[tokio::test]
async fn issuer_audience_subject_and_times_are_checked() {
    let scene = Scene::new().await;
    let (ok, invalid) = (|| Ok(Authority::Reviewer), || Err(AuthError::Invalid));
    let url = scene.issuer.url();
    let now = at(0).timestamp();
    scene.check(json!({}), ok()).await;
    scene.check(json!({ "iss": "https://other.example" }), invalid()).await;
    scene.check(json!({ "iss": format!("{url}/") }), invalid()).await;
    scene.check(json!({ "iss": [url] }), invalid()).await;
    scene.check(json!({ "iss": null }), invalid()).await;
    scene.check(json!({ "aud": ["other", "cpor"] }), ok()).await;
    scene.check(json!({ "aud": "other" }), invalid()).await;
    scene.check(json!({ "aud": [] }), invalid()).await;
    scene.check(json!({ "aud": null }), invalid()).await;
    scene.check(json!({ "sub": null }), invalid()).await;
    scene.check(json!({ "sub": "" }), invalid()).await;
    scene.check(json!({ "exp": now - 59 }), ok()).await;
    scene.check(json!({ "exp": now - 60 }), invalid()).await;
    scene.check(json!({ "exp": null }), invalid()).await;
    scene.check(json!({ "exp": "tomorrow" }), invalid()).await;
    scene.check(json!({ "nbf": now + 60 }), ok()).await;
    scene.check(json!({ "nbf": now + 61 }), invalid()).await;
    scene.check(json!({ "nbf": "yesterday" }), invalid()).await;
    scene.check(json!({ "nbf": null }), ok()).await;
}

#[tokio::test]
async fn exactly_one_role_with_what_belongs_to_it_gives_an_authority() {
    let scene = Scene::new().await;
    let invalid = || Err(AuthError::Invalid);
    scene.check(json!({ "roles": null }), invalid()).await;
    scene.check(json!({ "roles": [] }), invalid()).await;
    scene.check(json!({ "roles": ["reviewer", "operator"] }), invalid()).await;
    scene.check(json!({ "roles": ["incentives_admin"] }), invalid()).await;
    scene.check(json!({ "roles": ["upstream_source"] }), invalid()).await;
    let admin = Authority::IncentivesAdmin(MpnId::parse("1234567").unwrap());
    let both = json!({ "partner": "1234567", "source": "crm-emea", "roles": ["incentives_admin"] });
    scene.check(both, Ok(admin)).await;
    let crm = Authority::UpstreamSource(Source::parse("crm-emea").unwrap());
    scene.check(json!({ "source": "crm-emea", "roles": ["upstream_source"] }), Ok(crm)).await;
}

#[tokio::test]
async fn a_new_key_of_the_issuer_is_fetched_at_once_and_made_up_ones_seldom() {
    let scene = Scene::new().await;
    let old = scene.sign(Algorithm::Es256);
    assert!(scene.present(&old, at(0)).await.is_ok());
    scene.issuer.rotate().unwrap();
    assert!(scene.present(&old, at(1)).await.is_ok()); // Still remembered.
    assert!(scene.present(&scene.sign(Algorithm::Es256), at(2)).await.is_ok());
    assert_eq!(scene.issuer.key_requests(), 2);
    assert_eq!(scene.present(&old, at(3)).await, INVALID);
    let claims = scene.issuer.claims(at(0));
    for number in 0..100 {
        let head = json!({ "alg": "ES256", "kid": format!("made-up-{number}") });
        let token = scene.issuer.sign_as(&head, Algorithm::Es256, &claims).unwrap();
        assert_eq!(scene.present(&token, at(4)).await, INVALID);
    }
    assert_eq!(scene.issuer.key_requests(), 3);
}

#[tokio::test]
async fn keys_are_fetched_anew_after_ten_minutes_and_kept_for_an_hour_without_the_issuer() {
    let mut scene = Scene::new().await;
    let claims = scene.claims(&json!({ "exp": at(10_000).timestamp() }));
    let token = scene.issuer.sign(Algorithm::EdDsa, &claims).unwrap();
    for (seconds, requests) in [(0, 1), (599, 1), (600, 2)] {
        assert!(scene.present(&token, at(seconds)).await.is_ok());
        assert_eq!(scene.issuer.key_requests(), requests);
    }
    scene.issuer.stop().await;
    assert!(scene.present(&token, at(1_200)).await.is_ok());
    assert!(scene.present(&token, at(4_199)).await.is_ok());
    assert_eq!(scene.present(&token, at(4_200)).await, Err(AuthError::Unavailable));
}

#[tokio::test]
async fn without_the_issuers_keys_nothing_can_be_told() {
    let mut scene = Scene::new().await;
    let token = scene.sign(Algorithm::EdDsa);
    scene.issuer.stop().await;
    assert_eq!(scene.present(&token, at(0)).await, Err(AuthError::Unavailable));
    // What is wrong without looking at a key is wrong nevertheless.
    assert_eq!(scene.present("not.a.token", at(0)).await, INVALID);
    assert_eq!(scene.present(&"x".repeat(100_000), at(0)).await, INVALID);
}

#[tokio::test]
async fn a_key_set_that_is_too_long_is_not_read() {
    let scene = Scene::new().await;
    scene.issuer.pad_key_set(300_000);
    let token = scene.sign(Algorithm::EdDsa);
    assert_eq!(scene.present(&token, at(0)).await, Err(AuthError::Unavailable));
    scene.issuer.pad_key_set(0);
    assert!(scene.present(&token, at(10)).await.is_ok());
}

#[tokio::test]
async fn keys_are_taken_from_where_the_settings_say() {
    let other = Issuer::start().await.unwrap();
    let url = format!("{}/keys", other.url());
    let scene = Scene::with(&[("access.oidc.jwks_url", &url)]).await;
    let token = other.sign(Algorithm::EdDsa, &scene.issuer.claims(at(0))).unwrap();
    assert!(scene.present(&token, at(0)).await.is_ok());
    assert_eq!((scene.issuer.key_requests(), other.key_requests()), (0, 1));
    // The other one's configuration names the other one as its issuer.
    let named = format!("{}/", other.url());
    let scene = Scene::with(&[("access.oidc.issuer", &named)]).await;
    let claims = scene.claims(&json!({ "iss": named }));
    let token = other.sign(Algorithm::EdDsa, &claims).unwrap();
    assert_eq!(scene.present(&token, at(0)).await, Err(AuthError::Unavailable));
}

#[tokio::test]
async fn settings_that_would_let_the_wrong_ones_in_stop_the_start() {
    let check = async |settings: &[(&str, &str)], key: &str| {
        let error = app(settings).await.authenticator().unwrap_err();
        let error = std::error::Error::source(&error).unwrap().to_string();
        assert!(error.contains(key), "{error}");
    };
    let issuer = ("access.oidc.issuer", "https://login.example");
    let audience = ("access.oidc.audience", "cpor");
    check(&[issuer], "access.oidc.audience").await;
    check(&[("access.oidc.issuer", "http://login.example"), audience], "access.oidc.issuer").await;
    check(&[issuer, audience, ("access.oidc.jwks_url", "http://10.0.0.1")], "jwks_url").await;
    check(&[issuer, audience, ("access.oidc.leeway_seconds", "301")], "leeway_seconds").await;
    check(&[issuer, audience, ("access.oidc.roles_claim", "")], "roles_claim").await;
}
