//! The private Redis server of a data folder.
//!
//! Commands that find it running use it, the last one that leaves stops it, and two that start at
//! once do not fight: a lock file decides who looks first, and every command keeps a shared lock on
//! a second file for as long as it uses the server, so that one that started it and ends early
//! does not take it away from the others. A server whose users were all killed goes on running
//! and is used, and stopped, by the next command.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::Client;

use crate::store::StoreError;

/// Programs that can be the server, the first on the PATH wins.
const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];
/// Longest path of a Unix socket on Linux, in bytes.
const SOCKET_PATH_MAX: usize = 107;
/// Looks for a server that starts, or for the lock, this often and this many times.
const LOOK_PAUSE: Duration = Duration::from_millis(10);
const LOOKS_MAX: u32 = 1_500;

/// A private server: running, reachable, and stopped by us if we are the last to leave.
#[derive(Debug)]
pub struct PrivateServer {
    url: String,
    child: Option<Child>,
    stay: Option<Stay>,
}

/// What says that we use the server: a lock that ends with our process, however it ends.
#[derive(Debug)]
struct Stay {
    folder: PathBuf,
    users: File,
    /// Until the server is up nobody else may look for it.
    entering: Option<File>,
}

impl PrivateServer {
    /// Finds the server of `folder` running, or starts it.
    ///
    /// # Errors
    ///
    /// When no server program is installed, the folder cannot be used, or the server does not
    /// come up; its log is quoted.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let failed = |doing: &str| {
            let doing = format!("{doing} in {}", folder.display());
            move |source| StoreError::Server { doing, source }
        };
        std::fs::create_dir_all(folder).map_err(failed("make the data folder"))?;
        let folder = folder.canonicalize().map_err(failed("find the data folder"))?;
        let socket = folder.join("redis.sock");
        if socket.as_os_str().len() > SOCKET_PATH_MAX {
            return Err(StoreError::Unfit(format!(
                "the path {} is too long for a Unix socket; set `data.directory` to a shorter one",
                socket.display()
            )));
        }
        let url = format!("unix://{}", socket.display());
        let stay = Stay::enter(&folder).await.map_err(failed("lock the private Redis server"))?;
        let mut server = Self { url, child: None, stay: Some(stay) };
        if !answers(&server.url).await {
            server.child = Some(spawn(&folder, &socket)?);
            server.wait_until_up(&folder).await?;
        }
        if let Some(stay) = &mut server.stay {
            stay.entering = None;
        }
        Ok(server)
    }

    /// Where the server listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether we started it.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        self.child.is_some()
    }

    /// The process id of a server that we started.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    async fn wait_until_up(&mut self, folder: &Path) -> Result<(), StoreError> {
        for _ in 0..LOOKS_MAX {
            if answers(&self.url).await {
                return Ok(());
            }
            let exited = self.child.as_mut().is_some_and(|c| !matches!(c.try_wait(), Ok(None)));
            if exited {
                break;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
        let log = std::fs::read_to_string(folder.join("redis.log")).unwrap_or_default();
        let mut tail: Vec<&str> = log.lines().rev().take(5).collect();
        tail.reverse();
        Err(StoreError::Unfit(format!(
            "the private Redis server in {} did not start; its log ends with:\n{}",
            folder.display(),
            tail.join("\n")
        )))
    }

    /// Stops the server if nobody else uses it, and waits until it has written everything.
    ///
    /// # Errors
    ///
    /// When the server cannot be signalled or waited for.
    pub async fn close(mut self) -> Result<(), StoreError> {
        let left = tokio::task::spawn_blocking(move || self.leave());
        let doing = || "stop the private Redis server".to_owned();
        left.await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
            .map_err(|source| StoreError::Server { doing: doing(), source })
    }

    /// Nobody can come in while we look whether somebody else is there.
    fn leave(&mut self) -> io::Result<()> {
        let Some(stay) = self.stay.take() else { return Ok(()) };
        let lock = stay.entering.map_or_else(|| lock_blocking(&stay.folder), Ok);
        // Without the folder and its lock nobody else can use the server.
        if lock.is_ok() {
            stay.users.unlock()?;
            match stay.users.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        let Some(mut child) = self.child.take() else { return shut_down(&self.url) };
        terminate(&child);
        child.wait().map(drop)
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        let _ = self.leave();
    }
}

impl Stay {
    /// Only somebody who has the lock of the folder ever locks out its users.
    async fn enter(folder: &Path) -> io::Result<Self> {
        let entering = Some(lock(folder).await?);
        let users = File::create(folder.join("redis.users"))?;
        users.lock_shared()?;
        Ok(Self { folder: folder.to_owned(), users, entering })
    }
}

/// Stops a server that is not our child, and waits until it is gone.
fn shut_down(url: &str) -> io::Result<()> {
    let connect = || Client::open(url).and_then(|client| client.get_connection());
    let Ok(mut connection) = connect() else { return Ok(()) };
    // There is no reply: the server closes the connection by going.
    let _ = redis::cmd("SHUTDOWN").query::<()>(&mut connection);
    for _ in 0..LOOKS_MAX {
        if connect().is_err() {
            return Ok(());
        }
        std::thread::sleep(LOOK_PAUSE);
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "the server does not stop"))
}

/// SIGTERM makes Redis write its log to the end and exit.
fn terminate(child: &Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

async fn lock(folder: &Path) -> io::Result<File> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || lock_blocking(&folder)).await.map_err(io::Error::other)?
}

fn lock_blocking(folder: &Path) -> io::Result<File> {
    let file = File::create(folder.join("redis.lock"))?;
    for _ in 0..LOOKS_MAX {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "another process keeps the lock"))
}

async fn answers(url: &str) -> bool {
    let Ok(client) = Client::open(url) else { return false };
    let Ok(mut connection) = client.get_multiplexed_async_connection().await else {
        return false;
    };
    redis::cmd("PING").query_async::<String>(&mut connection).await.is_ok()
}

fn spawn(folder: &Path, socket: &Path) -> Result<Child, StoreError> {
    let program = find_program()?;
    Command::new(&program)
        .args(["--port", "0", "--daemonize", "no", "--save", "", "--appendonly", "yes"])
        .args(["--maxmemory-policy", "noeviction", "--appendfsync", "everysec"])
        .arg("--dir")
        .arg(folder)
        .arg("--unixsocket")
        .arg(socket)
        .args(["--unixsocketperm", "700", "--logfile"])
        .arg(folder.join("redis.log"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C in a terminal is for us: the server has to outlive the workers.
        .process_group(0)
        .spawn()
        .map_err(|source| StoreError::Server {
            doing: format!("start {}", program.display()),
            source,
        })
}

fn find_program() -> Result<PathBuf, StoreError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    PROGRAMS
        .iter()
        .flat_map(|program| folders.iter().map(move |folder| folder.join(program)))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| {
            StoreError::Unfit(
                "`redis.url` is not set and neither redis-server nor valkey-server is on the \
                 PATH; install one of them (Debian: apt-get install redis-server) or set \
                 `redis.url`"
                    .to_owned(),
            )
        })
}
