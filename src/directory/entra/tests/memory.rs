//! What is remembered, and what is shared, between look-ups of one domain.

use super::server::Server;
use super::*;

#[tokio::test]
async fn an_answer_is_kept_for_every_tenant_that_asks() {
    let server = Server::start(vec![owned_by(TENANT), invalid_tenant()]).await;
    let directory = directory(&server, settings());
    for (domain, tenant, expected) in [
        ("a.example", TENANT, DomainAnswer::BelongsToTenant),
        ("a.example", OTHER, DomainAnswer::BelongsToAnotherTenant),
        ("A.example", TENANT, DomainAnswer::BelongsToTenant),
        ("b.example", TENANT, DomainAnswer::UnknownDomain),
        ("b.example", OTHER, DomainAnswer::UnknownDomain),
    ] {
        assert_eq!(directory.look_up(domain, tenant, &[]).await.unwrap().domain, expected);
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let server = Server::start(vec![reply("404 Not Found", ""), owned_by(TENANT)]).await;
    let directory = directory(&server, settings());
    assert!(ask(&directory).await.is_err());
    assert_eq!(ask(&directory).await.unwrap(), DomainAnswer::BelongsToTenant);
}

#[tokio::test]
async fn look_ups_at_one_time_share_one_request() {
    let server = Server::start(vec![owned_by(TENANT), owned_by(TENANT)]).await;
    let directory = directory(&server, EntraSettings { cache_seconds: 0, ..settings() });
    let (first, second) = tokio::join!(ask(&directory), ask(&directory));
    assert_eq!(first.unwrap(), DomainAnswer::BelongsToTenant);
    assert_eq!(second.unwrap(), DomainAnswer::BelongsToTenant);
    assert_eq!(server.requests().len(), 1);
    ask(&directory).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn look_ups_at_one_time_share_one_failure() {
    let server = Server::start(vec![reply("404 Not Found", "")]).await;
    let directory = directory(&server, settings());
    let (first, second) = tokio::join!(ask(&directory), ask(&directory));
    assert!(first.is_err() && second.is_err());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_look_up_that_was_dropped_stands_in_nobodys_way() {
    let server = Server::start(vec![owned_by(TENANT), owned_by(TENANT)]).await;
    let directory = directory(&server, settings());
    tokio::select! {
        biased;
        _ = ask(&directory) => panic!("the server cannot have replied yet"),
        () = std::future::ready(()) => {} // The look-up has begun, and is dropped.
    }
    assert_eq!(ask(&directory).await.unwrap(), DomainAnswer::BelongsToTenant);
}
