//! The throw-away Redis server that all worlds of a test process share.
//!
//! It is the same private server that `cpor` starts, in a temporary folder. A small child process
//! outlives the tests just long enough to stop it, so that no server is left behind even when a
//! test process is killed.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::store::server::PrivateServer;
use crate::testkit::world::in_words;

static SHARED: OnceCell<SharedServer> = OnceCell::const_new();

struct SharedServer {
    url: String,
    // Kept until the process ends.
    _server: PrivateServer,
    _janitor: Option<Child>,
    _folder: TempDir,
}

/// The address of the shared server, which is started on first use.
///
/// # Panics
///
/// When no Redis or Valkey server is installed or it does not start: a test cannot go on.
pub async fn shared_redis() -> &'static str {
    &SHARED.get_or_init(start).await.url
}

async fn start() -> SharedServer {
    let folder = TempDir::with_prefix("cpor-").unwrap_or_else(|error| {
        panic!("a test needs a temporary folder: {error}");
    });
    let server = PrivateServer::open(folder.path()).await.unwrap_or_else(|error| {
        panic!("a test needs a Redis server: {}", in_words(&error));
    });
    let janitor = server.pid().and_then(|pid| janitor(pid, &folder));
    SharedServer {
        url: server.url().to_owned(),
        _server: server,
        _janitor: janitor,
        _folder: folder,
    }
}

/// Statics are never dropped, so a shell waits for its standard input to close, which happens
/// when this process ends, however it ends.
fn janitor(pid: u32, folder: &TempDir) -> Option<Child> {
    let clean = format!("read _; kill {pid}; rm -rf '{}'", folder.path().display());
    Command::new("sh")
        .args(["-c", &clean])
        // Ctrl-C and time-outs end the tests, and not who cleans up after them.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}
