//! What claims depend on: processes, mail servers, Redis.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock::SKEW_MAX_MS;
use crate::http::figures::{Ago, count};
use crate::operations::{MailHealth, MailOutcome, Overview, Process, ProcessKind, Working};
use crate::store::meta::ServerState;
use cpor_jobs::Job;

/// Running handlers of a process that are named.
const HANDLERS_MAX: usize = 3;

/// A process and what it is doing.
#[derive(Serialize)]
pub(super) struct ProcessRow {
    name: String,
    kind: &'static str,
    version: String,
    host: String,
    pid: u32,
    started: Ago,
    seen: Ago,
    is_silent: bool,
    works: String,
    running: usize,
    concurrency: usize,
    handlers: Vec<HandlerRow>,
    /// Running handlers that are not named.
    more: usize,
    clock: Clock,
}

/// How a process's host and Redis agree about the time.
#[derive(Serialize)]
struct Clock {
    /// How far the host's clock is ahead of Redis's.
    ahead_ms: i64,
    is_off: bool,
}

/// A handler that runs.
#[derive(Serialize)]
struct HandlerRow {
    job: &'static str,
    claim_id: Option<String>,
    since: Ago,
}

impl ProcessRow {
    pub fn new(process: &Process, overview: &Overview) -> Self {
        let real = overview.real;
        let handlers = process.handlers.iter().take(HANDLERS_MAX);
        let running = process.working.iter().map(|working| working.running).sum::<usize>();
        let shown = process.handlers.len().min(HANDLERS_MAX);
        Self {
            name: process.name.clone(),
            kind: match process.kind {
                ProcessKind::Serve => "serve",
                ProcessKind::Work => "work",
            },
            version: process.version.clone(),
            host: process.host.clone(),
            pid: process.pid,
            started: Ago::new(process.started_at, real),
            seen: Ago::new(process.seen_at, real),
            is_silent: process.is_silent(real),
            works: works(&process.working),
            running,
            concurrency: process.working.iter().map(|working| working.concurrency).sum(),
            handlers: handlers
                .map(|handler| HandlerRow {
                    job: handler.job.as_str(),
                    claim_id: handler.claim_id.map(|id| id.to_string()),
                    since: Ago::new(handler.since, real),
                })
                .collect(),
            more: running.saturating_sub(shown),
            clock: Clock {
                ahead_ms: -process.clock_ahead_ms,
                is_off: process.clock_ahead_ms.abs() > SKEW_MAX_MS,
            },
        }
    }
}

/// Which jobs are worked, in as few words as possible.
fn works(working: &[Working]) -> String {
    let names = || working.iter().map(|working| working.job.as_str());
    match working.len() {
        0 => "HTTP only".to_owned(),
        n if n == Job::ALL.len() => "all jobs".to_owned(),
        n if n > Job::ALL.len() / 2 => {
            let others = Job::ALL.into_iter().map(Job::as_str);
            let others = others.filter(|name| !names().any(|known| known == *name));
            format!("all jobs but {}", others.collect::<Vec<_>>().join(", "))
        }
        _ => names().collect::<Vec<_>>().join(", "),
    }
}

/// How mails fare at one server, whichever process sent them.
#[derive(Serialize)]
pub(super) struct MailRow {
    server: String,
    accepted_at: Option<Ago>,
    /// What is wrong with the server, and since when.
    trouble: Option<(String, Ago)>,
    /// What became of the mails of the last five minutes.
    counts: Vec<(&'static str, u64)>,
}

/// Outcomes in the order in which they are shown.
const OUTCOMES: [(MailOutcome, &str); 4] = [
    (MailOutcome::Accepted, "accepted"),
    (MailOutcome::TryAgain, "put off"),
    (MailOutcome::Refused, "refused"),
    (MailOutcome::Unknown, "unknown"),
];

/// The mail servers of all processes that are at work.
pub(super) fn mail(overview: &Overview) -> Vec<MailRow> {
    let mut servers: BTreeMap<&str, Vec<&MailHealth>> = BTreeMap::new();
    let at_work = overview.processes.iter().filter(|process| !process.is_silent(overview.real));
    for health in at_work.filter_map(|process| process.mail.as_ref()) {
        servers.entry(&health.server).or_default().push(health);
    }
    servers.into_iter().map(|(server, all)| mail_row(server, &all, overview.real)).collect()
}

fn mail_row(server: &str, all: &[&MailHealth], real: DateTime<Utc>) -> MailRow {
    let troubles = all.iter().filter_map(|health| health.trouble);
    let trouble = troubles.min_by_key(|trouble| trouble.since).map(|trouble| {
        let code = trouble.code.map(|code| format!(" ({code})")).unwrap_or_default();
        (format!("trouble at {}{code}", trouble.phase), Ago::new(trouble.since, real))
    });
    let counts = all.iter().flat_map(|health| &health.counts);
    let sum =
        |outcome| counts.clone().filter(|c| c.outcome == outcome).map(|c| c.count).sum::<u64>();
    MailRow {
        server: server.to_owned(),
        accepted_at: all.iter().filter_map(|h| h.accepted_at).max().map(|at| Ago::new(at, real)),
        trouble,
        counts: OUTCOMES.map(|(outcome, words)| (words, sum(outcome))).to_vec(),
    }
}

/// How the Redis server is.
#[derive(Serialize)]
pub(super) struct RedisRow {
    is_fit: bool,
    says: String,
    memory: Option<String>,
}

impl RedisRow {
    pub fn new(server: &ServerState) -> Self {
        let says = match (&server.refuses, server.findings.len()) {
            (Some(_), _) => "refuses writes".to_owned(),
            (None, 0) => "answers, and is fit for use".to_owned(),
            (None, n) => format!("unfit: {}", count(n, "finding", "findings")),
        };
        let memory = server.memory.map(|memory| {
            let mebibytes = |bytes: u64| bytes / 1_048_576;
            let (used, most) = (mebibytes(memory.used), mebibytes(memory.most));
            format!("{} % of its memory used, {used} of {most} MiB", memory.percent())
        });
        Self { is_fit: server.refuses.is_none() && server.findings.is_empty(), says, memory }
    }
}
