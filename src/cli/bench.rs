//! `cpor bench`: measures the budgets of the design on this machine.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use cpor::bench::{Bench, run as measure};

use crate::cli::Globals;
use crate::cli::exit::Exit;

/// Measure how fast this build is on this machine, against a private Redis server of its own.
#[derive(Debug, Args)]
#[command(after_help = "Prints one JSON object per measurement, with the floor measured in the \
same run where there is one. Nothing else should run on the machine meanwhile. Build with \
`cargo build --release` first.

Examples:
  cpor bench                       everything but `million` and `ops`, which need about 6 GB
  cpor bench life --claims 5000    the whole life of 5,000 claims
  cpor bench life --smtp           the same with a real SMTP conversation per claim (smtp-sink)
  cpor bench sandbox --sandboxes 100   100 sandboxes at once, a whole life in each")]
pub struct BenchArgs {
    /// What to measure; everything but `million` and `ops` when it is left out.
    what: Option<What>,
    /// How many claims, windows or deadlines.
    #[arg(long, alias = "windows")]
    claims: Option<usize>,
    /// With `life`: send every mail to Postfix's `smtp-sink`, which is started for it.
    #[arg(long)]
    smtp: bool,
    /// With `sandbox`: how many sandboxes, each with one claim; 1,000 unless given.
    #[arg(long, conflicts_with_all = ["claims", "smtp"])]
    sandboxes: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The whole life of a claim, from submission to grant and partner's mail.
    Life,
    /// Submission alone, pipelined and one after the other.
    Submit,
    /// One claim through an idle system, timers, and the cost of doing nothing.
    Idle,
    /// 100,000 windows that close at one instant.
    Storm,
    /// A million open windows: memory, and the cost of taking due entries among them.
    Million,
    /// Deadlines per second and core.
    Window,
    /// A holiday declared late: previewing it over 100,000 open windows, and applying it to them.
    Calendar,
    /// The HTTP API: a stream of claims beside the Redis client, 200 single ones a second beside
    /// the workers, and the start of `cpor serve`.
    Http,
    /// Sandboxes of one `cpor serve --sandbox` at once, each through one whole life over HTTP.
    Sandbox,
    /// The operations pages among a million open windows: how long each page takes at the server,
    /// and what it costs Redis.
    Ops,
}

impl What {
    const fn bench(self, smtp: bool) -> Bench {
        match self {
            Self::Life => Bench::Life { smtp },
            Self::Submit => Bench::Submit,
            Self::Idle => Bench::Idle,
            Self::Storm => Bench::Storm,
            Self::Million => Bench::Million,
            Self::Window => Bench::Window,
            Self::Http => Bench::Http,
            Self::Calendar => Bench::Calendar,
            Self::Sandbox => Bench::Sandbox,
            Self::Ops => Bench::Ops,
        }
    }
}

/// Measures one thing, or all but the largest.
pub async fn run(args: BenchArgs, _: &Globals) -> Result<Exit> {
    use What::{Http, Idle, Life, Sandbox, Storm, Submit, Window};
    let all = [Window, Submit, Idle, Life, Storm, Http, Sandbox];
    let chosen = args.what.map_or_else(|| all.to_vec(), |what| vec![what]);
    if args.sandboxes.is_some() && !chosen.contains(&Sandbox) {
        bail!("--sandboxes says how many `cpor bench sandbox` makes; leave it out here");
    }
    for what in chosen {
        let count = if what == Sandbox { args.sandboxes } else { args.claims };
        println!("{}", measure(what.bench(args.smtp), count).await?);
    }
    Ok(Exit::Done)
}
