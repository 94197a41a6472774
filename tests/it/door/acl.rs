//! `config/redis-acl.conf`: what each account may do is enough for its work, and no more.

use std::path::Path;

use cpor::claim::Status;
use cpor::secrets::{KeyId, new_key};
use cpor::testkit::redis::shared_redis;
use cpor::testkit::{World, a_claim};
use cpor_jobs::client::{Client, ClientSettings};
use redis::aio::MultiplexedConnection;

use super::server::{ACL, Server, starts_with_placeholders};
use super::{FRIDAY, key_of, on};
use crate::cli::deployment::Deployment;
use crate::faults::violations;

/// The code that a command is refused with; `None` when it is not.
async fn refused(connection: &mut MultiplexedConnection, command: &str) -> Option<String> {
    let mut words = command.split(' ');
    let mut cmd = redis::cmd(words.next().unwrap());
    cmd.arg(words.collect::<Vec<_>>());
    let result = cmd.query_async::<redis::Value>(connection).await;
    result.err().map(|error| error.code().unwrap_or("no code").to_owned())
}

async fn check_refused(connection: &mut MultiplexedConnection, commands: &[&str]) {
    for command in commands {
        let code = refused(connection, command).await;
        assert_eq!(code.as_deref(), Some("NOPERM"), "{command}");
    }
}

#[tokio::test]
async fn upstream_can_push_and_nothing_else() {
    let server = Server::start().await;
    let mut upstream = server.connect(&server.url("upstream")).await.unwrap();
    for command in ["PING", "LPUSH cpor:intake one", "LPUSH cpor:intake two three"] {
        assert_eq!(refused(&mut upstream, command).await, None, "{command}");
    }
    let commands = [
        "GET cpor:intake",
        "LRANGE cpor:intake 0 -1",
        "LLEN cpor:intake",
        "RPOP cpor:intake",
        "DEL cpor:intake",
        "RENAME cpor:intake cpor:elsewhere",
        "EXPIRE cpor:intake 1",
        "LPUSH cpor:elsewhere one",
        "LPUSH cpor:intake:more one",
        "LPUSH {cpor:intake}:taken one",
        "ZADD {cpor:00}:agenda:finalize_association 0 one",
        "SET cpor:clock 0",
        "HGETALL cpor:meta",
        "KEYS *",
        "SCAN 0",
        "SUBSCRIBE cpor:wake",
        "PSUBSCRIBE *",
        "PUBLISH cpor:wake all",
        "EVAL return(1) 0",
        "MULTI",
        "INFO",
        "MONITOR",
        "CLIENT LIST",
        "CONFIG GET *",
        "ACL LIST",
        "FLUSHALL",
        "SHUTDOWN NOSAVE",
    ];
    check_refused(&mut upstream, &commands).await;
}

#[tokio::test]
async fn cpor_has_its_own_keys_and_not_the_server() {
    let server = Server::with_users_file().await;
    let mut cpor = server.connect(&server.url("cpor")).await.unwrap();
    let commands = [
        "GET other:key",
        "SET cporate:key 1",
        "SET {cporate:00}:key 1",
        "SUBSCRIBE other:wake",
        "PUBLISH other:wake all",
        "KEYS *",
        "FLUSHALL",
        "CONFIG SET appendonly no",
        "ACL SETUSER upstream allkeys",
        "CLIENT LIST",
        "SHUTDOWN NOSAVE",
    ];
    check_refused(&mut cpor, &commands).await;
    let around = "return redis.call('FLUSHALL')";
    let result: redis::RedisResult<redis::Value> =
        redis::cmd("EVAL").arg(around).arg(0).query_async(&mut cpor).await;
    let error = result.unwrap_err().to_string();
    assert!(error.contains("can't run this command"), "{error}");
}

#[tokio::test]
async fn nobody_comes_in_without_a_name_or_with_a_placeholder() {
    let server = Server::start().await;
    let mut nobody = server.connect(&server.url_of_nobody()).await.unwrap();
    assert_eq!(refused(&mut nobody, "PING").await.as_deref(), Some("NOAUTH"));
    let wrong = server.url("cpor").replace("pass=", "pass=x");
    assert!(server.connect(&wrong).await.is_err());
    assert!(!starts_with_placeholders().await);
}

/// Workers, wake-ups, travel in time, `check`, and what people look at and put right.
#[tokio::test]
async fn a_whole_life_needs_nothing_that_the_accounts_may_not() {
    let server = Server::start().await;
    let (keys, url) = (new_key(KeyId(1)), server.url("cpor"));
    let settings = [
        ("redis.url", url.as_str()),
        ("redis.namespace", "cpor"),
        ("secrets.keys", &keys),
        ("intake.require_signature", "true"),
    ];
    let world = World::configured(FRIDAY, &settings).await;
    let mut upstream = ClientSettings::new(server.url("upstream"));
    upstream.signing_key = Some(key_of(&a_claim().source, &keys));
    let signing = Client::connect(upstream.clone()).await.unwrap();
    upstream.signing_key = None;
    let unsigned = Client::connect(upstream).await.unwrap();
    signing.enqueue_all(&[on("teams"), on("exchange"), on("intune")]).await.unwrap();
    unsigned.enqueue(&on("yammer")).await.unwrap();
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified; 3]);
    assert_eq!(violations(&world).await, []);
    // Beside the worker, for which the moved clock waits.
    let (its_url, its_keys) = (url.clone(), keys.clone());
    tokio::task::spawn_blocking(move || look_around(&its_url, &its_keys)).await.unwrap();
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(world.statuses().await, [Status::Associated; 3]);
    assert_eq!(violations(&world).await, []);
    world.drop_dead_letters().await;
    world.finish().await;
}

/// Every command of the command line that talks to Redis.
fn look_around(url: &str, keys: &str) {
    let deployment = Deployment::private(&format!(
        "[redis]\nurl = \"{url}\"\npartitions = 2\n[clock]\nmode = \"virtual\"\n[intake]\n\
         require_signature = true"
    ));
    let run = |args: &[&str]| {
        let child = deployment.command(args).env("CPOR_SECRETS__KEYS", keys).spawn().unwrap();
        let ran = crate::cli::deployment::Ran::of(child);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains("NOPERM") && !said.contains("permission"), "{args:?}: {said}");
        ran
    };
    let claims = run(&["claims", "--json"]).objects();
    let id = claims[0]["id"].as_str().unwrap();
    let entry = run(&["dead", "list", "--json"]).object()["entry"].as_str().unwrap().to_owned();
    for args in [
        vec!["doctor"],
        vec!["queues"],
        vec!["queues", "pause", "remind_customer", "--reason", "a test"],
        vec!["queues", "resume", "remind_customer"],
        vec!["check"],
        vec!["clock", "show"],
        vec!["claims", "--status", "notified"],
        vec!["claims", "--partner", "1234567"],
        vec!["claim", "show", id],
        vec!["claim", "history", id],
        vec!["dead", "retry", "submit_claim", &entry],
        vec!["clock", "advance", "--by", "1h"],
    ] {
        run(&args);
    }
}

#[tokio::test]
async fn the_system_clock_needs_nothing_more() {
    let server = Server::start().await;
    let deployment = Deployment::private(&format!("[redis]\nurl = \"{}\"", server.url("cpor")));
    let id = deployment.submit(&a_claim());
    assert_eq!(deployment.status(&id), "submitted");
    assert_eq!(deployment.run(&["check"]).code, 0);
    deployment.work().stop();
}

/// What is used on a path that no test walks is named here, by the word as the code has it.
#[tokio::test]
async fn every_command_in_the_code_is_allowed() {
    let client = redis::Client::open(shared_redis().await).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let commands: Vec<String> =
        redis::cmd("COMMAND").arg("LIST").query_async(&mut connection).await.unwrap();
    let line = ACL.lines().find(|line| line.starts_with("user cpor ")).unwrap();
    let allowed = |command: &String| {
        let (plus, with) = (format!("+{command}"), format!("+{command}|"));
        line.split(' ').any(|word| word == plus || word.starts_with(&with))
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut code = std::fs::read_to_string(root.join("clock.rs")).unwrap();
    let mut folders = vec![root.join("store")];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            // The private server has no accounts.
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("server.rs") {
                code += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let upper = |word: &&str| word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase());
    let words = code.split(['"', '\'']).filter(upper).map(str::to_lowercase);
    let missing: Vec<String> =
        words.filter(|word| commands.contains(word) && !allowed(word)).collect();
    assert!(missing.is_empty(), "allow these to cpor in config/redis-acl.conf: {missing:?}");
}
