//! What the doctor looks at through Redis: server, namespace, clock, workers, queues.

use std::time::Duration;

use anyhow::Result;

use cpor::app::App;
use cpor::clock::SKEW_MAX_MS;
use cpor::store::meta::{ClockMode, server_findings};
use cpor::store::report::Queue;
use cpor::store::{Connection, redacted};

use super::Diagnosis;
use crate::cli::words;

/// An entry that has been due for so long is not being worked, in ms.
const OVERDUE_MS: i64 = 600_000;

/// Everything that needs Redis.
pub async fn checks(app: &App) -> Result<Vec<Diagnosis>> {
    let mut checks = server(app).await?;
    checks.push(namespace(app));
    checks.extend(edition(app).await?);
    checks.push(clock(app).await?);
    checks.push(workers(app).await?);
    checks.extend(queues(app).await?);
    Ok(checks)
}

async fn server(app: &App) -> Result<Vec<Diagnosis>> {
    let url = app.ledger.store().url();
    let mut connection = Connection::open(url).await?;
    let findings = server_findings(&mut connection).await?;
    if findings.is_empty() {
        // A cluster answers for each of its masters; the version is only told for one server.
        let info = app.ledger.store().info().await.ok();
        let version = info.and_then(|info| info.get::<String>("redis_version"));
        let version = version.map(|version| format!(", version {version},")).unwrap_or_default();
        let finding = format!("the server at {}{version} is fit for use", redacted(url));
        return Ok(vec![Diagnosis::fine("redis", finding)]);
    }
    let found = |finding: String| {
        let (what, remedy) = finding.split_once("; ").unwrap_or((&finding, "see the README"));
        Diagnosis::found("redis", what, remedy)
    };
    Ok(findings.into_iter().map(found).collect())
}

/// A namespace made otherwise than configured has kept the App from opening.
fn namespace(app: &App) -> Diagnosis {
    let keys = app.ledger.store().keys();
    let (name, partitions) = (keys.namespace(), keys.partitions());
    let mode = app.ledger.clock().mode().as_str();
    let finding = format!("`{name}` has {partitions} partitions and the {mode} clock");
    Diagnosis::fine("namespace", finding)
}

/// Which calendars are in force, and whether the files say the same.
async fn edition(app: &App) -> Result<Vec<Diagnosis>> {
    let record = app.editions().in_force().await?.record;
    let (number, at, author) = (record.number, words::utc(record.at), &record.author);
    if let Some(difference) = &app.calendars_differ {
        let (finding, _) = difference.split_once(": `").unwrap_or((difference, ""));
        let remedy = "cpor calendar preview, then cpor calendar reload";
        return Ok(vec![Diagnosis::found("edition", finding, remedy)]);
    }
    let finding = format!("edition {number} of the calendars is in force since {at}, by {author}");
    Ok(vec![Diagnosis::fine("edition", finding)])
}

async fn clock(app: &App) -> Result<Diagnosis> {
    let clock = app.ledger.clock();
    if clock.mode() == ClockMode::Virtual {
        let finding = format!("the virtual clock stands at {}", words::utc(clock.now().await?));
        return Ok(Diagnosis::fine("clock", finding));
    }
    let ahead_ms = clock.ahead_of_host().num_milliseconds();
    let finding = format!("Redis's clock is {ahead_ms} ms ahead of this machine's");
    if ahead_ms.abs() <= SKEW_MAX_MS {
        return Ok(Diagnosis::fine("clock", finding));
    }
    Ok(Diagnosis::found("clock", finding, "synchronize the clocks of both hosts (NTP)"))
}

async fn workers(app: &App) -> Result<Diagnosis> {
    let workers = app.ledger.store().workers(app.ledger.clock().real()).await?;
    if workers.is_empty() {
        let finding = "no worker is at work, so nothing happens to claims";
        return Ok(Diagnosis::found("workers", finding, "start `cpor work`"));
    }
    Ok(Diagnosis::fine("workers", format!("at work: {}", workers.join(", "))))
}

async fn queues(app: &App) -> Result<Vec<Diagnosis>> {
    let (store, clock) = (app.ledger.store(), app.ledger.clock());
    let queues = store.queues(clock.now().await?).await?;
    let mut checks: Vec<Diagnosis> = queues.iter().flat_map(queue).collect();
    let settings = store.queue_settings().await?;
    let paused = queues.iter().filter_map(|q| Some((q.job, settings.of(q.job).paused?)));
    checks.extend(paused.map(|(job, pause)| {
        let (since, actor, reason) = (words::utc(pause.at), pause.actor, pause.reason);
        let finding = format!("{job} is paused since {since}, by {actor}: {reason}");
        Diagnosis::found("queues", finding, format!("cpor queues resume {job}"))
    }));
    if checks.is_empty() {
        checks.push(Diagnosis::fine(
            "queues",
            "nothing is overdue or paused, and there are no dead letters",
        ));
    }
    Ok(checks)
}

fn queue(queue: &Queue) -> Vec<Diagnosis> {
    let (job, mut checks) = (queue.job, Vec::new());
    if let Some(ms) = queue.oldest_due_ms.filter(|ms| *ms > OVERDUE_MS) {
        let since = Duration::from_secs(u64::try_from(ms / 1_000).unwrap_or_default());
        let since = humantime::format_duration(since);
        let finding = format!("{job}: the oldest entry has been due for {since}");
        checks.push(Diagnosis::found("queues", finding, format!("let a worker work {job}")));
    }
    if queue.dead > 0 {
        let finding = format!("{job}: {} dead letters wait for a person", queue.dead);
        let remedy = format!("look with `cpor dead list --job {job}`, then retry or drop them");
        checks.push(Diagnosis::found("queues", finding, remedy));
    }
    checks
}
