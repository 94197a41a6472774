//! When tests fail in other ways: panics, work that is left, no Redis.

use std::process::Command;
use std::time::Duration;

use cpor::store::server::PrivateServer;
use cpor::testkit::{World, a_claim};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{FRIDAY, MERT, assert_in_order, failure};

/// What the child of a test does.
const STORY: &str = "CPOR_KIT_STORY";
/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Fails in a process of its own, in which a story is named; passes in all others.
#[tokio::test]
async fn the_test_that_fails_in_a_process_of_its_own() {
    let Ok(story) = std::env::var(STORY) else { return };
    let mut world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    match story.as_str() {
        "panics" => panic!("the test has had enough"),
        "unmet" => world.expect(claim).associated().await,
        "left" => {
            world.stop_worker().await;
            let to = "2026-11-27T21:00:00Z".parse().unwrap();
            world.ledger().clock().traveller().unwrap().set(to).await.unwrap();
        }
        other => panic!("there is no story {other}"),
    }
}

/// What such a process says on its way to its end.
fn told(story: &str, path: Option<&str>) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let name = "kit::trouble::the_test_that_fails_in_a_process_of_its_own";
    child.args(["--exact", name, "--nocapture"]).env(STORY, story).env("RUST_BACKTRACE", "0");
    if let Some(path) = path {
        child.env("PATH", path);
    }
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    // A second panic while unwinding would end the process by a signal.
    assert_eq!(output.status.code(), Some(101), "{text}");
    text
}

#[test]
fn a_test_that_panics_prints_the_timeline_once() {
    let text = told("panics", None);
    let parts = ["has had enough", "The timeline", "customer_notified", "due finalize_association"];
    assert_in_order(&text, &parts);
    assert_eq!(text.matches("The timeline").count(), 1, "{text}");
}

#[test]
fn an_expectation_that_is_not_met_prints_the_timeline_once() {
    let text = told("unmet", None);
    let parts = ["trouble.rs", "expected  associated", "found     notified", "The timeline"];
    assert_in_order(&text, &parts);
    assert_eq!(text.matches("The timeline").count(), 1, "{text}");
}

#[test]
fn a_world_that_is_dropped_with_work_left_prints_what_is_due() {
    let text = told("left", None);
    let left = "dropped with work left: 1 remind_customer due, 1 finalize_association due";
    let due = "due finalize_association";
    assert_in_order(&text, &[left, "The timeline", "due remind_customer", due, "-- now --"]);
    assert_eq!(text.matches("The timeline").count(), 1, "{text}");
}

#[test]
fn without_a_redis_server_a_world_says_what_to_install() {
    let text = told("panics", Some("/nowhere"));
    assert!(text.contains("redis-server"), "{text}");
    assert!(text.contains("PATH"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_panic_of_a_task_that_owns_the_world_is_the_only_one() {
    let task = tokio::spawn(async {
        let world = World::starting(FRIDAY).await;
        world.submit(a_claim()).await;
        assert!(world.mails().is_empty(), "there are mails");
    });
    let error = timeout(PATIENCE, task).await.unwrap().unwrap_err();
    let said = error.into_panic();
    assert_eq!(said.downcast_ref::<&str>(), Some(&"there are mails"));
}

/// A world on a server that only it has, and that server.
async fn world_alone(folder: &TempDir) -> (World, PrivateServer) {
    let server = PrivateServer::open(folder.path()).await.unwrap();
    let world = World::configured(FRIDAY, &[("redis.url", server.url())]).await;
    (world, server)
}

fn signal(server: &PrivateServer, name: &str) {
    let pid = server.pid().unwrap().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

#[tokio::test]
async fn without_redis_a_failing_test_still_tells_of_the_mails() {
    let folder = TempDir::with_prefix("cpor-kit-").unwrap();
    let (world, server) = world_alone(&folder).await;
    let claim = world.submit(a_claim()).await;
    signal(&server, "-KILL");
    let notice = format!("mail notice -> {MERT}");
    let parts = ["The timeline", FRIDAY_SHOWN, &notice, "-- now --", "Redis could not be asked"];
    let timeline = timeout(PATIENCE, world.timeline()).await.unwrap().to_string();
    assert_in_order(&timeline, &parts);
    let text = timeout(PATIENCE, failure(world.expect(claim).notified())).await.unwrap();
    assert_in_order(&text, &parts);
    drop_while_panicking(world);
}

#[tokio::test]
async fn a_redis_that_stalls_is_not_waited_for() {
    let folder = TempDir::with_prefix("cpor-kit-").unwrap();
    let (world, server) = world_alone(&folder).await;
    world.submit(a_claim()).await;
    signal(&server, "-STOP");
    let timeline = timeout(PATIENCE, world.timeline()).await.unwrap().to_string();
    assert_in_order(&timeline, &["mail notice", "Redis could not be asked: it is too slow"]);
    let began = std::time::Instant::now();
    drop_while_panicking(world);
    assert!(began.elapsed() < PATIENCE);
    signal(&server, "-CONT");
}

/// A world of a test that fails, without a second panic.
fn drop_while_panicking(world: World) {
    let fails = move || {
        let _world = world;
        panic!("the test fails");
    };
    let said = std::panic::catch_unwind(std::panic::AssertUnwindSafe(fails)).unwrap_err();
    assert_eq!(said.downcast_ref::<&str>(), Some(&"the test fails"));
}

const FRIDAY_SHOWN: &str = "2026-11-20 15:00:00";
