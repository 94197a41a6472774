//! One claim through an idle system, timers, and what an idle process costs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::bench::stats::{cpu_time, ms, percentile};
use crate::bench::{BenchError, Deployment, claims};
use crate::claim::{Claim, ClaimId, Event, Recorded, State};
use crate::ledger::Submitted;
use crate::store::Commit;

/// How long the idle process is watched.
const WATCHED: Duration = Duration::from_secs(10);
/// Timers, and the time they are spread over.
const TIMERS: usize = 1_000;
const TIMERS_OVER_MS: i64 = 10_000;

pub(super) async fn run(claims: usize) -> Result<Value, BenchError> {
    let overrides = [("window.reminder_business_days", "0")];
    let mut deployment = Deployment::open(claims + TIMERS, "system", &overrides).await?;
    deployment.work()?;
    let mut latencies = Vec::with_capacity(claims);
    for number in 0..claims {
        latencies.push(one(&deployment, number).await?);
    }
    let mut lateness = timers(&deployment, claims).await?;
    let (cpu, commands) = rest(&deployment).await?;
    let early = lateness.iter().filter(|late| **late < TimeDelta::zero()).count();
    let mut late: Vec<Duration> = lateness.drain(..).filter_map(|l| l.to_std().ok()).collect();
    deployment.close().await?;
    Ok(json!({
        "claims": claims,
        "submitted_to_notified_p50_ms": ms(percentile(&mut latencies, 0.5)),
        "submitted_to_notified_p99_ms": ms(percentile(&mut latencies, 0.99)),
        "timers": TIMERS,
        "timer_lateness_p50_ms": ms(percentile(&mut late, 0.5)),
        "timer_lateness_p99_ms": ms(percentile(&mut late, 0.99)),
        "timers_early": early,
        "idle_cpu_percent_of_a_core": cpu,
        "idle_redis_commands_per_second": commands,
    }))
}

/// How long one claim takes from its submission to the open window.
async fn one(deployment: &Deployment, number: usize) -> Result<Duration, BenchError> {
    let ledger = deployment.ledger();
    let raw = claims::raw("idle", number);
    let begun = Instant::now();
    let id = match ledger.submit(raw.as_bytes()).await.map_err(BenchError::because)? {
        Submitted::Accepted(id) => id,
        other => return Err(BenchError::because(format!("not accepted: {other:?}"))),
    };
    loop {
        let claim = ledger.store().claim(id).await.map_err(BenchError::because)?;
        if claim.is_some_and(|claim| matches!(claim.state, State::Notified { .. })) {
            return Ok(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
}

/// How late validation begins of claims that are put on the agenda for known moments.
async fn timers(d: &Deployment, from: usize) -> Result<Vec<TimeDelta>, BenchError> {
    let ledger = d.ledger();
    let mut ids: Vec<(ClaimId, i64)> = Vec::with_capacity(TIMERS);
    let start = ledger.clock().real() + TimeDelta::seconds(2);
    for number in 0..TIMERS {
        let offset_ms = i64::try_from(number).unwrap_or_default() * TIMERS_OVER_MS
            / i64::try_from(TIMERS).unwrap_or(1);
        let due_at = start + TimeDelta::milliseconds(offset_ms);
        let id = plan(d, from + number, due_at).await?;
        ids.push((id, due_at.timestamp_millis()));
    }
    tokio::time::sleep(Duration::from_millis(
        u64::try_from(TIMERS_OVER_MS).unwrap_or_default() + 4_000,
    ))
    .await;
    let mut lateness = Vec::with_capacity(TIMERS);
    for (id, due_ms) in ids {
        let history = ledger.store().history(id).await.map_err(BenchError::because)?;
        let validated = history.iter().find(|recorded| recorded.event.name() == "claim_validated");
        let Some(validated) = validated else {
            return Err(BenchError::because(format!("claim {id} was not validated")));
        };
        lateness.push(TimeDelta::milliseconds(validated.at.timestamp_millis() - due_ms));
    }
    Ok(lateness)
}

/// Commits a claim that is to be validated at `due_at`.
async fn plan(d: &Deployment, number: usize, due_at: DateTime<Utc>) -> Result<ClaimId, BenchError> {
    let (ledger, store) = (d.ledger(), d.ledger().store());
    let at = ledger.clock().instant().await.map_err(BenchError::because)?;
    let submission = Arc::new(claims::parsed("timer", number)?);
    let partition = store.keys().partition_of_tenant(&submission.customer.tenant_id);
    let id = ClaimId::new(at.now, partition, (number as u64).to_be_bytes());
    let deferred = Event::VerdictDeferred { findings: Vec::new(), again_at: due_at };
    let events = [Event::ClaimSubmitted { submission }, deferred];
    let history: Vec<Recorded> = (1..)
        .zip(events)
        .map(|(revision, event)| Recorded { revision, at: at.now, actor: "bench".into(), event })
        .collect();
    let after = Claim::replay(id, &history)
        .ok_or_else(|| BenchError::because("a life has to begin with a submission"))?;
    let commit =
        Commit { before: None, after: &after, events: &history, lease: None, companions: &[] };
    store.commit(&commit, at).await.map_err(BenchError::because)?;
    Ok(id)
}

/// Processor time of this process, and commands of Redis, while nothing happens.
async fn rest(deployment: &Deployment) -> Result<(f64, f64), BenchError> {
    let store = deployment.ledger().store();
    let commands = || async {
        let info = store.info().await.map_err(BenchError::because)?;
        Ok::<u64, BenchError>(info.get("total_commands_processed").unwrap_or_default())
    };
    let (cpu_before, before) = (cpu_time(), commands().await?);
    tokio::time::sleep(WATCHED).await;
    let (cpu_after, after) = (cpu_time(), commands().await?);
    let cpu = (cpu_after - cpu_before).as_secs_f64() / WATCHED.as_secs_f64() * 100.0;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let each_second = (after - before) as f64 / WATCHED.as_secs_f64();
    Ok(((cpu * 100.0).round() / 100.0, each_second.round()))
}
