//! Signing in and out, choosing a language, and what keeps others out.

use axum::http::Method;
use cpor::access::{ApiKeys, Authority};
use cpor::testkit::http::{Answer, HttpServer, urlencoded};
use cpor::testkit::{World, a_claim_of};

use super::person::{key, key_of, readable, token};
use super::{FORM, FRIDAY, OURS, Person};

const DEVELOPER: [(&str, &str); 2] =
    [("access.development_user.name", "Ece Yıldız"), ("access.development_user.mpn_id", "1234567")];

async fn get(http: &HttpServer, cookie: &str, path: &str) -> Answer {
    http.request(Method::GET, path, &[("cookie", cookie), OURS], "").await
}

#[tokio::test]
async fn who_signs_in_comes_to_the_page_that_was_asked_for() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let asked = http.get("/partner/claims?status=contested").await;
    let to = asked.header("location");
    assert_eq!(to, "/partner/sign-in?next=/partner/claims%3Fstatus%3Dcontested");
    let form = readable(&http.get(to).await);
    assert!(form.contains("value=\"/partner/claims?status=contested\""), "{form}");
    let key = key_of(&world, "1234567").await.key.reveal();
    let sign_in = async |next: &str| {
        let body = urlencoded(&[("credential", key.as_str()), ("next", next)]);
        http.request(Method::POST, "/partner/sign-in", &[FORM, OURS], body).await
    };
    let signed_in = sign_in("/partner/claims?status=contested").await;
    assert_eq!(signed_in.header("location"), "/partner/claims?status=contested");
    let cookie = signed_in.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    for elsewhere in ["https://evil.example/partner/", "//evil.example", "/ops/claims", ""] {
        assert_eq!(sign_in(elsewhere).await.header("location"), "/partner", "{elsewhere}");
    }
}

#[tokio::test]
async fn only_people_of_partners_are_let_in() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    for authority in [Authority::Reviewer, Authority::Operator, Authority::UsageDataService] {
        let key = key(&world, authority).await.key.reveal();
        let refused = http.sign_in_at("/partner/sign-in", &key).await.unwrap_err();
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("for the people of partners"), "{}", refused.text());
    }
    let refused = http.sign_in_at("/partner/sign-in", "cpor_x").await.unwrap_err();
    assert!(refused.text().contains("no key or token that counts"), "{}", refused.text());
    // A session of the other pages is none here.
    let reviewer = key(&world, Authority::Reviewer).await.key.reveal();
    let cookie = http.sign_in(&reviewer).await.unwrap();
    assert_eq!(get(&http, &cookie, "/partner/claims").await.status, 303);
    let renamed = cookie.replace("cpor-session", "cpor-partner");
    assert_eq!(get(&http, &renamed, "/partner/claims").await.status, 403);
}

#[tokio::test]
async fn a_session_ends_by_signing_out_and_with_its_key() {
    let world = World::starting(FRIDAY).await;
    let person = Person::of(&world, "1234567").await;
    let out = person.send("/partner/claims", "/partner/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").contains("cpor-partner=; Path=/"), "{out:?}");
    let issued = key_of(&world, "1234567").await;
    let http = world.serve().await;
    let cookie = http.sign_in_at("/partner/sign-in", &issued.key.reveal()).await.unwrap();
    let keys = ApiKeys::new(world.ledger().store().clone());
    keys.revoke(issued.key.id(), world.ledger().clock().real()).await.unwrap();
    // Another process, which has not yet asked for the keys.
    let other = world.serve().await;
    assert_eq!(get(&other, &cookie, "/partner/claims").await.status, 303);
}

#[tokio::test]
async fn forms_of_other_pages_and_of_other_sessions_do_nothing() {
    let world = World::starting(FRIDAY).await;
    let person = Person::of(&world, "1234567").await;
    let other = Person::of(&world, "1234567").await;
    let own = token(&person.get("/partner/claims").await);
    let sign_out = async |cookie: &str, site: (&'static str, &'static str), token: &str| {
        let headers = [("cookie", cookie), FORM, site];
        let body = urlencoded(&[("token", token)]);
        let path = "/partner/sign-out";
        person.http.request(Method::POST, path, &headers, body).await.status.as_u16()
    };
    assert_eq!(sign_out(&person.cookie, ("sec-fetch-site", "cross-site"), &own).await, 403);
    assert_eq!(sign_out(&person.cookie, OURS, "").await, 400);
    assert_eq!(sign_out(&other.cookie, OURS, &own).await, 400);
    assert_eq!(sign_out(&person.cookie, OURS, &own).await, 303);
}

async fn press_the_button(http: &HttpServer) -> Answer {
    let body = urlencoded(&[("development", "yes"), ("next", "/partner/claims")]);
    http.request(Method::POST, "/partner/sign-in", &[FORM, OURS], body).await
}

#[tokio::test]
async fn a_ready_person_signs_in_by_a_button_on_a_developers_machine_only() {
    let world = World::configured(FRIDAY, &DEVELOPER).await;
    let http = world.serve().await;
    let form = readable(&http.get("/partner/sign-in?lang=tr").await);
    assert!(form.contains("<html lang=\"tr\">"), "{form}");
    assert!(form.contains("Ece Yıldız olarak"), "{form}");
    let entered = press_the_button(&http).await;
    assert_eq!(entered.header("location"), "/partner/claims");
    let cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    world.submit(a_claim_of("1234567")).await;
    let theirs = get(&http, &cookie, "/partner/claims").await;
    assert!(theirs.text().contains("Ece Yıldız"), "{}", theirs.text());
    // A deployment that others reach.
    let reached = ("http.public_url", "https://claims.partner.example");
    let others = World::configured(FRIDAY, &[&DEVELOPER[..], &[reached]].concat()).await;
    let http = others.serve().await;
    let form = http.get("/partner/sign-in").await.text();
    assert!(!form.contains("developer"), "{form}");
    assert_eq!(press_the_button(&http).await.status, 403);
    assert!(others.app().refuses_development_user());
    world.travel_for(chrono::TimeDelta::days(60)).await;
}

#[tokio::test]
async fn a_language_is_chosen_once_and_the_page_says_which_it_is() {
    let world = World::starting(FRIDAY).await;
    let person = Person::of(&world, "1234567").await;
    let english = person.text("/partner/claims").await;
    assert!(english.contains("<html lang=\"en\">") && english.contains("no claims yet"));
    let body = urlencoded(&[("lang", "tr"), ("next", "/partner/claims?status=ended")]);
    let path = "/partner/language";
    let chosen = person.http.request(Method::POST, path, &[FORM, OURS], body).await;
    assert_eq!(chosen.header("location"), "/partner/claims?status=ended");
    let choice = chosen.header("set-cookie").split(';').next().unwrap().to_owned();
    let page = get(&person.http, &format!("{}; {choice}", person.cookie), "/partner/claims").await;
    assert!(page.text().contains("<html lang=\"tr\">") && page.text().contains("Talepler"));
    let elsewhere = [FORM, ("sec-fetch-site", "cross-site")];
    let refused = person.http.request(Method::POST, path, &elsewhere, "lang=tr").await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_link_from_a_chat_opens_although_the_cookie_does_not_come_along() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let followed = [("sec-fetch-site", "cross-site")];
    let answer = http.request(Method::GET, "/partner/claims", &followed, "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("http-equiv=\"refresh\" content=\"0\""), "{}", answer.text());
}
