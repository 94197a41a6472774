//! Open windows: what each costs in memory, and what taking due entries costs among them.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use cpor_jobs::Job;
use serde_json::{Value, json};

use crate::bench::stats::{ms, percentile, rate, ratio};
use crate::bench::{BenchError, Deployment};

/// Takes that are timed.
const TAKES: usize = 2_000;

pub(super) async fn run(windows: usize) -> Result<Value, BenchError> {
    let small = take_cost(1_000).await?;
    let big = take_cost(windows).await?;
    let (small_us, big_us) = (small.take.as_secs_f64() * 1e6, big.take.as_secs_f64() * 1e6);
    Ok(json!({
        "windows": windows,
        "redis_bytes_per_window": big.bytes_per_window,
        "opened_per_second": big.opened_per_second,
        "take_p50_ms_among_1000": ms(small.take),
        "take_p50_ms_among_all": ms(big.take),
        "take_ratio": ratio(big_us, small_us),
    }))
}

struct Cost {
    bytes_per_window: u64,
    opened_per_second: f64,
    take: Duration,
}

async fn take_cost(windows: usize) -> Result<Cost, BenchError> {
    let mut deployment = Deployment::open(windows, "virtual", &[]).await?;
    let empty = used_memory(&deployment).await?;
    deployment.work()?;
    let begun = Instant::now();
    deployment.open_windows(windows).await?;
    let opened_per_second = rate(windows, begun.elapsed());
    let used = used_memory(&deployment).await?.saturating_sub(empty);
    let take = time_takes(&deployment).await?;
    deployment.close().await?;
    let bytes_per_window = used / u64::try_from(windows).unwrap_or(1).max(1);
    Ok(Cost { bytes_per_window, opened_per_second, take })
}

/// The median time of a take that brings ten due entries and gives them back.
async fn time_takes(deployment: &Deployment) -> Result<Duration, BenchError> {
    let ledger = deployment.ledger();
    let store = ledger.store();
    let at = ledger.clock().instant().await.map_err(BenchError::because)?;
    // Far enough that every window is due; nobody else sees this time.
    let late = crate::store::Instant { now: at.now + TimeDelta::days(30), ..at };
    let mut takes = Vec::with_capacity(TAKES);
    for _ in 0..TAKES {
        let begun = Instant::now();
        let lease_end = at.real + TimeDelta::minutes(10);
        let wanted = [(Job::FinalizeAssociation, 10)];
        let take = store.take(0, &wanted, "bench", lease_end, late).await;
        takes.push(begun.elapsed());
        for taken in take.map_err(BenchError::because)?.entries {
            let outcome =
                crate::store::agenda::Outcome::Again { due_at: at.now + TimeDelta::days(20) };
            store.settle(&taken.lease, &outcome, at).await.map_err(BenchError::because)?;
        }
    }
    Ok(percentile(&mut takes, 0.5))
}

async fn used_memory(deployment: &Deployment) -> Result<u64, BenchError> {
    let info = deployment.ledger().store().info().await.map_err(BenchError::because)?;
    Ok(info.get::<u64>("used_memory").unwrap_or_default())
}
