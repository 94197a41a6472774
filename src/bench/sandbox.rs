//! Sandboxes of one `cpor serve --sandbox`, all there at once, each with one claim that lives its
//! whole life over HTTP; and that none of them sees another.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hyper::Method;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};

use crate::bench::http_client::Client;
use crate::bench::served::Served;
use crate::bench::stats::{cpu_time_of, each, ms, percentile, rate};
use crate::bench::{BenchError, Deployment, claims};

/// A few clients that test at once, each in one sandbox after the other.
const CLIENTS: usize = 32;
/// The most clients at once; `http.connections_max` is a little more.
const CLIENTS_MAX: usize = 4_000;
/// What 1,000 lives at once may take on two cores.
const BUDGET_SECONDS: u64 = 60;
/// A Friday; the window ends at midnight in Istanbul after the fifth business day.
const BEGIN: &str = "2026-11-20T15:00:00Z";
const LAST: &str = "2026-11-27T20:59:59.999Z";
const END: &str = "2026-11-27T21:00:00Z";
/// Claims that the bench's directory has for each tenant; every sandbox has a tenant of its own.
const CLAIMS_OF_A_TENANT: usize = 10;

pub(super) async fn run(sandboxes: usize) -> Result<Value, BenchError> {
    allow_many_connections();
    Ok(json!({
        "sandboxes": sandboxes,
        "budget_seconds_for_1000": BUDGET_SECONDS,
        "all_at_once": with(sandboxes, sandboxes.min(CLIENTS_MAX)).await?,
        "a_few_at_once": with(sandboxes, CLIENTS).await?,
    }))
}

/// Every client has a connection, and a shell usually allows a process 1,024 open files. Where
/// there may not be more, the first connection too many says so.
fn allow_many_connections() {
    let limits = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limits.maximum, ..limits });
}

/// Figures of a server with so many sandboxes, asked by so many clients at once.
async fn with(sandboxes: usize, clients: usize) -> Result<Value, BenchError> {
    let deployment = Deployment::open(sandboxes * CLAIMS_OF_A_TENANT, "system", &[]).await?;
    let directory = deployment.folder().join("directory.toml").display().to_string();
    let count_max = sandboxes.max(1).to_string();
    let settings =
        [("CPOR_DIRECTORY__FILE", directory.as_str()), ("CPOR_SANDBOX__COUNT_MAX", &count_max)];
    let served = Served::start(&deployment, &["--sandbox"], &settings).await?;
    let figures = measure(&deployment, &served, sandboxes, clients).await;
    let stopping = Instant::now();
    served.stop().await?;
    let stopped = stopping.elapsed();
    let left = deployment.ledger().store().registered_sandboxes().await;
    deployment.close().await?;
    let (mut figures, left) = (figures?, left.map_err(BenchError::because)?);
    if !left.is_empty() {
        return Err(BenchError::because(format!("{} sandboxes were left behind", left.len())));
    }
    figures["all_removed_in_seconds"] = stopped.as_secs_f64().into();
    Ok(figures)
}

async fn measure(
    deployment: &Deployment,
    served: &Served,
    sandboxes: usize,
    clients: usize,
) -> Result<Value, BenchError> {
    let client = Client::new(served.address(), "none");
    let memory = || async {
        let info = deployment.ledger().store().info().await.map_err(BenchError::because)?;
        Ok::<u64, BenchError>(info.get("used_memory").unwrap_or_default())
    };
    let (redis_memory, own_memory) = (memory().await?, served.memory());
    let (redis_cpu, own_cpu) = (deployment.redis_cpu().await?, cpu_time_of(&served.process()));
    let begun = Instant::now();
    let lives: Vec<Life> = stream::iter(0..sandboxes)
        .map(|number| live(&client, number))
        .buffer_unordered(clients.max(1))
        .try_collect()
        .await?;
    let took = begun.elapsed();
    let redis_cpu = deployment.redis_cpu().await?.saturating_sub(redis_cpu);
    let own_cpu = cpu_time_of(&served.process()).saturating_sub(own_cpu);
    let count = u64::try_from(sandboxes.max(1)).unwrap_or(1);
    let redis_memory = memory().await?.saturating_sub(redis_memory) / count;
    let own_memory = served.memory().saturating_sub(own_memory) / count;
    strangers(&lives).await?;
    let mut each_took: Vec<Duration> = lives.iter().map(|life| life.took).collect();
    Ok(json!({
        "clients": clients,
        "seconds": took.as_secs_f64(),
        "lives_per_second": rate(sandboxes, took),
        "life_p50_ms": ms(percentile(&mut each_took, 0.5)),
        "life_p99_ms": ms(percentile(&mut each_took, 0.99)),
        "own_cpu_us_per_life": each(own_cpu, sandboxes),
        "redis_cpu_us_per_life": each(redis_cpu, sandboxes),
        "redis_memory_bytes_per_sandbox": redis_memory,
        "own_memory_bytes_per_sandbox": own_memory,
    }))
}

/// A sandbox in which a claim has lived.
struct Life {
    sandbox: Tester,
    claim_id: String,
    took: Duration,
}

/// Somebody who tests in a sandbox.
struct Tester {
    client: Client,
    path: String,
}

/// A claim's whole life in a sandbox of its own.
async fn live(client: &Client, number: usize) -> Result<Life, BenchError> {
    let begun = Instant::now();
    let tester = Tester::make(client).await?;
    let raw = claims::raw("sandbox", number * CLAIMS_OF_A_TENANT);
    let created = tester.ask(Method::POST, "/v1/claims", raw, 201).await?;
    let claim_id = text(&created["id"])?;
    tester.travel(&json!({ "advance_by_seconds": 1 })).await?;
    is(&tester.travel(&json!({ "before_end_of": claim_id })).await?["now"], LAST)?;
    let claim = format!("/v1/claims/{claim_id}");
    is(&tester.get(&claim).await?["status"], "notified")?;
    is(&tester.travel(&json!({ "to": END })).await?["now"], END)?;
    is(&tester.get(&claim).await?["status"], "associated")?;
    tester.only_sees(&claim_id, number).await?;
    Ok(Life { sandbox: tester, claim_id, took: begun.elapsed() })
}

impl Tester {
    async fn make(client: &Client) -> Result<Self, BenchError> {
        let wish = json!({ "starts_at": BEGIN, "source": "bench" }).to_string();
        let (status, made) = client.json(Method::POST, "/v1/sandboxes", wish).await?;
        if status != 201 {
            return Err(BenchError::because(format!("no sandbox, but {status}: {made}")));
        }
        let path = format!("/sandboxes/{}", text(&made["sandbox_id"])?);
        Ok(Self { client: client.with_key(&text(&made["keys"]["upstream_source"])?), path })
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
        expected: u16,
    ) -> Result<Value, BenchError> {
        let path = format!("{}{path}", self.path);
        let (status, answer) = self.client.json(method, &path, body).await?;
        if status == expected {
            return Ok(answer);
        }
        Err(BenchError::because(format!("{path} answered with {status}: {answer}")))
    }

    async fn get(&self, path: &str) -> Result<Value, BenchError> {
        self.ask(Method::GET, path, String::new(), 200).await
    }

    async fn travel(&self, way: &Value) -> Result<Value, BenchError> {
        self.ask(Method::POST, "/v1/clock", way.to_string(), 200).await
    }

    /// Its own claim is the only one, and all mails are about it.
    async fn only_sees(&self, claim_id: &str, number: usize) -> Result<(), BenchError> {
        let claims = self.get("/v1/claims").await?;
        let ids: Vec<Value> = list(&claims["claims"]).map(|claim| claim["id"].clone()).collect();
        if ids != [Value::from(claim_id)] {
            return Err(BenchError::because(format!(
                "claims of others beside {claim_id}: {ids:?}"
            )));
        }
        let mails = self.get("/v1/mails").await?;
        let domain = format!("customer{number}.example");
        let own = list(&mails["mails"])
            .filter(|mail| mail["text"].as_str().is_some_and(|text| names(text, &domain)))
            .map(|mail| mail["kind"].as_str().unwrap_or_default())
            .collect::<Vec<_>>();
        if own == ["notice", "reminder", "partner_result"] && list(&mails["mails"]).count() == 3 {
            return Ok(());
        }
        Err(BenchError::because(format!("not the mails of one life at {domain}: {own:?}")))
    }
}

/// Whether a text has the name, and not only a longer one that ends with it.
fn names(text: &str, domain: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .any(|word| word.trim_matches('.') == domain)
}

/// Nobody has a key to the next one's sandbox, or finds a claim of the one before in it.
async fn strangers(lives: &[Life]) -> Result<(), BenchError> {
    for (one, next) in lives.iter().zip(lives.iter().skip(1)) {
        let theirs = Tester { client: one.sandbox.client.clone(), path: next.sandbox.path.clone() };
        theirs.ask(Method::GET, "/v1/claims", String::new(), 401).await?;
        let claim = format!("/v1/claims/{}", one.claim_id);
        next.sandbox.ask(Method::GET, &claim, String::new(), 404).await?;
    }
    Ok(())
}

fn is(found: &Value, expected: &str) -> Result<(), BenchError> {
    if found == expected {
        return Ok(());
    }
    Err(BenchError::because(format!("expected {expected}, found {found}")))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> Result<String, BenchError> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| BenchError::because(format!("no text where one is promised: {value}")))
}
