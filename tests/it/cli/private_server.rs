//! The private server of a data folder, shared by commands that know nothing of each other.

use cpor::store::server::PrivateServer;
use cpor::testkit::a_claim;

use super::deployment::{Deployment, Ran};

fn answers(deployment: &Deployment) -> bool {
    let socket = deployment.folder.path().join("data/redis.sock");
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

#[test]
fn commands_at_once_share_the_server_and_the_last_one_stops_it() {
    let deployment = Deployment::private("");
    let commands = [&["claims"][..], &["queues"], &["clock", "show"], &["claims", "--json"]];
    let children = commands.map(|args| deployment.command(args).spawn().unwrap());
    for child in children {
        let ran = Ran::of(child);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    assert!(!answers(&deployment), "nobody uses it any more");
}

#[test]
fn a_worker_keeps_the_server_that_a_shorter_command_had_started() {
    let deployment = Deployment::private("[clock]\nmode = \"virtual\"");
    let mut submitting = deployment
        .command(&["submit", "-", "--json"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // It has the server as soon as that answers, and waits for its input.
    while !answers(&deployment) {}
    let working = deployment.work();
    let mut stdin = submitting.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, a_claim().to_json().unwrap().as_bytes()).unwrap();
    drop(stdin);
    let submitted = Ran::of(submitting);
    assert_eq!(submitted.code, 0, "{submitted:?}");
    let id = submitted.object()["claim_id"].as_str().unwrap().to_owned();
    deployment.advance(&["--business-days", "5", "--claim", &id]);
    assert_eq!(deployment.status(&id), "associated");
    working.stop();
    assert!(!answers(&deployment));
    assert_eq!(deployment.status(&id), "associated", "a server that starts again knows it");
}

#[tokio::test]
async fn the_server_goes_on_until_its_last_user_has_left() {
    let folder = tempfile::TempDir::with_prefix("cpor-server-").unwrap();
    let first = PrivateServer::open(folder.path()).await.unwrap();
    let second = PrivateServer::open(folder.path()).await.unwrap();
    assert!(first.is_ours() && !second.is_ours());
    let answers = || std::os::unix::net::UnixStream::connect(folder.path().join("redis.sock"));
    first.close().await.unwrap();
    assert!(answers().is_ok());
    second.close().await.unwrap();
    assert!(answers().is_err());
}
