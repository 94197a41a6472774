//! What access tokens say, and which do not count.

use super::*;
use crate::secrets::new_key;

fn secrets(keys: &[String]) -> Secrets {
    Secrets::parse(&keys.join(","), "a test").unwrap()
}

fn tokens(keys: &[String]) -> Tokens {
    Tokens::new(secrets(keys), "https://claims.example".to_owned())
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn items() -> Vec<ItemKey> {
    vec![ItemKey::parse("workload:teams").unwrap()]
}

fn sign(tokens: &Tokens, life_seconds: i64) -> AccessToken {
    let partner = MpnId::parse("1234567").unwrap();
    let tenant = TenantId::parse("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d").unwrap();
    tokens.sign(&partner, tenant, &items(), TimeDelta::seconds(life_seconds), at(0)).unwrap()
}

#[test]
fn a_token_says_what_it_was_signed_for_until_it_expires() {
    let tokens = tokens(&[new_key(KeyId(1))]);
    let signed = sign(&tokens, 120);
    let claims = tokens.verify(&signed.token, at(119)).unwrap();
    assert_eq!(claims, signed.claims);
    assert_eq!((claims.partner.as_str(), &claims.items), ("1234567", &items()));
    assert_eq!(claims.exp - claims.iat, 120);
    assert!(matches!(tokens.verify(&signed.token, at(120)), Err(TokenProblem::Times)));
    assert!(tokens.verify(&signed.token, at(-5)).is_ok());
    assert!(matches!(tokens.verify(&signed.token, at(-6)), Err(TokenProblem::Times)));
}

#[test]
fn no_token_lives_longer_than_five_minutes() {
    let tokens = tokens(&[new_key(KeyId(1))]);
    for (asked, given) in [(86_400, 300), (300, 300), (0, 1), (-5, 1)] {
        let claims = sign(&tokens, asked).claims;
        assert_eq!(claims.exp - claims.iat, given);
    }
}

#[test]
fn what_an_older_key_signed_verifies_while_the_deployment_has_it() {
    let (old, new) = (new_key(KeyId(1)), new_key(KeyId(2)));
    let signed = sign(&tokens(std::slice::from_ref(&old)), 300);
    let both = tokens(&[new.clone(), old]);
    assert_eq!(both.jwks().unwrap().keys.len(), 2);
    assert!(both.verify(&signed.token, at(0)).is_ok());
    let alone = tokens(&[new]);
    assert!(matches!(alone.verify(&signed.token, at(0)), Err(TokenProblem::UnknownKey)));
}

#[test]
fn a_service_verifies_with_the_public_keys_alone() {
    let tokens = tokens(&[new_key(KeyId(7))]);
    let signed = sign(&tokens, 300);
    let json = serde_json::to_string(&tokens.jwks().unwrap()).unwrap();
    assert!(json.contains(r#""kty":"OKP""#) && json.contains(r#""alg":"EdDSA""#), "{json}");
    assert!(!json.contains(r#""d":"#), "{json}");
    let keys: JwkSet = serde_json::from_str(&json).unwrap();
    assert!(verify(&signed.token, &keys, "https://claims.example", at(0)).is_ok());
    assert!(verify(&signed.token, &keys, "https://other.example", at(0)).is_err());
}

#[test]
fn a_changed_token_does_not_verify() {
    let tokens = tokens(&[new_key(KeyId(1))]);
    let token = sign(&tokens, 300).token;
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = message.split_once('.').unwrap();
    let other = sign(&tokens, 60).token;
    let other_claims = other.split('.').nth(1).unwrap();
    assert!(tokens.verify(&format!("{head}.{other_claims}.{signature}"), at(0)).is_err());
    assert!(tokens.verify(&format!("{head}.{claims}."), at(0)).is_err());
    let plain = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","typ":"JWT","kid":"1"}"#);
    let other_type = tokens.verify(&format!("{plain}.{claims}.{signature}"), at(0));
    assert!(matches!(other_type, Err(TokenProblem::Type)), "{other_type:?}");
}
