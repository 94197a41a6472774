//! Submitting many claims as a stream: one answer line per claim line, in bounded memory.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use cpor_jobs::SubmitClaim;
use futures_util::StreamExt as _;
use tracing::{Instrument as _, Span};

use crate::access::Caller;
use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::media_type;
use crate::http::problem::Problem;
use crate::http::route::{Route, schema_of};
use crate::http::v1::SUBMITTERS;
use crate::http::v1::ndjson::{Line, NDJSON, lines_of, respond};
use crate::http::v1::submit::submit_as;
use crate::ledger::Submitted;
use crate::metrics::Way;
use crate::view::LineAnswer;

/// Lines that are being submitted at once.
const IN_FLIGHT: usize = 256;

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
    let span = Span::current();
    let answers = lines_of(&web, request)?
        .map(move |line| submitted_apart(web.clone(), caller.clone(), line, span.clone()))
        .buffered(IN_FLIGHT)
        // After a line that was not submitted for lack of Redis, none is answered.
        .scan(false, |ended, answer| {
            let last = std::mem::replace(ended, answer.outcome == UNAVAILABLE);
            std::future::ready((!last).then_some(answer))
        });
    Ok(respond(answers))
}

/// A line was not submitted, and neither were those after it.
const UNAVAILABLE: &str = "unavailable";

/// Nobody drives this stream while the client does not read. What is half way through the shared
/// connection to Redis has to go on all the same, or everybody else would wait behind it, so each
/// line is a task of its own.
async fn submitted_apart(web: Web, caller: Caller, line: Line, span: Span) -> LineAnswer {
    let number = line.number;
    let submitting = async move { answer(&web, &caller, line).await };
    let submitted = tokio::spawn(submitting.instrument(span)).await;
    submitted.unwrap_or_else(|error| {
        tracing::error!(error = %error, "submitting a line of a batch ended early");
        let message = Problem::internal().detail().to_owned();
        unavailable(number, Finding::new(Finding::WHOLE, UNAVAILABLE, message))
    })
}

async fn answer(web: &Web, caller: &Caller, line: Line) -> LineAnswer {
    let number = line.number;
    let submitted = match line.text {
        Ok(raw) => submit_as(web, caller, Way::Batch, &raw).await,
        Err(finding) if line.broken => return unavailable(number, finding),
        Err(finding) => {
            let refused = Ok(Submitted::Refused(vec![finding]));
            web.ledger.counted(Way::Batch, std::future::ready(refused)).await
        }
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
