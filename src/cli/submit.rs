//! `cpor submit`: claims from a file, one per line.
//!
//! Reads, submits and answers as a stream: memory does not grow with the file, many lines are in
//! flight at once, and answers come in the order of the lines.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use cpor_jobs::limits::SUBMISSION_BYTES_MAX;
use futures_util::StreamExt as _;
use futures_util::stream::poll_fn;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc;

use cpor::app::App;
use cpor::claim::Finding;
use cpor::ledger::{Ledger, LedgerError, Submitted};
use cpor::view::LineAnswer;

use crate::cli::Globals;
use crate::cli::exit::{Exit, is_closed_pipe};
use crate::cli::lines::{Line, Lines};
use crate::cli::output::{Output, plain, say};

/// Lines that are being submitted at once.
const IN_FLIGHT: usize = 256;
/// First pause before a line is submitted again, and the one after which it is given up.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(4);

/// Submit claims from a file of JSON Lines, one claim per line.
///
/// Every line is accepted, repeated (it is a claim already) or refused, and refused lines say
/// everything that is wrong with them on standard error. Blank lines are skipped. Submitting a
/// file again doubles nothing. Exit code 1 when a line was refused.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per line: line, outcome (accepted, repeated, \
refused), claim_id, findings.

Examples:
  cpor submit claims.jsonl
  generate-claims | cpor submit - --json > answers.jsonl")]
pub struct SubmitArgs {
    /// File of JSON Lines, or `-` for standard input; a line has at most 64 KiB.
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
}

/// Submits a file.
pub async fn run(args: SubmitArgs, globals: &Globals) -> Result<Exit> {
    let (lines, length) = Lines::open(&args.file, SUBMISSION_BYTES_MAX)?;
    let output = globals.output();
    globals.with_app(async move |app| submit(app, lines, Tally::new(output, length)).await).await
}

async fn submit(app: &App, lines: Lines, mut tally: Tally) -> Result<Exit> {
    let (sender, mut ahead) = mpsc::channel(IN_FLIGHT);
    let reading = tokio::task::spawn_blocking(move || read(lines, &sender));
    let mut answers = pin!(
        poll_fn(|cx| ahead.poll_recv(cx))
            .map(async |line: Line| {
                let answer = submit_line(&app.ledger, &line).await;
                (line, answer)
            })
            .buffered(IN_FLIGHT)
    );
    while let Some((line, answer)) = answers.next().await {
        let number = line.number;
        let submitted = answer.with_context(|| {
            format!(
                "could not submit line {number}; the lines before it are submitted, and \
                 submitting the file again doubles nothing"
            )
        })?;
        tally.add(&line, &submitted)?;
    }
    reading.await?.context("could not read on")?;
    tally.finish()?;
    warn_without_worker(app).await?;
    Ok(Exit::done_if(tally.refused == 0))
}

/// Hands over lines until there are no more, or nobody wants them.
fn read(mut lines: Lines, sender: &mpsc::Sender<Line>) -> std::io::Result<()> {
    while let Some(line) = lines.next()? {
        if sender.blocking_send(line).is_err() {
            break;
        }
    }
    Ok(())
}

/// Repeating a submission is safe, so troubles of Redis are waited out for a few seconds.
async fn submit_line(ledger: &Ledger, line: &Line) -> Result<Submitted, LedgerError> {
    let raw = match &line.text {
        Ok(raw) => raw,
        Err(bytes) => return Ok(Submitted::Refused(vec![too_long(*bytes)])),
    };
    let mut pause = FIRST_PAUSE;
    loop {
        match ledger.submit(raw).await {
            Err(error) if error.is_transient() && pause <= LAST_PAUSE => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            answer => return answer,
        }
    }
}

/// What the parser says of a submission that is too large, for one that was not kept.
fn too_long(bytes: u64) -> Finding {
    let message = format!(
        "The line has {bytes} bytes and the limit is {SUBMISSION_BYTES_MAX}. Shorten it, or split \
         its items into several claims."
    );
    Finding::new(Finding::WHOLE, "too_large", message)
}

/// Says so when nothing will happen to the claims for now.
async fn warn_without_worker(app: &App) -> Result<()> {
    let store = app.ledger.store();
    if store.workers(app.ledger.clock().real()).await?.is_empty() {
        say(format_args!(
            "no worker is at work in the namespace `{}`: start one with `cpor work`",
            store.keys().namespace()
        ));
    }
    Ok(())
}

/// Prints answers and counts them.
struct Tally {
    output: Output,
    bar: ProgressBar,
    is_read: bool,
    accepted: u64,
    repeated: u64,
    refused: u64,
}

impl Tally {
    fn new(output: Output, length: Option<u64>) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            progress_bar(length)
        } else {
            ProgressBar::hidden()
        };
        Self { output, bar, is_read: true, accepted: 0, repeated: 0, refused: 0 }
    }

    fn add(&mut self, line: &Line, submitted: &Submitted) -> Result<()> {
        match submitted {
            Submitted::Accepted(_) => self.accepted += 1,
            Submitted::Repeated(_) => self.repeated += 1,
            Submitted::KeyReused(_) | Submitted::Refused(_) => self.refused += 1,
        }
        self.print(&LineAnswer::of(line.number, submitted))?;
        self.bar.set_position(line.end);
        self.bar.set_message(self.to_string());
        Ok(())
    }

    /// A program that has read enough does not keep the other lines from being submitted.
    fn print(&mut self, answer: &LineAnswer) -> Result<()> {
        if answer.outcome == "refused" {
            self.bar.suspend(|| say(refusal(answer)));
        }
        if !self.output.is_json() || !self.is_read {
            return Ok(());
        }
        match self.bar.suspend(|| self.output.object(answer)).map_err(Into::into) {
            Err(error) if is_closed_pipe(&error) => {
                self.is_read = false;
                Ok(())
            }
            printed => printed,
        }
    }

    fn finish(&self) -> Result<()> {
        self.bar.finish_and_clear();
        Ok(self.output.text(self)?)
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { accepted, repeated, refused, .. } = self;
        let lines = accepted + repeated + refused;
        let s = if lines == 1 { "" } else { "s" };
        write!(f, "{lines} line{s}: {accepted} accepted, {repeated} repeated, {refused} refused")
    }
}

/// One line for people: where, and everything that is wrong.
fn refusal(answer: &LineAnswer) -> String {
    let findings = answer.findings.iter().map(|finding| plain(&finding.to_string()));
    format!("line {} refused: {}", answer.line, findings.collect::<Vec<_>>().join(" "))
}

const FILE_TEMPLATE: &str = "{bar} {percent} %  {msg}  {eta} left";
const STREAM_TEMPLATE: &str = "{spinner} {bytes}  {msg}";

/// How far the file is, or, where its length is not known, how much was read.
fn progress_bar(length: Option<u64>) -> ProgressBar {
    let template = if length.is_some() { FILE_TEMPLATE } else { STREAM_TEMPLATE };
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
