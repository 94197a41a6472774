//! Lines of JSON as they arrive, and answers as they are known, in bounded memory. Deliberately not
//! here: what a line says.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};
use tokio::time::timeout;
use tokio_util::io::StreamReader;
use tokio_util::sync::CancellationToken;

use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::media_type;
use crate::http::problem::Problem;

/// The media type of lines of JSON.
pub(super) const NDJSON: &str = "application/x-ndjson";
/// Answers that are sent in one piece at most.
const ANSWERS_AT_ONCE: usize = 256;

/// How long a line may be, and how long it may keep us waiting.
#[derive(Clone, Copy)]
struct Limits {
    bytes_max: usize,
    silence_max: Duration,
}

/// One line, or how many bytes it had when they were too many, or why there is none.
pub(super) struct Line {
    /// Its number, from 1; blank lines count.
    pub number: u64,
    /// Its bytes, or what is wrong with it.
    pub text: Result<Vec<u8>, Finding>,
    /// Whether nothing comes after it, because the body broke off or the server stops.
    pub broken: bool,
}

/// The lines of a request that are not blank.
///
/// # Errors
///
/// When the body is not announced as lines of JSON.
pub(super) fn lines_of(
    web: &Web,
    request: Request,
) -> Result<impl Stream<Item = Line> + Send + use<>, Problem> {
    media_type(request.headers(), NDJSON)?;
    Ok(body_lines(web, request))
}

/// The lines of a request that are not blank, whatever is in them.
pub(super) fn body_lines(web: &Web, request: Request) -> impl Stream<Item = Line> + Send + use<> {
    let body = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let limits = Limits {
        bytes_max: web.settings.body_bytes_max,
        silence_max: Duration::from_secs(web.settings.request_timeout_seconds.into()),
    };
    lines(StreamReader::new(body), limits, web.stop.clone())
}

/// One line for each answer, sent as soon as it is known.
pub(super) fn respond<T: Serialize + Send + 'static>(
    answers: impl Stream<Item = T> + Send + 'static,
) -> Response {
    let pieces =
        answers.ready_chunks(ANSWERS_AT_ONCE).map(|answers| Ok::<_, Infallible>(written(&answers)));
    let mut response = Body::from_stream(pieces).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    response
}

fn written<T: Serialize>(answers: &[T]) -> Bytes {
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
