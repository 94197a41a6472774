//! `cpor health`: asks a running `cpor serve` how it is, for container engines and scripts.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::cli::Globals;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::plain;

/// Longest time for the answer: /readyz answers within one second.
const LIMIT: Duration = Duration::from_secs(3);
/// Bytes of the answer that are read.
const ANSWER_MAX: u64 = 64 * 1_024;

/// Ask a running `cpor serve` whether it is alive, or ready.
///
/// Exit code 0 when it is, 1 when it says that it is not, 2 when nobody answers.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cpor health              is it alive?
  cpor health --ready      can it do its work?")]
pub struct HealthArgs {
    /// Ask whether it can do its work (/readyz), and not only whether it is alive (/healthz).
    #[arg(long)]
    ready: bool,
    /// Where it listens; by default as `http.listen` has it, on this machine.
    #[arg(long, value_name = "ADDRESS:PORT")]
    address: Option<SocketAddr>,
}

/// Asks.
pub async fn run(args: HealthArgs, globals: &Globals) -> Result<Exit> {
    let address = match args.address {
        Some(address) => address,
        None => here(globals.settings()?.http.listen),
    };
    let path = if args.ready { "/readyz" } else { "/healthz" };
    let asked = tokio::time::timeout(LIMIT, ask(address, path)).await;
    let answer = asked.with_context(|| format!("{address} did not answer in time"))??;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    let body = plain(body);
    match status {
        "200" => {
            globals.output().text(body)?;
            Ok(Exit::Done)
        }
        "503" => Err(Refused::error(body)),
        _ => bail!("{address} is no cpor that knows {path}: it answers {}", plain(head)),
    }
}

/// An address to listen on that means every address is reached on the loopback.
fn here(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(match listen {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    listen
}

async fn ask(address: SocketAddr, path: &str) -> Result<String> {
    let failed = || format!("could not ask {address}");
    let mut stream = TcpStream::connect(address).await.with_context(failed)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.with_context(failed)?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX).read_to_end(&mut answer).await.with_context(failed)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
