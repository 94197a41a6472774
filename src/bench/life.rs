//! The whole life of a claim: submitted, validated, notified, finalized with its grant, partner
//! told.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::bench::deployment::smtp_sink;
use crate::bench::floor::floor;
use crate::bench::stats::{cpu_time, each, rate, ratio};
use crate::bench::{BenchError, Deployment};
use crate::claim::Status;
use crate::travel::traveller;

pub(super) async fn run(claims: usize, smtp: bool) -> Result<Value, BenchError> {
    let sink = if smtp { Some(smtp_sink().await?) } else { None };
    let port = sink.as_ref().map_or(0, |(_, port)| *port).to_string();
    let over_smtp = [
        ("mail.transport", "smtp"),
        ("mail.smtp.host", "127.0.0.1"),
        ("mail.smtp.port", port.as_str()),
        ("mail.smtp.connections_max", "32"),
    ];
    let overrides: &[(&str, &str)] = if smtp { &over_smtp } else { &[] };
    let overrides = [overrides, &[("window.reminder_business_days", "0")]].concat();
    let mut deployment = Deployment::open(claims, "virtual", &overrides).await?;
    if let Some((sink, _)) = sink {
        deployment.keep(sink);
    }
    deployment.work()?;
    let (own_before, redis_before) = (cpu_time(), deployment.redis_cpu().await?);
    let begun = Instant::now();
    deployment.submit("life", claims).await?;
    let submitted = begun.elapsed();
    deployment.settle().await?;
    let notified = begun.elapsed();
    // Midnight in Istanbul after the fifth business day.
    let end: DateTime<Utc> =
        "2026-11-27T21:00:00Z".parse().map_err(|error| BenchError::because(format!("{error}")))?;
    let closing = Instant::now();
    let traveller = traveller(deployment.ledger()).map_err(BenchError::because)?;
    traveller.set(end).await.map_err(BenchError::because)?;
    deployment.settle().await?;
    let closed = closing.elapsed();
    let own = cpu_time() - own_before;
    let redis = deployment.redis_cpu().await? - redis_before;
    let associated = deployment.count(Status::Associated).await?;
    if associated != claims {
        return Err(BenchError::because(format!("{associated} of {claims} became official")));
    }
    deployment.close().await?;
    let (floor, floor_redis) = floor(claims).await?;
    let per_second = rate(claims, notified + closed);
    let floor_per_second = rate(claims, floor);
    Ok(json!({
        "claims": claims,
        "claims_per_second": per_second,
        "floor_claims_per_second": floor_per_second,
        "ratio": ratio(per_second, floor_per_second),
        "own_cpu_us_per_claim": each(own, claims),
        "redis_cpu_us_per_claim": each(redis, claims),
        "floor_redis_cpu_us_per_claim": each(floor_redis, claims),
        "submitted_seconds": submitted.as_secs_f64(),
        "notified_seconds": notified.as_secs_f64(),
        "closed_seconds": closed.as_secs_f64(),
    }))
}
