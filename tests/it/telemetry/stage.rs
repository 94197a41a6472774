//! A deployment whose processes say everything they can: JSON lines of every level, and all spans.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout};
use std::sync::Arc;
use std::thread::JoinHandle;

use cpor::testkit::http::HttpClient;
use cpor::testkit::receiver::Receiver;
use cpor::testkit::smtp::SmtpServer;
use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::trace::Spans;
use crate::cli::deployment::Deployment;

/// Where spans arrive.
const TRACES: &str = "/v1/traces";

pub struct Stage {
    pub deployment: Deployment,
    /// Of spans and of webhooks.
    pub receiver: Receiver,
    pub smtp: SmtpServer,
}

impl Stage {
    pub async fn set() -> Self {
        let receiver = Receiver::start().await.unwrap();
        let collector = receiver.url("");
        Self::with_collector(receiver, &collector).await
    }

    pub async fn with_collector(receiver: Receiver, collector: &str) -> Self {
        let smtp = SmtpServer::start().await.unwrap();
        let settings = format!(
            "[tracing]\notlp_endpoint = \"{collector}\"\n\
             [log]\nformat = \"json\"\nfilter = \"trace\"\n\
             [http]\nlisten = \"127.0.0.1:0\"\n\
             [webhooks]\nallow_loopback_http = true\n\
             [mail]\ntransport = \"smtp\"\n\
             [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\n",
            smtp.port()
        );
        Self { deployment: Deployment::with(&settings).await, receiver, smtp }
    }

    pub fn start(&self, args: &[&str]) -> Running {
        Running::of(self.deployment.command(args).spawn().unwrap())
    }

    /// The only time that a new key can be seen.
    pub fn key(&self, args: &[&str]) -> String {
        let ran = self.deployment.run(&[&["key", "create", "--json"], args].concat());
        ran.object()["key"].as_str().unwrap().to_owned()
    }

    /// Everything that has come to the collector.
    pub fn spans(&self) -> Spans {
        Spans::read(&self.receiver.received(TRACES))
    }
}

/// A process at work.
pub struct Running {
    child: Child,
    stdout: ChildStdout,
    said: Arc<Mutex<String>>,
    reading: JoinHandle<()>,
}

/// What a process has said until its end.
pub struct Said {
    pub stdout: String,
    pub stderr: String,
}

impl Running {
    fn of(mut child: Child) -> Self {
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let said = Arc::<Mutex<String>>::default();
        let into = Arc::clone(&said);
        let reading = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut said = into.lock();
                said.push_str(&line);
                said.push('\n');
            }
        });
        Self { child, stdout, said, reading }
    }

    /// A client of the server, as soon as that says where it is.
    pub async fn http(&self) -> HttpClient {
        loop {
            let said = self.said.lock().clone();
            let address = objects(&said)
                .into_iter()
                .find_map(|line| line["http.address"].as_str().map(str::to_owned));
            match address {
                Some(address) => return HttpClient::of(&address),
                None => assert!(!self.reading.is_finished(), "{said}"),
            }
            tokio::task::yield_now().await;
        }
    }

    /// Stops it as an init system does; it has to end well.
    pub fn stop(mut self) -> Said {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.ended()
    }

    /// Kills it in the middle of whatever it does.
    pub fn kill(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::KILL).unwrap();
        self.child.wait().unwrap();
    }

    fn ended(&mut self) -> Said {
        let status = self.child.wait().unwrap();
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let stderr = self.said.lock().clone();
        assert!(status.success(), "{stderr}");
        Said { stdout, stderr }
    }
}

/// Every whole line is an object.
pub fn objects(said: &str) -> Vec<Value> {
    let object =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    said.lines().map(object).collect()
}
