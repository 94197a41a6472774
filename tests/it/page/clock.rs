//! What the clock's page protects itself against, and where it does not exist.

use axum::http::Method;
use cpor::testkit::http::{Answer, HttpServer, urlencoded};
use cpor::testkit::{World, a_claim};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn send(http: &HttpServer, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [&[form], headers].concat();
    http.request(Method::POST, "/clock", &headers, urlencoded(fields)).await
}

#[tokio::test]
async fn other_pages_cannot_move_the_clock() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let host = http.url("");
    let check = async |headers: &[(&str, &str)], expected: u16| {
        let answer = send(&http, headers, &[("way", "hour")]).await;
        assert_eq!(answer.status, expected, "{headers:?}: {}", answer.text());
    };
    check(&[("sec-fetch-site", "cross-site"), ("origin", &host)], 403).await;
    check(&[("sec-fetch-site", "same-site")], 403).await;
    check(&[("origin", "https://evil.example")], 403).await;
    check(&[("origin", "null")], 403).await;
    check(&[], 403).await;
    check(&[OURS, ("host", "evil.example")], 403).await;
    assert_eq!(world.now().await.to_rfc3339(), "2026-11-20T15:00:00+00:00");
    let hidden = http.request(Method::GET, "/clock", &[("host", "evil.example")], "").await;
    assert_eq!(hidden.status, 403, "another page's name that leads here");
    check(&[OURS], 303).await;
    check(&[("origin", &host)], 303).await;
    assert_eq!(world.now().await.to_rfc3339(), "2026-11-20T17:00:00+00:00");
}

#[tokio::test]
async fn a_form_that_leads_nowhere_says_so_and_moves_nothing() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(a_claim()).await.to_string();
    let http = world.serve().await;
    for (fields, said) in [
        (&[("way", "up")][..], "Choose one of the ways to travel."),
        (&[("way", "to_utc"), ("instant", "1999-01-01T00:00")], "cannot go back"),
        (&[("way", "to"), ("instant", "<script>")], "Choose one of the moments."),
        (&[("way", "before_end"), ("claim", "x")], "Choose a claim."),
    ] {
        let answer = send(&http, &[OURS], fields).await;
        let text = answer.text();
        assert_eq!(answer.status, 422, "{text}");
        assert!(text.contains(said), "{fields:?}: {text}");
    }
    let moved = send(&http, &[OURS], &[("way", "before_end"), ("claim", &id)]).await;
    assert_eq!(moved.status, 303);
    let again = http.get(&format!("/clock{}", moved.header("location"))).await;
    assert!(again.text().contains("The customer was reminded"), "{}", again.text());
    let policy = again.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    for nonsense in ["?since=x&from=y&claim=%3Cb%3E", "?since=1-1.1-1.1-1", "?since=&since="] {
        assert_eq!(http.get(&format!("/clock{nonsense}")).await.status, 200, "{nonsense}");
    }
    world.travel_to("2027-01-01T00:00:00Z").await;
}

#[tokio::test]
async fn the_page_exists_on_this_machine_and_with_a_virtual_clock_only() {
    let public = [("http.listen", "0.0.0.0:0"), ("http.public_url", "https://cpor.example")];
    for overrides in [&[("clock.mode", "system")][..], &public] {
        let world = World::configured(FRIDAY, overrides).await;
        let http = world.serve().await;
        assert_eq!(http.get("/clock").await.status, 404, "{overrides:?}");
        assert_eq!(send(&http, &[OURS], &[("way", "hour")]).await.status, 404, "{overrides:?}");
    }
}
