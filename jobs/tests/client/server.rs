//! A throw-away Redis server for one test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use cpor_jobs::client::{Client, ClientSettings};
use redis::aio::MultiplexedConnection;
use tempfile::TempDir;

/// A server on a Unix socket in a folder of its own, gone with the test.
pub struct Server {
    folder: TempDir,
    process: Child,
}

impl Server {
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let process = Self::start_in(folder.path().join("redis.sock"));
        Self { folder, process }
    }

    fn start_in(socket: PathBuf) -> Child {
        let mut process = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(socket)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready =
            lines.map_while(Result::ok).any(|line| line.contains("eady to accept connections"));
        assert!(ready, "redis-server started");
        process
    }

    pub fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub fn start_again(&mut self) {
        self.process = Self::start_in(self.folder.path().join("redis.sock"));
    }

    pub fn settings(&self) -> ClientSettings {
        let mut settings = ClientSettings::new(format!(
            "redis+unix://{}",
            self.folder.path().join("redis.sock").display()
        ));
        "test".clone_into(&mut settings.namespace);
        settings
    }

    pub async fn client(&self) -> Client {
        Client::connect(self.settings()).await.unwrap()
    }

    /// A connection that waits for its answer as long as it takes.
    pub async fn raw(&self) -> MultiplexedConnection {
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
        let client = redis::Client::open(self.settings().url).unwrap();
        client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
    }

    pub async fn intake(&self) -> Vec<String> {
        let mut raw = self.raw().await;
        redis::cmd("LRANGE").arg("test:intake").arg(0).arg(-1).query_async(&mut raw).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
