//! A Redis server with the accounts of `config/redis-acl.conf`.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, RedisResult};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// What operators are given, as they find it.
pub const ACL: &str = include_str!("../../../config/redis-acl.conf");

/// A server on a Unix socket in a folder of its own, gone with the test.
pub struct Server {
    folder: TempDir,
    process: Child,
}

/// Each account has its own.
fn password(user: &str) -> String {
    format!("password of {user}")
}

/// The file with passwords, as its comments say.
fn with_passwords() -> String {
    const USERS: [&str; 6] =
        ["upstream", "cpor", "cpor-serve", "cpor-work", "cpor-backup", "cpor-monitor"];
    USERS.iter().fold(ACL.to_owned(), |file, user| {
        let name = user.to_uppercase().replace('-', "_");
        let placeholder = format!("#HASH_OF_THE_PASSWORD_OF_{name} ");
        assert_eq!(file.matches(&placeholder).count(), 1, "{placeholder}");
        let hash = Sha256::digest(password(user));
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        file.replace(&placeholder, &format!("#{hash} "))
    })
}

impl Server {
    /// With the file included in the server's configuration.
    pub async fn start() -> Self {
        Self::with("include redis-acl.conf", &with_passwords()).await
    }

    /// With the file's lines in a users file.
    pub async fn with_users_file() -> Self {
        let users: String = with_passwords()
            .lines()
            .filter(|line| line.starts_with("user "))
            .map(|line| format!("{line}\n"))
            .collect();
        Self::with("aclfile redis-acl.conf", &users).await
    }

    async fn with(setting: &str, acl: &str) -> Self {
        let folder = TempDir::with_prefix("cpor-door-").unwrap();
        let process = spawn(&folder, setting, acl);
        let server = Self { folder, process };
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        for _ in 0..2_000 {
            ticks.tick().await;
            if server.connect(&server.url("cpor")).await.is_ok() {
                return server;
            }
        }
        panic!("the server does not start");
    }

    /// The server's address for a user.
    pub fn url(&self, user: &str) -> String {
        let password = password(user).replace(' ', "%20");
        format!("{}?user={user}&pass={password}", self.url_of_nobody())
    }

    /// The server's address, without an account.
    pub fn url_of_nobody(&self) -> String {
        format!("unix://{}/redis.sock", self.folder.path().display())
    }

    pub async fn connect(&self, url: &str) -> RedisResult<MultiplexedConnection> {
        Client::open(url)?.get_multiplexed_async_connection().await
    }
}

fn spawn(folder: &TempDir, setting: &str, acl: &str) -> Child {
    let settings = format!(
        "{setting}\nport 0\nunixsocket redis.sock\nsave \"\"\nappendonly yes\n\
         maxmemory-policy noeviction\n"
    );
    std::fs::write(folder.path().join("redis.conf"), settings).unwrap();
    std::fs::write(folder.path().join("redis-acl.conf"), acl).unwrap();
    let program = if which("redis-server") { "redis-server" } else { "valkey-server" };
    Command::new(program)
        .arg("redis.conf")
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn which(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether a server with the file as it is found starts.
pub async fn starts_with_placeholders() -> bool {
    let folder = TempDir::with_prefix("cpor-door-").unwrap();
    let mut process = spawn(&folder, "include redis-acl.conf", ACL);
    let ended = tokio::task::spawn_blocking(move || process.wait()).await.unwrap();
    ended.unwrap().success()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
