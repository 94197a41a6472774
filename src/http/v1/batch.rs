//! Submitting many claims as a stream: one answer line per claim line, in bounded memory.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cpor_jobs::SubmitClaim;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};
use tokio::time::timeout;
use tokio_util::io::StreamReader;
use tokio_util::sync::CancellationToken;

use crate::access::Caller;
use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::media_type;
use crate::http::problem::Problem;
use crate::http::route::{Route, schema_of};
use crate::http::v1::SUBMITTERS;
use crate::http::v1::submit::submit_as;
use crate::ledger::Submitted;
use crate::view::LineAnswer;

/// The media type of lines of JSON.
const NDJSON: &str = "application/x-ndjson";
/// Lines that are being submitted at once.
const IN_FLIGHT: usize = 256;
/// Answers that are sent in one piece at most.
const ANSWERS_AT_ONCE: usize = 256;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/claims/batch", "submit_claims", "Submit many claims", batch)
            .roles(SUBMITTERS)
            .says(
                "One claim per line, of any number; one answer per line, in the same order, while \
                 the body is still being sent. Blank lines are skipped. Sending the same lines \
                 again doubles nothing. If Redis goes away in the middle, the answers end with a \
                 line whose outcome is `unavailable`: send the lines from there on again.",
            )
            .takes_as(NDJSON, Some(schema_of::<SubmitClaim>), "One claim per line.")
            .gives_as(
                StatusCode::OK,
                Some(NDJSON),
                Some(schema_of::<LineAnswer>),
                "One answer per line.",
            )
            .streams(),
    ]
}

async fn batch(
    State(web): State<Web>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    media_type(request.headers(), NDJSON)?;
    web.admit_submission().await?;
    let body = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let limits = Limits {
        bytes_max: web.settings.body_bytes_max,
        silence_max: Duration::from_secs(web.settings.request_timeout_seconds.into()),
    };
    let lines = lines(StreamReader::new(body), limits, web.stop.clone());
    let answers = lines
        .map(move |line| submitted_apart(web.clone(), caller.clone(), line))
        .buffered(IN_FLIGHT)
        // After a line that was not submitted for lack of Redis, none is answered.
        .scan(false, |ended, answer| {
            let last = std::mem::replace(ended, answer.outcome == UNAVAILABLE);
            std::future::ready((!last).then_some(answer))
        })
        .ready_chunks(ANSWERS_AT_ONCE)
        .map(|answers| Ok::<_, std::convert::Infallible>(written(&answers)));
    let mut response = Body::from_stream(answers).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    Ok(response)
}

/// A line was not submitted, and neither were those after it.
const UNAVAILABLE: &str = "unavailable";

/// How long a line may be, and how long it may keep us waiting.
#[derive(Clone, Copy)]
struct Limits {
    bytes_max: usize,
    silence_max: Duration,
}

/// One line, or how many bytes it had when they were too many, or why there is none.
struct Line {
    number: u64,
    text: Result<Vec<u8>, Finding>,
    broken: bool,
}

/// Nobody drives this stream while the client does not read. What is half way through the shared
/// connection to Redis has to go on all the same, or everybody else would wait behind it, so each
/// line is a task of its own.
async fn submitted_apart(web: Web, caller: Caller, line: Line) -> LineAnswer {
    let number = line.number;
    let submitted = tokio::spawn(async move { answer(&web, &caller, line).await }).await;
    submitted.unwrap_or_else(|error| {
        tracing::error!(error = %error, "submitting a line of a batch ended early");
        let message = Problem::internal().detail().to_owned();
        unavailable(number, Finding::new(Finding::WHOLE, UNAVAILABLE, message))
    })
}

async fn answer(web: &Web, caller: &Caller, line: Line) -> LineAnswer {
    let number = line.number;
    let submitted = match line.text {
        Ok(raw) => submit_as(web, caller, &raw).await,
        Err(finding) if line.broken => return unavailable(number, finding),
        Err(finding) => Ok(Submitted::Refused(vec![finding])),
    };
    match submitted {
        Ok(submitted) => LineAnswer::of(number, &submitted),
        Err(error) => {
            let message = Problem::from(error).detail().to_owned();
            unavailable(number, Finding::new(Finding::WHOLE, UNAVAILABLE, message))
        }
    }
}

fn unavailable(line: u64, finding: Finding) -> LineAnswer {
    LineAnswer { line, outcome: UNAVAILABLE, claim_id: None, findings: vec![finding] }
}

fn written(answers: &[LineAnswer]) -> Bytes {
    let mut bytes = Vec::with_capacity(answers.len() * 96);
    for answer in answers {
        // Plain fields always serialize; a line that did not would be left out and not break.
        if serde_json::to_writer(&mut bytes, answer).is_ok() {
            bytes.push(b'\n');
        }
    }
    bytes.into()
}

/// The lines that are not blank; of one that is too long nothing is kept. When the server stops,
/// no more of them are waited for.
fn lines(
    reader: impl AsyncBufRead + Send + Unpin,
    limits: Limits,
    stop: CancellationToken,
) -> impl Stream<Item = Line> + Send {
    let broken = |number, code, message| Line {
        number,
        text: Err(Finding::new(Finding::WHOLE, code, message)),
        broken: true,
    };
    stream::unfold(Some((reader, 0_u64, stop)), move |going_on| async move {
        let (mut reader, mut number, stop) = going_on?;
        loop {
            number += 1;
            let line = tokio::select! {
                line = read(&mut reader, limits) => line,
                () = stop.cancelled() => {
                    let message = "The server stops: send the lines from here on again.".to_owned();
                    return Some((broken(number, "server_stops", message), None));
                }
            };
            match line {
                Ok(None) => return None,
                Ok(Some(Ok(text))) if text.iter().all(u8::is_ascii_whitespace) => {}
                Ok(Some(text)) => {
                    let line = Line { number, text, broken: false };
                    return Some((line, Some((reader, number, stop))));
                }
                Err(error) => {
                    let message = format!("The body broke off here: {error}.");
                    return Some((broken(number, "body_broken", message), None));
                }
            }
        }
    })
}

async fn read(
    reader: &mut (impl AsyncBufRead + Unpin),
    Limits { bytes_max, silence_max }: Limits,
) -> std::io::Result<Option<Result<Vec<u8>, Finding>>> {
    let (mut kept, mut length, mut any) = (Vec::new(), 0_usize, false);
    loop {
        let available = timeout(silence_max, reader.fill_buf()).await;
        let available = available.map_err(|_| silent(silence_max))??;
        if available.is_empty() {
            break;
        }
        any = true;
        let feed = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..feed.unwrap_or(available.len())];
        length += part.len();
        if length <= bytes_max {
            kept.extend_from_slice(part);
        }
        let used = part.len() + usize::from(feed.is_some());
        reader.consume(used);
        if feed.is_some() {
            break;
        }
    }
    Ok(any.then(|| if length > bytes_max { Err(too_long(length, bytes_max)) } else { Ok(kept) }))
}

fn silent(silence_max: Duration) -> std::io::Error {
    let text = format!("nothing came for {} seconds", silence_max.as_secs());
    std::io::Error::new(std::io::ErrorKind::TimedOut, text)
}

fn too_long(length: usize, bytes_max: usize) -> Finding {
    let message = format!("The line has {length} bytes; at most {bytes_max} are allowed.");
    Finding::new(Finding::WHOLE, "too_long", message)
}
