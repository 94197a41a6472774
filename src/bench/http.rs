//! The HTTP API over a real connection on this machine: a stream of claims beside the Redis
//! client, single submissions beside the workers, and the start of `cpor serve`.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Frame};
use serde_json::{Value, json};
use tokio::time::sleep_until;

use crate::bench::http_client::Client;
use crate::bench::served::Served;
use crate::bench::stats::{ms, percentile, rate, ratio};
use crate::bench::{BenchError, Deployment, claims};

/// The source of all claims of [`claims::raw`].
const SOURCE: &str = "bench";
/// How often the stream and the Redis client take turns; the medians count.
const ROUNDS: usize = 3;
/// Lines in one piece of the stream.
const LINES_AT_ONCE: usize = 32;
/// Single submissions: how many a second, and for how long.
const PER_SECOND: usize = 200;
const SECONDS: usize = 15;
/// How often `cpor serve` is started; the median counts.
const STARTS: usize = 5;

pub(super) async fn run(claims: usize) -> Result<Value, BenchError> {
    let (mut client, mut stream) = streams(claims).await?;
    let client = rate(claims, percentile(&mut client, 0.5));
    let stream = rate(claims, percentile(&mut stream, 0.5));
    let mut latencies = singles().await?;
    let mut starts = starts().await?;
    Ok(json!({
        "claims": claims,
        "ndjson_claims_per_second": stream,
        "redis_client_claims_per_second": client,
        "ratio": ratio(stream, client),
        "single_submissions": latencies.len(),
        "single_submissions_per_second": PER_SECOND,
        "single_p50_ms": ms(percentile(&mut latencies, 0.5)),
        "single_p99_ms": ms(percentile(&mut latencies, 0.99)),
        "single_max_ms": ms(percentile(&mut latencies, 1.0)),
        "serve_start_to_ready_ms": ms(percentile(&mut starts, 0.5)),
    }))
}

/// How long the same number of claims takes through the Redis client and as a stream, in turns.
async fn streams(claims: usize) -> Result<(Vec<Duration>, Vec<Duration>), BenchError> {
    let mut deployment = Deployment::open(0, "system", &[("http.listen", "127.0.0.1:0")]).await?;
    let address = deployment.serve().await?;
    let client = Client::new(address, &deployment.key_of(SOURCE).await?);
    let (mut by_client, mut by_stream) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let begun = Instant::now();
        deployment.submit(&format!("client{round}"), claims).await?;
        by_client.push(begun.elapsed());
        let begun = Instant::now();
        batch(&client, format!("stream{round}"), claims).await?;
        by_stream.push(begun.elapsed());
    }
    deployment.close().await?;
    Ok((by_client, by_stream))
}

/// One request whose body is made while it is sent.
async fn batch(client: &Client, run: String, claims: usize) -> Result<(), BenchError> {
    let pieces = stream::iter((0..claims).step_by(LINES_AT_ONCE)).map(move |from| {
        let mut lines = String::new();
        for number in from..claims.min(from + LINES_AT_ONCE) {
            lines.push_str(&claims::raw(&run, number));
            lines.push('\n');
        }
        Ok(Frame::data(Bytes::from(lines)))
    });
    let answer = client.stream("/v1/claims/batch", pieces).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(BenchError::because)?.to_bytes();
    let accepted = body
        .split(|byte| *byte == b'\n')
        .filter(|line| line.windows(10).any(|part| part == b"\"accepted\""))
        .count();
    if accepted == claims {
        return Ok(());
    }
    let start = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
    Err(BenchError::because(format!("{status}, {accepted} of {claims} accepted: {start}")))
}

/// Latencies of single submissions at an even pace beside the workers, each measured from the
/// moment at which it was to be sent: a stall counts for everybody who had to wait for it.
async fn singles() -> Result<Vec<Duration>, BenchError> {
    let claims = PER_SECOND * SECONDS;
    let overrides = [("http.listen", "127.0.0.1:0"), ("window.reminder_business_days", "0")];
    let mut deployment = Deployment::open(claims + PER_SECOND, "system", &overrides).await?;
    let address = deployment.serve().await?;
    deployment.work()?;
    let client = Client::new(address, &deployment.key_of(SOURCE).await?);
    // Connections are opened and caches are filled before it counts.
    paced(&client, "warm", claims..claims + PER_SECOND).await?;
    let latencies = paced(&client, "single", 0..claims).await?;
    deployment.settle().await?;
    deployment.close().await?;
    Ok(latencies)
}

async fn paced(
    client: &Client,
    run: &str,
    numbers: std::ops::Range<usize>,
) -> Result<Vec<Duration>, BenchError> {
    let begun = tokio::time::Instant::now();
    let mut sent = Vec::with_capacity(numbers.len());
    for (turn, number) in numbers.enumerate() {
        let due = begun + Duration::from_secs_f64(turn as f64 / PER_SECOND as f64);
        let (client, raw) = (client.clone(), claims::raw(run, number));
        sleep_until(due).await;
        sent.push(tokio::spawn(async move {
            let status = client.post("/v1/claims", raw).await?;
            Ok::<_, BenchError>((status, due.elapsed()))
        }));
    }
    let mut latencies = Vec::with_capacity(sent.len());
    for request in sent {
        match request.await.map_err(BenchError::because)?? {
            (201, latency) => latencies.push(latency),
            (status, _) => return Err(BenchError::because(format!("answered with {status}"))),
        }
    }
    Ok(latencies)
}

/// How long `cpor serve` takes from its start to its first answer, when Redis is there already.
async fn starts() -> Result<Vec<Duration>, BenchError> {
    let deployment = Deployment::open(0, "system", &[]).await?;
    let mut starts = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let served = Served::start(&deployment, &[], &[]).await?;
        starts.push(served.started_in());
        served.stop().await?;
    }
    deployment.close().await?;
    Ok(starts)
}
