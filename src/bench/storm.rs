//! Windows that close at one instant, with rejections sent meanwhile.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::bench::stats::{ms, percentile, rate};
use crate::bench::{BenchError, Deployment, claims};
use crate::claim::command::Command;
use crate::claim::{ClaimId, Status};
use crate::ledger::Submitted;
use crate::travel::traveller;

/// Rejections of windows that close later, sent while the storm blows.
const REJECTIONS: usize = 200;

pub(super) async fn run(windows: usize) -> Result<Value, BenchError> {
    let overrides = [("window.reminder_business_days", "0")];
    let mut deployment = Deployment::open(windows + REJECTIONS, "virtual", &overrides).await?;
    deployment.work()?;
    deployment.submit("storm", windows).await?;
    deployment.settle().await?;
    let end: DateTime<Utc> =
        "2026-11-27T21:00:00Z".parse().map_err(|error| BenchError::because(format!("{error}")))?;
    let clock = traveller(deployment.ledger()).map_err(BenchError::because)?;
    // The claims that are rejected during the storm open a day later, and so close a day later.
    clock.set(end - TimeDelta::days(2)).await.map_err(BenchError::because)?;
    let others = open_others(&deployment, windows).await?;
    deployment.settle().await?;
    let begun = Instant::now();
    clock.set(end).await.map_err(BenchError::because)?;
    let mut answers = reject_all(&deployment, &others).await?;
    let answered = begun.elapsed();
    let lateness = watch(&deployment, windows, begun).await?;
    let took = begun.elapsed();
    deployment.settle().await?;
    let associated = deployment.count(Status::Associated).await?;
    let rejected = deployment.count(Status::Rejected).await?;
    deployment.close().await?;
    let (p50, p99) = lateness;
    Ok(json!({
        "windows": windows,
        "associated": associated,
        "rejected": rejected,
        "finalized_per_second": rate(windows, took),
        "lateness_p50_seconds": p50.as_secs_f64(),
        "lateness_p99_seconds": p99.as_secs_f64(),
        "rejections_answered_over_seconds": answered.as_secs_f64(),
        "rejection_p50_ms": ms(percentile(&mut answers, 0.5)),
        "rejection_p99_ms": ms(percentile(&mut answers, 0.99)),
    }))
}

async fn open_others(d: &Deployment, from: usize) -> Result<Vec<ClaimId>, BenchError> {
    let mut others = Vec::with_capacity(REJECTIONS);
    for number in from..from + REJECTIONS {
        let raw = claims::raw("others", number);
        let submitted = d.ledger().submit(raw.as_bytes()).await.map_err(BenchError::because)?;
        if let Submitted::Accepted(id) = submitted {
            others.push(id);
        }
    }
    Ok(others)
}

/// One after the other, as customers' answers come in.
async fn reject_all(d: &Deployment, ids: &[ClaimId]) -> Result<Vec<Duration>, BenchError> {
    let mut answers = Vec::with_capacity(ids.len());
    for &id in ids {
        let begun = Instant::now();
        let received_at = d.ledger().clock().now().await.map_err(BenchError::because)?;
        let command = Command::Reject { received_at, reason: None };
        d.ledger().apply(id, &command, "customer").await.map_err(BenchError::because)?;
        answers.push(begun.elapsed());
    }
    Ok(answers)
}

/// The moments at which half, and all but a hundredth, of the windows were finalized.
async fn watch(
    d: &Deployment,
    windows: usize,
    begun: Instant,
) -> Result<(Duration, Duration), BenchError> {
    let (mut p50, mut p99) = (None, None);
    loop {
        let done = d.count(Status::Associated).await?;
        if done * 2 >= windows && p50.is_none() {
            p50 = Some(begun.elapsed());
        }
        if done * 100 >= windows * 99 && p99.is_none() {
            p99 = Some(begun.elapsed());
        }
        if done >= windows {
            return Ok((p50.unwrap_or_default(), p99.unwrap_or_default()));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
