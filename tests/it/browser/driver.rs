//! The one `chromedriver` of a test process, and plain requests to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// What chromedriver says when it listens; the port and a full stop follow.
const LISTENS: &str = "started successfully on port ";
/// Starting a browser on a busy machine takes seconds.
const ANSWER_MAX: Duration = Duration::from_secs(60);

static DRIVER: LazyLock<Driver> = LazyLock::new(Driver::start);

pub struct Driver {
    port: u16,
    folder: PathBuf,
    _child: Child,
    // Its standard input closes when this process ends, however it ends.
    _janitor: Child,
}

impl Driver {
    /// The driver, which is started on first use.
    pub fn shared() -> &'static Self {
        &DRIVER
    }

    fn start() -> Self {
        let folder = TempDir::with_prefix("cpor-browser-").unwrap().keep();
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            // Browsers are started into the same group, so that one signal ends all of them.
            .process_group(0)
            .env("TMPDIR", &folder)
            // Browsers keep things there too, and some users have none.
            .env("HOME", &folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver (Debian: chromium-driver): {error}"));
        let janitor = janitor(child.id(), &folder);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once(LISTENS)?;
            Some(port.trim_end_matches('.').parse().unwrap())
        });
        // A pipe that nobody reads would stop the driver once it is full.
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.unwrap_or_else(|| panic!("chromedriver ended before it listened"));
        Self { port, folder, _child: child, _janitor: janitor }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where profiles of browsers are kept; removed after the tests.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A request that is not of the common part of WebDriver, and one that has to be made without
    /// a runtime. Gives `value` of the answer.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> std::io::Result<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        let body = body.to_string();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line)?;
            let line = line.trim_end().to_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body)?;
        let mut answer: Value = serde_json::from_slice(&body)?;
        Ok(answer["value"].take())
    }
}

/// Statics are never dropped, so a shell waits until this process has ended.
fn janitor(group: u32, folder: &Path) -> Child {
    let place = folder.display();
    // What dies may write once more.
    let clean = format!("read _; kill -s KILL -- -{group}; rm -rf '{place}' || rm -rf '{place}'");
    Command::new("sh")
        .args(["-c", &clean])
        // Ctrl-C and time-outs end the tests, and not who cleans up after them.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
