//! The client against a real Redis server, which each test starts for itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "client/server.rs"]
mod server;

use std::collections::HashMap;
use std::time::Duration;

use cpor_jobs::SubmitClaim;
use cpor_jobs::client::{Client, EnqueueError, SigningKey};
use redis::aio::MultiplexedConnection;
use server::Server;

fn a_claim(number: usize) -> SubmitClaim {
    let json = include_str!("wire/submit_claim.v1.json");
    let mut claim: SubmitClaim = serde_json::from_str(json).unwrap();
    claim.idempotency_key = format!("2026-{number}");
    claim
}

async fn run(raw: &mut MultiplexedConnection, words: &[&str]) -> redis::RedisResult<redis::Value> {
    redis::cmd(words[0]).arg(&words[1..]).query_async(raw).await
}

#[tokio::test]
async fn an_enqueued_claim_is_one_line_of_json_on_the_intake_list() {
    let server = Server::start();
    let client = server.client().await;
    client.enqueue(&a_claim(1)).await.unwrap();
    assert_eq!(server.intake().await, [a_claim(1).to_json().unwrap()]);
}

/// A source's key and an entry that was signed with it; programs in other languages test
/// themselves with it as well. As with every wire form, it never changes.
#[tokio::test]
async fn a_signed_claim_is_its_json_under_a_line_with_the_signature() {
    let vector: HashMap<String, String> =
        serde_json::from_str(include_str!("wire/signed_submit_claim.v1.json")).unwrap();
    let server = Server::start();
    let mut settings = server.settings();
    settings.signing_key = Some(SigningKey::parse(&vector["source_key"]).unwrap());
    let client = Client::connect(settings).await.unwrap();
    let claim = serde_json::from_str(include_str!("wire/submit_claim.v1.json")).unwrap();
    client.enqueue(&claim).await.unwrap();
    client.enqueue_all(&[claim]).await.unwrap();
    assert_eq!(server.intake().await, [vector["entry"].as_str(); 2]);
}

#[tokio::test]
async fn an_account_that_may_only_push_has_a_brake_as_well() {
    let server = Server::start();
    let only_push = "on >secret resetkeys %W~test:intake resetchannels -@all +lpush";
    let user: Vec<&str> =
        ["ACL", "SETUSER", "upstream"].into_iter().chain(only_push.split(' ')).collect();
    run(&mut server.raw().await, &user).await.unwrap();
    let mut settings = server.settings();
    settings.url += "?user=upstream&pass=secret";
    settings.intake_max = 100;
    let client = Client::connect(settings).await.unwrap();
    client.enqueue(&a_claim(0)).await.unwrap();
    let claims: Vec<_> = (1..1_000).map(a_claim).collect();
    // The second push finds the list full, waits, and then tries.
    assert_eq!(client.enqueue_all(&claims).await.unwrap(), 999);
    assert_eq!(server.intake().await.len(), 1_000);
    let error = client.enqueue(&a_claim(1_000)).await.unwrap_err();
    assert!(matches!(error, EnqueueError::IntakeFull { length: 1_000, max: 100 }), "{error:?}");
}

#[tokio::test]
async fn the_oldest_submission_is_taken_first() {
    let server = Server::start();
    let client = server.client().await;
    let claims: Vec<_> = (0..1_234).map(a_claim).collect();
    assert_eq!(client.enqueue_all(&claims).await.unwrap(), 1_234);
    let from_the_right: Vec<_> = server.intake().await.into_iter().rev().collect();
    let expected: Vec<_> = claims.iter().map(|claim| claim.to_json().unwrap()).collect();
    assert_eq!(from_the_right, expected);
    assert_eq!(client.enqueue_all(&[]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_full_intake_refuses_one_submission_at_once() {
    let server = Server::start();
    let mut settings = server.settings();
    settings.intake_max = 2;
    let client = Client::connect(settings).await.unwrap();
    client.enqueue(&a_claim(1)).await.unwrap();
    client.enqueue(&a_claim(2)).await.unwrap();
    let error = client.enqueue(&a_claim(3)).await.unwrap_err();
    assert!(matches!(error, EnqueueError::IntakeFull { length: 2, max: 2 }), "{error:?}");
    run(&mut server.raw().await, &["RPOP", "test:intake"]).await.unwrap();
    client.enqueue(&a_claim(3)).await.unwrap();
}

#[tokio::test]
async fn a_full_intake_holds_many_submissions_up_until_there_is_room() {
    let server = Server::start();
    let mut settings = server.settings();
    settings.intake_max = 100;
    let client = Client::connect(settings).await.unwrap();
    let claims: Vec<_> = (0..1_300).map(a_claim).collect();
    let consume = async {
        let mut raw = server.raw().await;
        for _ in 0..claims.len() {
            run(&mut raw, &["BRPOP", "test:intake", "30"]).await.unwrap();
        }
    };
    let (enqueued, ()) = tokio::join!(client.enqueue_all(&claims), consume);
    assert_eq!(enqueued.unwrap(), 1_300);
    assert!(server.intake().await.is_empty());
}

#[tokio::test]
async fn waiting_for_room_has_an_end_and_says_what_arrived() {
    let server = Server::start();
    let mut settings = server.settings();
    settings.intake_max = 100;
    settings.room_wait_max = Duration::from_millis(200);
    let client = Client::connect(settings).await.unwrap();
    let claims: Vec<_> = (0..1_300).map(a_claim).collect();
    let error = client.enqueue_all(&claims).await.unwrap_err();
    assert_eq!(error.enqueued, 500);
    assert!(matches!(error.source, EnqueueError::IntakeFull { length: 500, max: 100 }));
}

#[tokio::test]
async fn an_oversized_submission_is_refused_without_being_sent() {
    let server = Server::start();
    let client = server.client().await;
    let oversized = a_claim(2).with_comment("x".repeat(65_536));
    let error = client.enqueue(&oversized).await.unwrap_err();
    assert!(matches!(error, EnqueueError::TooLarge { max: 65_536, .. }), "{error:?}");
    let error = client.enqueue_all(&[a_claim(1), oversized, a_claim(3)]).await.unwrap_err();
    assert_eq!(error.enqueued, 1);
    assert_eq!(server.intake().await.len(), 1);
}

#[tokio::test]
async fn a_cut_connection_is_made_again() {
    let server = Server::start();
    let client = server.client().await;
    client.enqueue(&a_claim(1)).await.unwrap();
    run(&mut server.raw().await, &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
        .await
        .unwrap();
    client.enqueue(&a_claim(2)).await.unwrap();
    assert_eq!(server.intake().await.len(), 2);
}

#[tokio::test]
async fn a_server_that_is_down_for_a_moment_is_waited_for() {
    let mut server = Server::start();
    let client = server.client().await;
    client.enqueue(&a_claim(1)).await.unwrap();
    server.stop();
    let claim = a_claim(2);
    let restart = async {
        // Enqueueing has been polled first, and has met the dead server.
        tokio::task::yield_now().await;
        server.start_again();
    };
    let (enqueued, ()) = tokio::join!(client.enqueue(&claim), restart);
    enqueued.unwrap();
    assert_eq!(server.intake().await, [claim.to_json().unwrap()]);
}

#[tokio::test]
async fn a_busy_server_is_waited_for() {
    let server = Server::start();
    let client = server.client().await;
    client.enqueue(&a_claim(1)).await.unwrap();
    let mut raw = server.raw().await;
    run(&mut raw, &["CONFIG", "SET", "busy-reply-threshold", "1"]).await.unwrap();
    let mut blocker = server.raw().await;
    let script = tokio::spawn(async move {
        run(&mut blocker, &["EVAL", "while true do end", "0"]).await.unwrap_err()
    });
    while run(&mut raw, &["PING"]).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let claim = a_claim(2);
    let kill = async {
        // The first attempt has been polled before, so it meets the busy server.
        run(&mut raw, &["SCRIPT", "KILL"]).await.unwrap();
    };
    let (enqueued, ()) = tokio::join!(client.enqueue(&claim), kill);
    enqueued.unwrap();
    script.await.unwrap();
    assert_eq!(server.intake().await.len(), 2);
}

#[tokio::test]
async fn a_server_out_of_memory_ends_the_attempts_with_its_reason() {
    let server = Server::start();
    let mut settings = server.settings();
    settings.attempts_max = 2;
    let client = Client::connect(settings).await.unwrap();
    let mut raw = server.raw().await;
    run(&mut raw, &["CONFIG", "SET", "maxmemory-policy", "noeviction"]).await.unwrap();
    run(&mut raw, &["CONFIG", "SET", "maxmemory", "1"]).await.unwrap();
    match client.enqueue(&a_claim(1)).await.unwrap_err() {
        EnqueueError::Redis { attempts, source, .. } => {
            assert_eq!((attempts, source.code()), (2, Some("OOM")));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_will_not_pass_is_not_tried_again() {
    let server = Server::start();
    let client = server.client().await;
    run(&mut server.raw().await, &["SET", "test:intake", "not a list"]).await.unwrap();
    match client.enqueue(&a_claim(1)).await.unwrap_err() {
        EnqueueError::Redis { attempts, source, .. } => {
            assert_eq!((attempts, source.code()), (1, Some("WRONGTYPE")));
        }
        other => panic!("{other:?}"),
    }
}
