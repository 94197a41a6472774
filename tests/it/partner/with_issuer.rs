//! Signing in with an issuer: a real one on this machine, which checks what it is asked.

use axum::http::Method;
use cpor::testkit::World;
use cpor::testkit::http::{Answer, HttpClient, HttpServer};
use cpor::testkit::issuer::{CLIENT, Issuer};
use serde_json::{Value, json};

use super::{FRIDAY, OURS};

const BEGIN: &str = "/partner/sign-in/issuer?next=/partner/claims";

struct Stage {
    world: World,
    http: HttpServer,
    issuer: Issuer,
}

/// Where a browser is sent, and the cookie that it keeps.
fn sent(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    (answer.header("location").to_owned(), cookie)
}

/// The path of an address, with its query.
fn path(url: &str) -> String {
    let rest = url.split_once("://").unwrap().1;
    rest[rest.find('/').unwrap()..].to_owned()
}

impl Stage {
    async fn set() -> Self {
        let issuer = Issuer::start().await.unwrap();
        let settings = [
            ("access.oidc.issuer", issuer.url()),
            ("access.oidc.audience", "cpor"),
            ("access.oidc.client_id", CLIENT.0),
            ("access.oidc.client_secret", CLIENT.1),
        ];
        let world = World::configured(FRIDAY, &settings).await;
        let http = world.serve().await;
        Self { world, http, issuer }
    }

    /// What the issuer says of somebody of partner 1234567.
    fn person(&self) -> Value {
        let now = self.world.ledger().clock().real().timestamp();
        json!({
            "iss": self.issuer.url(), "aud": CLIENT.0, "sub": "ece", "exp": now + 300, "iat": now,
            "roles": ["incentives_admin"], "partner": "1234567", "name": "Ece Yıldız",
        })
    }

    /// To the issuer, as far as the way back: its address, and the cookie of the attempt.
    async fn at_the_issuer(&self) -> (String, String) {
        let (location, cookie) = sent(&self.http.get(BEGIN).await);
        let there = location.strip_prefix(self.issuer.url()).unwrap();
        let back = HttpClient::of(self.issuer.url()).get(there).await;
        (path(back.header("location")), cookie)
    }

    async fn back(&self, way: &str, cookie: &str) -> Answer {
        let headers = [("cookie", cookie), ("sec-fetch-site", "cross-site")];
        self.http.request(Method::GET, way, &headers, "").await
    }

    /// The whole way, for somebody of whom the issuer says this.
    async fn says(&self, claims: Value) -> Answer {
        self.issuer.lets_in(Some(claims));
        let (way, cookie) = self.at_the_issuer().await;
        self.back(&way, &cookie).await
    }
}

#[tokio::test]
async fn somebody_signs_in_with_the_issuer_and_is_where_they_wanted_to_be() {
    let stage = Stage::set().await;
    let form = stage.http.get("/partner/sign-in").await.text();
    assert!(form.contains("organization’s account"), "{form}");
    let entered = stage.says(stage.person()).await;
    let (next, session) = sent(&entered);
    assert_eq!(next, "/partner/claims");
    let kept = entered.headers.get_all("set-cookie").iter().count();
    assert_eq!(kept, 2, "the session begins, and the attempt is forgotten");
    let page = stage.http.request(Method::GET, &next, &[("cookie", &session), OURS], "").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Ece Yıldız") && page.text().contains("partner 1234567"));
}

#[tokio::test]
async fn what_the_issuer_gives_counts_only_when_it_is_for_us_and_now() {
    let stage = Stage::set().await;
    let check = async |field: &str, value: Value, words: &str| {
        let mut claims = stage.person();
        claims[field] = value;
        let answer = stage.says(claims).await;
        assert_eq!(answer.status, 403, "{field}: {}", answer.text());
        assert!(answer.text().contains(words), "{field}: {}", answer.text());
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        let begins = cookies.iter().any(|c| c.to_str().unwrap().starts_with("cpor-partner="));
        assert!(!begins, "{field}");
    };
    let now = stage.world.ledger().clock().real().timestamp();
    check("aud", json!("cpor"), "does not count").await;
    check("aud", json!(["another"]), "does not count").await;
    check("azp", json!("another"), "does not count").await;
    check("nonce", json!("of another sign-in"), "does not count").await;
    check("iss", json!("https://evil.example"), "does not count").await;
    check("exp", json!(now - 600), "does not count").await;
    check("roles", json!(["reviewer"]), "for the people of partners").await;
    check("roles", json!([]), "for the people of partners").await;
    check("partner", json!("none"), "for the people of partners").await;
}

#[tokio::test]
async fn a_way_back_counts_once_and_in_the_browser_in_which_it_began() {
    let stage = Stage::set().await;
    stage.issuer.lets_in(Some(stage.person()));
    let (way, cookie) = stage.at_the_issuer().await;
    let (second_way, second) = stage.at_the_issuer().await;
    for (way, cookie) in [(&way, ""), (&way, second.as_str()), (&second_way, cookie.as_str())] {
        let refused = stage.back(way, cookie).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains("not begun in this browser"), "{}", refused.text());
    }
    assert_eq!(stage.back(&way, &cookie).await.status, 303);
    // The issuer gives nothing for a code that was used.
    assert_eq!(stage.back(&way, &cookie).await.status, 403);
    let state = way.split_once("state=").unwrap().1.split('&').next().unwrap();
    let denied = format!("/partner/sign-in/callback?error=access_denied&state={state}");
    assert!(stage.back(&denied, &cookie).await.text().contains("not let in"));
}

#[tokio::test]
async fn without_the_issuer_one_is_told_to_try_again() {
    let mut stage = Stage::set().await;
    stage.issuer.stop().await;
    let answer = stage.http.get(BEGIN).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("Try again in a minute"), "{}", answer.text());
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    assert_eq!(http.get(BEGIN).await.status, 404);
}
