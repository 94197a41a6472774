//! A deployment that only the program touches: a configuration file, a namespace, a folder.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use cpor::testkit::redis::shared_redis;
use cpor_jobs::SubmitClaim;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

/// When the clock of every deployment starts: a Friday afternoon in Istanbul.
const STARTS_AT: &str = "2026-11-20T15:00:00Z";
/// The one tenant that is known.
const DIRECTORY: &str = r#"
[[tenant]]
id = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d"
domains = ["anadoluelektrik.com.tr"]
"#;

pub struct Deployment {
    pub folder: TempDir,
    config: PathBuf,
}

/// What a command has printed, and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Deployment {
    /// A namespace of its own on the shared server, with a virtual clock.
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// The same, with more settings (TOML).
    pub async fn with(more: &str) -> Self {
        let namespace = Uuid::new_v4().simple();
        let redis = format!("url = \"{}\"\nnamespace = \"cli-{namespace}\"", shared_redis().await);
        let clock = format!("[clock]\nmode = \"virtual\"\nstarts_at = \"{STARTS_AT}\"");
        Self::of(&format!("[redis]\n{redis}\npartitions = 2\n{clock}\n{more}"))
    }

    /// A private server in a folder of its own, with the given settings (TOML).
    pub fn private(more: &str) -> Self {
        Self::of(more)
    }

    fn of(settings: &str) -> Self {
        let folder = TempDir::with_prefix("cpor-cli-").unwrap();
        let path = folder.path().display();
        let config = folder.path().join("settings.toml");
        let text = format!(
            "[data]\ndirectory = \"{path}/data\"\n[directory]\nfile = \"{path}/tenants.toml\"\n\
             {settings}\n"
        );
        std::fs::write(&config, text).unwrap();
        std::fs::write(folder.path().join("tenants.toml"), DIRECTORY).unwrap();
        Self { folder, config }
    }

    /// The file with its settings.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// A file of the deployment's folder.
    pub fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cpor"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CPOR_")) {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path()).env("CPOR_CONFIG", &self.config).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).spawn().unwrap())
    }

    pub fn run_with_input(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let ran = Ran::of(child);
        writing.join().unwrap();
        ran
    }

    /// Submits a claim that has to be accepted, and says its id.
    pub fn submit(&self, claim: &SubmitClaim) -> String {
        let ran =
            self.run_with_input(&["submit", "-", "--json"], claim.to_json().unwrap().as_bytes());
        let object = ran.object();
        assert_eq!(object["outcome"], "accepted", "{ran:?}");
        object["claim_id"].as_str().unwrap().to_owned()
    }

    /// Moves the clock, which settles the system.
    pub fn advance(&self, args: &[&str]) {
        let ran = self.run(&[&["clock", "advance"], args].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// One claim as programs see it.
    pub fn claim(&self, id: &str) -> Value {
        self.run(&["claim", "show", id, "--json"]).object()
    }

    pub fn status(&self, id: &str) -> String {
        self.claim(id)["status"].as_str().unwrap().to_owned()
    }

    /// Starts `cpor work`, and returns once it has said so.
    pub fn work(&self) -> Working {
        self.work_with(&[])
    }

    /// The same, with some environment variables of its own.
    pub fn work_with(&self, variables: &[(&str, &str)]) -> Working {
        let mut command = self.command(&["work"]);
        command.envs(variables.iter().copied());
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("working all jobs") {
            assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "the worker ended: {said}");
        }
        // A pipe that nobody reads would stop the worker once it is full.
        let reading = std::thread::spawn(move || {
            let _ = stderr.read_to_string(&mut said);
            said
        });
        Working { child, reading: Some(reading) }
    }
}

impl Ran {
    pub fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        Self { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Every line of standard output is one object.
    pub fn objects(&self) -> Vec<Value> {
        let object = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"))
        };
        self.stdout.lines().map(object).collect()
    }

    /// The only object.
    pub fn object(&self) -> Value {
        let objects = self.objects();
        assert_eq!(objects.len(), 1, "{self:?}");
        objects.into_iter().next().unwrap()
    }
}

/// A running `cpor work`.
pub struct Working {
    child: Child,
    reading: Option<std::thread::JoinHandle<String>>,
}

impl Working {
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits until it has ended, and says how, and what it said.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.reading.take().unwrap().join().unwrap())
    }

    /// Stops it as an init system does; it has to end well.
    pub fn stop(self) {
        self.signal(Signal::TERM);
        let (status, said) = self.ended();
        assert_eq!(status.code(), Some(0), "{said}");
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
