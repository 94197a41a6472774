//! Submission alone: parsed, keyed and committed by one client.

use std::time::Instant;

use serde_json::{Value, json};

use crate::bench::stats::rate;
use crate::bench::{BenchError, Deployment, claims};

pub(super) async fn run(claims: usize) -> Result<Value, BenchError> {
    let deployment = Deployment::open(0, "system", &[]).await?;
    let begun = Instant::now();
    deployment.submit("pipelined", claims).await?;
    let pipelined = begun.elapsed();
    let one_by_one = claims / 10;
    let begun = Instant::now();
    for number in 0..one_by_one {
        let raw = claims::raw("single", claims + number);
        deployment.ledger().submit(raw.as_bytes()).await.map_err(BenchError::because)?;
    }
    let single = begun.elapsed();
    deployment.close().await?;
    Ok(json!({
        "claims": claims,
        "pipelined_claims_per_second": rate(claims, pipelined),
        "one_after_the_other_claims_per_second": rate(one_by_one, single),
    }))
}
