//! F03 and F05: Redis that is killed, restarted or stalls, while there is work.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cpor::claim::Status;
use cpor::testkit::World;
use redis::aio::MultiplexedConnection;
use tempfile::TempDir;
use tokio::time::interval;

use super::{
    FRIDAY, claim_number, directory, patient_travel, patiently_settled, until_mails, violations,
};

const CLAIMS: u32 = 200;

/// A server that a test may do anything to.
struct Server {
    folder: TempDir,
    child: Child,
}

impl Server {
    async fn start() -> Self {
        let folder = TempDir::with_prefix("cpor-redis-").unwrap();
        let child = Self::spawn(&folder);
        let server = Self { folder, child };
        server.connection().await;
        server
    }

    fn spawn(folder: &TempDir) -> Child {
        let path = std::env::var("PATH").unwrap_or_default();
        let program = ["redis-server", "valkey-server"]
            .into_iter()
            .find(|name| path.split(':').any(|p| std::path::Path::new(p).join(name).is_file()));
        Command::new(program.unwrap())
            .args(["--port", "0", "--unixsocket", "redis.sock", "--save", ""])
            .args(["--appendonly", "yes", "--maxmemory-policy", "noeviction"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn url(&self) -> String {
        format!("unix://{}", self.folder.path().join("redis.sock").display())
    }

    /// A connection, as soon as there is one and everything is loaded.
    async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        let mut ticks = interval(Duration::from_millis(5));
        loop {
            ticks.tick().await;
            let Ok(mut connection) = client.get_multiplexed_async_connection().await else {
                continue;
            };
            if redis::cmd("PING").query_async::<String>(&mut connection).await.is_ok() {
                return connection;
            }
        }
    }

    /// As `kill -9` does.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn restart(&mut self) {
        self.child = Self::spawn(&self.folder);
        self.connection().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn world_on(server: &Server, more: &[(&str, &str)]) -> World {
    let url = server.url();
    let mut settings = vec![("redis.url", url.as_str())];
    settings.extend_from_slice(more);
    let mut world = World::without_worker(FRIDAY, &settings).await;
    world.write_directory(&directory(CLAIMS));
    let raw = (0..CLAIMS).map(|number| claim_number(number).to_json().unwrap());
    world.intake(raw).await;
    world.start_worker();
    world
}

/// Every claim comes to its end, and every copy of a notice was the same.
async fn ends_well(mut world: World) {
    patiently_settled(&world).await;
    patient_travel(&world, "2026-12-15T00:00:00Z").await;
    assert_eq!(world.statuses().await, [Status::Associated; CLAIMS as usize]);
    assert!(violations(&world).await.is_empty(), "{:#?}", violations(&world).await);
    assert_eq!(world.dead_letters().await, []);
    let mut mails = world.mails();
    mails.sort_by(|a, b| a.message_id.cmp(&b.message_id));
    for pair in mails.windows(2) {
        if pair[0].message_id == pair[1].message_id {
            assert_eq!(pair[0].bytes, pair[1].bytes);
        }
    }
    world.stop_worker().await;
}

#[tokio::test]
async fn a_server_that_is_killed_and_restarted_under_load_ends_no_worker_and_loses_nothing() {
    let mut server = Server::start().await;
    let world = world_on(&server, &[("agenda.lease_seconds", "1")]).await;
    for mails in [20, 80, 140] {
        until_mails(&world, mails).await;
        server.kill();
        server.restart().await;
    }
    ends_well(world).await;
}

#[tokio::test]
async fn a_stall_of_three_seconds_ends_no_worker_and_loses_nothing() {
    let server = Server::start().await;
    let world = world_on(&server, &[("agenda.lease_seconds", "1")]).await;
    until_mails(&world, 50).await;
    let mut connection = server.connection().await;
    let mut pause = redis::cmd("CLIENT");
    let () = pause.arg("PAUSE").arg(3_000).arg("ALL").query_async(&mut connection).await.unwrap();
    ends_well(world).await;
}
