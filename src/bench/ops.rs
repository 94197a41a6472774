//! The operations pages among many open windows: how long each takes at the server, and what it
//! costs Redis.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::bench::http_client::Client;
use crate::bench::stats::{ms, percentile};
use crate::bench::{BenchError, Deployment, claims};
use crate::ledger::Submitted;

/// How often each page is asked for.
const ROUNDS: usize = 15;
/// Pages of which one look serves everybody for a moment: the next look is after that moment.
const REMEMBERED: Duration = Duration::from_millis(1_100);

pub(super) async fn run(windows: usize) -> Result<Value, BenchError> {
    let overrides = [("http.listen", "127.0.0.1:0")];
    let mut deployment = Deployment::open(windows, "virtual", &overrides).await?;
    deployment.work()?;
    deployment.open_windows(windows).await?;
    deployment.rest().await?;
    let address = deployment.serve().await?;
    let client = Client::new(address, "none").with_session(&deployment.session().await?);
    let mut pages = Map::new();
    for (name, path) in paths(&deployment).await? {
        pages.insert(name.to_owned(), page(&deployment, &client, name, &path).await?);
    }
    deployment.close().await?;
    Ok(json!({ "windows": windows, "pages": pages }))
}

/// Every page, and every way of searching.
async fn paths(deployment: &Deployment) -> Result<Vec<(&'static str, String)>, BenchError> {
    // The first claim of a run is there already, so this tells which it is.
    let first = deployment.ledger().submit(claims::raw("open", 0).as_bytes()).await;
    let Submitted::Repeated(id) = first.map_err(BenchError::because)? else {
        return Err(BenchError::because("the first claim is not there"));
    };
    let claim = deployment.ledger().store().claim(id).await.map_err(BenchError::because)?;
    let claim = claim.ok_or_else(|| BenchError::because("the first claim is not there"))?;
    let tenant = claim.submission.customer.tenant_id;
    let search = |what: &str| format!("/ops/claims?q={what}");
    Ok(vec![
        ("overview", "/ops".to_owned()),
        ("windows", "/ops/windows".to_owned()),
        ("claims", "/ops/claims".to_owned()),
        ("claims by status", "/ops/claims?status=notified".to_owned()),
        ("claims by partner", search("1234567")),
        ("claims by tenant", search(&tenant.to_string())),
        ("claims by domain", search("customer7.example")),
        ("claims by address", search("mert.kaya%40customer7.example")),
        ("claims by key", search("bench/open-7")),
        ("claims by item", "/ops/claims?item=workload:teams".to_owned()),
        ("a claim", format!("/ops/claims/{id}")),
        ("dead letters", "/ops/dead".to_owned()),
        ("queues", "/ops/queues".to_owned()),
        ("log", "/ops/log".to_owned()),
    ])
}

async fn page(
    deployment: &Deployment,
    client: &Client,
    name: &str,
    path: &str,
) -> Result<Value, BenchError> {
    let store = deployment.ledger().store();
    let mut took = Vec::with_capacity(ROUNDS);
    let mut spent = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        if matches!(name, "overview" | "queues") {
            tokio::time::sleep(REMEMBERED).await;
        }
        let before = store.command_time().await.map_err(BenchError::because)?;
        let begun = Instant::now();
        let status = client.get(path).await?;
        took.push(begun.elapsed());
        // A search for one claim leads to it.
        if !matches!(status, 200 | 303) {
            return Err(BenchError::because(format!("{path} is answered with {status}")));
        }
        let after = store.command_time().await.map_err(BenchError::because)?;
        spent.push(after.saturating_sub(before));
    }
    Ok(json!({
        "p50_ms": ms(percentile(&mut took, 0.5)),
        "max_ms": ms(percentile(&mut took, 1.0)),
        "redis_p50_ms": ms(percentile(&mut spent, 0.5)),
    }))
}
