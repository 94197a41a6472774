//! The operations pages: who gets in, what keeps others out, and what each page shows and does.

mod dead;
mod log;
mod overview;
mod queues;

use std::time::Duration;
mod claim;
mod claims;
mod person;
mod reviews;
mod windows;

use axum::http::Method;
use cpor::access::{ApiKeys, Authority, IssuedApiKey, NewApiKey};
use cpor::claim::identity::Line;
use cpor::testkit::World;
use cpor::testkit::http::{Answer, HttpServer, urlencoded};
pub use person::Person;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A world that is served, and a key of an operator.
async fn site() -> (World, HttpServer, IssuedApiKey) {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let key = key(&world, Authority::Operator).await;
    (world, http, key)
}

async fn key(world: &World, authority: Authority) -> IssuedApiKey {
    let keys = ApiKeys::new(world.ledger().store().clone());
    let label = Line::parse("a test").unwrap();
    let new = NewApiKey { authority, label, expires_at: None };
    keys.create(&new, world.ledger().clock().real()).await.unwrap()
}

pub async fn get(http: &HttpServer, cookie: &str, path: &str) -> Answer {
    http.request(Method::GET, path, &[("cookie", cookie), OURS], "").await
}

/// Somebody with this authority, who has signed in.
pub async fn signed_in(world: &World, http: &HttpServer, authority: Authority) -> String {
    let key = key(world, authority).await;
    http.sign_in(&key.key.reveal()).await.unwrap()
}

/// Sends a form of a page as a browser does, with the token that the page has in its forms.
async fn send(http: &HttpServer, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = token(&get(http, cookie, "/ops/queues").await);
    let body = urlencoded(&[&[("token", token.as_str())], fields].concat());
    http.request(Method::POST, path, &[("cookie", cookie), FORM, OURS], body).await
}

/// The page on which what was done is said.
async fn said(http: &HttpServer, cookie: &str, answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    get(http, cookie, answer.header("location")).await.text()
}

/// Asks for a page until it says this; whoever runs a deployment does not wait for longer.
async fn until(http: &HttpServer, cookie: &str, path: &str, words: &str) -> Answer {
    let asked = async {
        loop {
            let page = get(http, cookie, path).await;
            if page.text().contains(words) {
                return page;
            }
        }
    };
    let Ok(page) = tokio::time::timeout(Duration::from_secs(10), asked).await else {
        panic!("`{words}` is not there:\n{}", get(http, cookie, path).await.text());
    };
    page
}

/// The token of the forms on a page.
fn token(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("name=\"token\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn who_signs_in_comes_to_the_page_that_was_asked_for() {
    let (_world, http, key) = site().await;
    let asked = http.get("/ops/queues?x=1").await;
    assert_eq!(asked.status, 303);
    assert_eq!(asked.header("location"), "/ops/sign-in?next=/ops/queues%3Fx%3D1");
    let form = http.get(asked.header("location")).await;
    assert!(form.text().contains("value=\"&#x2f;ops&#x2f;queues?x=1\""), "{}", form.text());
    let credential = key.key.reveal();
    let body = urlencoded(&[("credential", credential.as_str()), ("next", "/ops/queues?x=1")]);
    let signed_in = http.request(Method::POST, "/ops/sign-in", &[FORM, OURS], body).await;
    assert_eq!(signed_in.status, 303);
    assert_eq!(signed_in.header("location"), "/ops/queues?x=1");
    let cookie = signed_in.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let page = get(&http, cookie, "/ops/queues").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("finalize_association"), "{}", page.text());
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
}

#[tokio::test]
async fn nobody_is_sent_anywhere_else_after_signing_in() {
    let (_world, http, key) = site().await;
    for next in ["https://evil.example", "//evil.example/ops/", "/opsx", "/v1/claims", "", "/ops"] {
        let body = urlencoded(&[("credential", key.key.reveal().as_str()), ("next", next)]);
        let answer = http.request(Method::POST, "/ops/sign-in", &[FORM, OURS], body).await;
        assert_eq!(answer.header("location"), "/ops", "{next}");
    }
}

#[tokio::test]
async fn keys_that_do_not_count_or_are_for_something_else_are_refused() {
    let (world, http, key) = site().await;
    let source = key.key.reveal().replace("cpor_", "cpor_x");
    let usage = self::key(&world, Authority::UsageDataService).await.key.reveal();
    for (credential, said) in [
        ("", "no key or token that counts"),
        (source.as_str(), "no key or token that counts"),
        (usage.as_str(), "for the roles reviewer, operator and observer"),
    ] {
        let refused = http.sign_in(credential).await.unwrap_err();
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains(said), "{}", refused.text());
    }
}

#[tokio::test]
async fn a_revoked_key_ends_its_sessions() {
    let (world, http, key) = site().await;
    let cookie = http.sign_in(&key.key.reveal()).await.unwrap();
    let keys = ApiKeys::new(world.ledger().store().clone());
    keys.revoke(key.key.id(), world.ledger().clock().real()).await.unwrap();
    // Another process, which has not yet asked for the keys.
    let other = world.serve().await;
    let answer = get(&other, &cookie, "/ops/queues").await;
    assert_eq!(
        (answer.status.as_u16(), get(&http, "", "/ops/queues").await.status),
        (303, 303.try_into().unwrap())
    );
    assert!(answer.header("location").starts_with("/ops/sign-in"));
}

#[tokio::test]
async fn a_link_from_a_chat_opens_although_the_cookie_does_not_come_along() {
    let (_world, http, _key) = site().await;
    let followed = [("sec-fetch-site", "cross-site")];
    let answer = http.request(Method::GET, "/ops/queues?x=1", &followed, "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("http-equiv=\"refresh\" content=\"0\""), "{}", answer.text());
}

#[tokio::test]
async fn forms_of_other_pages_and_of_other_sessions_do_nothing() {
    let (_world, http, key) = site().await;
    let cookie = http.sign_in(&key.key.reveal()).await.unwrap();
    let other = http.sign_in(&key.key.reveal()).await.unwrap();
    let own = token(&get(&http, &cookie, "/ops/queues").await);
    let sign_out = async |cookie: &str, site: (&'static str, &'static str), token: &str| {
        let headers = [("cookie", cookie), FORM, site];
        let body = urlencoded(&[("token", token)]);
        http.request(Method::POST, "/ops/sign-out", &headers, body).await.status.as_u16()
    };
    assert_eq!(sign_out(&cookie, ("sec-fetch-site", "cross-site"), &own).await, 403);
    assert_eq!(sign_out(&cookie, OURS, "").await, 400);
    assert_eq!(sign_out(&other, OURS, &own).await, 400);
    assert_eq!(sign_out(&cookie, OURS, &own).await, 303);
}

#[tokio::test]
async fn ready_keys_are_behind_buttons_on_a_developers_machine_only() {
    let (_world, http, _key) = site().await;
    let form = http.get("/ops/sign-in").await;
    assert!(!form.text().contains("developer's machine"), "{}", form.text());
    let body = urlencoded(&[("development", "operator")]);
    let refused = http.request(Method::POST, "/ops/sign-in", &[FORM, OURS], body).await;
    assert_eq!(refused.status, 403);
}
