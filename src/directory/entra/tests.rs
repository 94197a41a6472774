//! Look-ups against a real HTTP server on this machine.

mod limits;
mod memory;
mod server;

use std::error::Error;

use uuid::Uuid;

use super::*;
use crate::directory::{
    Directory, DirectoryAnswer, DirectoryProvider, DirectorySettings, DomainAnswer,
    SubscriptionsAnswer,
};
use server::{Reply, Server};

const TENANT: Uuid = Uuid::from_u128(0x8f0b3d1c_5a77_4c4e_9d43_0e1f2a3b4c5d);
const OTHER: Uuid = Uuid::from_u128(0x11111111_2222_4333_8444_555555555555);

fn directory(server: &Server, entra: EntraSettings) -> Directory {
    let entra = EntraSettings { base_url: server.base_url.clone(), ..entra };
    let provider = DirectoryProvider::Entra;
    Directory::new(&DirectorySettings { provider, file: None, entra }).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "silence is a reply, too")]
fn reply(status: &str, body: &str) -> Reply {
    Some(format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n{body}"))
}

fn configuration(tenant: Uuid) -> String {
    format!(r#"{{"issuer":"https://login.microsoftonline.com/{tenant}/v2.0"}}"#)
}

fn owned_by(tenant: Uuid) -> Reply {
    reply("200 OK", &configuration(tenant))
}

fn invalid_tenant() -> Reply {
    reply("400 Bad Request", r#"{"error":"invalid_tenant","error_codes":[90002]}"#)
}

fn settings() -> EntraSettings {
    EntraSettings { timeout_ms: 10_000, attempts_max: 2, ..EntraSettings::default() }
}

async fn ask(directory: &Directory) -> Result<DomainAnswer, DirectoryError> {
    directory.look_up("a.example", TENANT, &[]).await.map(|answer| answer.domain)
}

/// Runs a script against one look-up; expects its answer, or a part of its reason, and how many
/// requests it took.
async fn check(script: Vec<Reply>, expected: Result<DomainAnswer, &str>, requests: usize) {
    let server = Server::start(script).await;
    let outcome = ask(&directory(&server, settings())).await;
    match (&outcome, expected) {
        (Ok(answer), Ok(expected)) => assert_eq!(*answer, expected),
        (Err(error), Err(part)) => {
            let attempts = format!("whose the domain a.example is (attempts: {requests})");
            assert!(error.to_string().contains(&attempts), "{error}");
            let reason = error.source().unwrap().to_string();
            assert!(reason.contains(part), "{reason:?} does not contain {part:?}");
            assert!(!format!("{error:?}").contains(&OTHER.to_string()), "{error:?}");
        }
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => panic!("{outcome:?} instead of {expected:?}"),
    }
    assert_eq!(server.requests().len(), requests);
}

#[tokio::test]
async fn the_domains_owner_is_compared_with_the_tenant() {
    check(vec![owned_by(TENANT)], Ok(DomainAnswer::BelongsToTenant), 1).await;
    check(vec![owned_by(OTHER)], Ok(DomainAnswer::BelongsToAnotherTenant), 1).await;
    check(vec![invalid_tenant()], Ok(DomainAnswer::UnknownDomain), 1).await;
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let busy = || reply("503 Service Unavailable", "");
    let ok = Ok(DomainAnswer::BelongsToTenant);
    check(vec![reply("500 Internal Server Error", ""), owned_by(TENANT)], ok, 2).await;
    check(vec![reply("429 Too Many Requests", ""), owned_by(TENANT)], ok, 2).await;
    check(vec![Some(String::new()), owned_by(TENANT)], ok, 2).await;
    check(vec![busy(), busy(), owned_by(TENANT)], Err("status 503"), 2).await;
    let long_wait = reply("429 Too Many Requests\r\nRetry-After: 60", "");
    check(vec![long_wait, owned_by(TENANT)], Err("status 429"), 1).await;
}

#[tokio::test]
async fn what_will_not_pass_is_not() {
    let moved = "302 Found\r\nLocation: http://127.0.0.1:9/";
    check(vec![reply(moved, "")], Err("unexpected status 302"), 1).await;
    check(vec![reply("200 OK", "<html>garbage")], Err("not an OpenID configuration"), 1).await;
    check(vec![reply("200 OK", "{}")], Err("does not name exactly one tenant"), 1).await;
    check(vec![reply("400 Bad Request", "{}")], Err("unexpected status 400"), 1).await;
    check(vec![reply("404 Not Found", "")], Err("unexpected status 404"), 1).await;
}

#[tokio::test]
async fn a_reply_may_have_64_kib_and_no_more() {
    let padded = |size: usize| {
        reply(
            "200 OK",
            &format!("{}{}", configuration(TENANT), " ".repeat(size - configuration(TENANT).len())),
        )
    };
    check(vec![padded(65_536)], Ok(DomainAnswer::BelongsToTenant), 1).await;
    check(vec![padded(65_537)], Err("larger than 65536 bytes"), 1).await;
    check(vec![padded(5_000_000)], Err("larger than 65536 bytes"), 1).await;
}

#[tokio::test]
async fn a_reply_with_an_endless_head_is_cut_off() {
    let endless = || reply(&format!("200 OK\r\nX: {}", "x".repeat(100_000)), "");
    check(vec![endless(), endless()], Err("could not be carried out"), 2).await;
}

#[tokio::test]
async fn https_is_spoken_where_the_address_says_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    let entra = EntraSettings { attempts_max: 1, base_url, ..settings() };
    let directory = EntraDirectory::new(&entra).unwrap();
    let (outcome, first_byte) = tokio::join!(directory.owner_of("a.example"), async {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncReadExt::read_u8(&mut stream).await.unwrap()
    });
    assert_eq!(first_byte, 0x16); // The first byte of a TLS handshake, which is then broken off.
    let reason = outcome.unwrap_err().source().unwrap().to_string();
    assert_eq!(reason, "the request could not be carried out");
}

#[tokio::test]
async fn a_silent_server_ends_in_a_time_out() {
    let server = Server::start(vec![None, None]).await;
    let directory = directory(&server, EntraSettings { timeout_ms: 200, ..settings() });
    let error = ask(&directory).await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "no complete reply within 200 ms");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error() {
    let server = Server::gone().await;
    let error = ask(&directory(&server, settings())).await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "the request could not be carried out");
}

#[tokio::test]
async fn entra_knows_no_subscriptions_and_is_asked_for_the_configuration() {
    let server = Server::start(vec![owned_by(TENANT)]).await;
    let directory = directory(&server, settings());
    let answer = directory.look_up("XN--A-EPA.Example", TENANT, &[OTHER]).await.unwrap();
    let expected = DirectoryAnswer {
        domain: DomainAnswer::BelongsToTenant,
        domains: None,
        subscriptions: SubscriptionsAnswer::UnknownToProvider,
    };
    assert_eq!(answer, expected);
    let requests = server.requests();
    let start = "GET /xn--a-epa.example/v2.0/.well-known/openid-configuration HTTP/1.1\r\n";
    assert!(requests[0].starts_with(start), "{}", requests[0]);
    assert!(requests[0].contains("user-agent: cpor/"), "{}", requests[0]);
}

#[tokio::test]
async fn what_is_no_domain_is_nobodys_and_never_asked() {
    let server = Server::start(vec![owned_by(TENANT)]).await;
    let directory = directory(&server, settings());
    let too_long = format!("{}example", "a.".repeat(124));
    let long_label = format!("{}.example", "a".repeat(64));
    let tenant_id = TENANT.to_string();
    for domain in [
        "",
        ".",
        "..",
        "a..b",
        ".a.example",
        "a.example.",
        "common",
        "organizations",
        &tenant_id,
        "a.example/b",
        "a.example?b",
        "a.example#b",
        "a%2fb.example",
        "a b.example",
        "a_b.example",
        "bücher.example",
        "a.example\r\nx: y",
        &too_long,
        &long_label,
    ] {
        let answer = directory.look_up(domain, TENANT, &[]).await.unwrap();
        assert_eq!(answer.domain, DomainAnswer::UnknownDomain, "{domain:?}");
    }
    assert_eq!(server.requests().len(), 0);
}
