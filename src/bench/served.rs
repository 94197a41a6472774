//! A `cpor serve` of its own for a measurement, beside this process.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::bench::deployment::free_port;
use crate::bench::http_client::Client;
use crate::bench::{BenchError, Deployment};

/// Looks for the first answer of a start this often, and for this long at most.
const LOOK_PAUSE: Duration = Duration::from_millis(2);
const START_MAX: Duration = Duration::from_secs(30);

/// A running `cpor serve`; stopped by [`Served::stop`].
pub(super) struct Served {
    child: Child,
    address: SocketAddr,
    started_in: Duration,
}

impl Served {
    /// Starts `cpor serve` on the Redis of a deployment, and waits for its first answer.
    pub(super) async fn start(
        deployment: &Deployment,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Self, BenchError> {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let address = listen.parse().map_err(BenchError::because)?;
        let mut command = Command::new(std::env::current_exe().map_err(BenchError::because)?);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CPOR_")) {
            command.env_remove(name);
        }
        command
            .current_dir(deployment.folder())
            .env("CPOR_REDIS__URL", deployment.ledger().store().url())
            .env("CPOR_DATA__DIRECTORY", deployment.folder().join("served"))
            .env("CPOR_HTTP__LISTEN", &listen)
            .envs(settings.iter().copied())
            .arg("serve")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let begun = Instant::now();
        let child = command.spawn().map_err(BenchError::because)?;
        let mut served = Self { child, address, started_in: Duration::ZERO };
        match served.first_answer(begun).await {
            Ok(()) => Ok(served),
            Err(error) => {
                served.stop().await?;
                Err(error)
            }
        }
    }

    async fn first_answer(&mut self, begun: Instant) -> Result<(), BenchError> {
        let client = Client::new(self.address, "none");
        while !client.get("/v1/openapi.json").await.is_ok_and(|status| status == 200) {
            let ended = self.child.try_wait().map_err(BenchError::because)?;
            if ended.is_some() || begun.elapsed() > START_MAX {
                return Err(BenchError::because(format!("cpor serve did not start: {ended:?}")));
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
        self.started_in = begun.elapsed();
        Ok(())
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From its start to its first answer.
    pub(super) const fn started_in(&self) -> Duration {
        self.started_in
    }

    /// Its process id.
    pub(super) fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// Bytes of memory it has in use (Linux; elsewhere zero).
    pub(super) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap_or_default() * 1024
    }

    /// Stops it as a person does, and waits until it has ended.
    pub(super) async fn stop(mut self) -> Result<(), BenchError> {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        tokio::task::spawn_blocking(move || self.child.wait())
            .await
            .map_err(BenchError::because)?
            .map_err(BenchError::because)?;
        Ok(())
    }
}
