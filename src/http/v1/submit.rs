//! Submitting one claim.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cpor_jobs::SubmitClaim;
use serde::Deserialize;

use crate::access::Caller;
use crate::claim::{ClaimId, Finding, Submission};
use crate::http::Web;
use crate::http::extract::RawJson;
use crate::http::problem::{Digests, Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::SUBMITTERS;
use crate::http::v1::claims::dossier;
use crate::ledger::{LedgerError, Submitted};
use crate::metrics::Way;
use crate::view::ClaimView;

/// The header that may carry the source's own key.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const SUBMIT: &str = "submit the claim";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/claims", "submit_claim", "Submit a claim", submit)
            .roles(SUBMITTERS)
            .says(
                "Repeating a submission answers with the same claim, for as long as the claim \
                 exists. An upstream source submits under its own `source`; a partner's people \
                 submit for their own `mpn_id`, under the source `mpn-<mpn_id>`.",
            )
            .header(
                "Idempotency-Key",
                "The source's own key for the claim, instead of or beside `idempotency_key`.",
            )
            .takes::<SubmitClaim>("The claim; unknown fields are refused by name.")
            .gives::<ClaimView<'static>>(StatusCode::CREATED, "It is a claim now.")
            .gives::<ClaimView<'static>>(StatusCode::OK, "It has been this claim already.")
            .problem(ProblemType::KeyReused)
            .problem(ProblemType::FindingsReported),
    ]
}

async fn submit(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    RawJson(body): RawJson,
) -> Result<Response, Problem> {
    web.admit_submission().await?;
    let body = keyed(body, &headers).map_err(|finding| Problem::findings(SUBMIT, vec![finding]))?;
    let (status, id) = match submit_as(&web, &caller, Way::Api, &body).await? {
        Submitted::Accepted(id) => (StatusCode::CREATED, id),
        Submitted::Repeated(id) => (StatusCode::OK, id),
        Submitted::KeyReused(reused) => return Err(key_reused(reused)),
        Submitted::Refused(findings) => return Err(Problem::findings(SUBMIT, findings)),
    };
    made(&web, &caller, status, id).await
}

/// A claim that was just submitted, now or before.
pub(super) async fn made(
    web: &Web,
    caller: &Caller,
    status: StatusCode,
    id: ClaimId,
) -> Result<Response, Problem> {
    let claim = web.ledger.store().claim(id).await?;
    let claim = claim.ok_or_else(|| Problem::not_found("such claim"))?;
    let dossier = dossier(web, claim).await?;
    let mut response = (status, Json(dossier.view().for_caller(&caller.authority))).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/claims/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(super) fn key_reused(reused: crate::ledger::KeyReused) -> Problem {
    let detail = "Could not submit the claim: this key belongs to a claim with another body.";
    let remedy = "Use a new key for a new claim, or send the same body again.";
    Problem::new(ProblemType::KeyReused, detail, remedy)
        .about(reused.claim_id)
        .with_digests(Digests { claim: reused.claim_digest, request: reused.submission_digest })
}

/// Submits in the caller's name, if the caller may.
pub(super) async fn submit_as(
    web: &Web,
    caller: &Caller,
    way: Way,
    raw: &[u8],
) -> Result<Submitted, LedgerError> {
    web.ledger.counted(way, checked_and_submitted(web, caller, raw)).await
}

async fn checked_and_submitted(
    web: &Web,
    caller: &Caller,
    raw: &[u8],
) -> Result<Submitted, LedgerError> {
    let at = web.ledger.clock().instant().await?;
    let checked = web.ledger.parse(raw, at.now).and_then(|submission: Submission| {
        match caller.authority.refuses_submission(&submission) {
            Some(finding) => Err(vec![finding]),
            None => Ok(submission),
        }
    });
    match checked {
        Ok(submission) => web.ledger.submit_parsed(submission, &caller.name, at).await,
        Err(findings) => Ok(Submitted::Refused(findings)),
    }
}

/// The body with the key of the header in it. The body's own key, where there is one too, has to
/// be the same.
fn keyed(body: Bytes, headers: &HeaderMap) -> Result<Bytes, Finding> {
    #[derive(Deserialize)]
    struct Key {
        idempotency_key: Option<String>,
    }
    let Some(header) = headers.get(IDEMPOTENCY_KEY) else { return Ok(body) };
    // The draft of the header has it in quotes; most clients do not.
    let key = std::str::from_utf8(header.as_bytes()).unwrap_or_default().trim_matches('"');
    match serde_json::from_slice::<Key>(&body) {
        Ok(Key { idempotency_key: None }) => Ok(inserted(&body, key)),
        Ok(Key { idempotency_key: Some(own) }) if own != key => Err(Finding::new(
            "idempotency_key",
            "key_differs",
            "The header Idempotency-Key has another key than the body. Send one of them, or both \
             the same.",
        )),
        // What is not readable is reported by whoever reads all of it.
        Ok(_) | Err(_) => Ok(body),
    }
}

fn inserted(body: &Bytes, key: &str) -> Bytes {
    let Some(brace) = body.iter().position(|byte| *byte == b'{') else { return body.clone() };
    let rest = &body[brace + 1..];
    let is_empty = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'}');
    let comma = if is_empty { "" } else { "," };
    let field = format!("{{\"idempotency_key\":{}{comma}", serde_json::Value::from(key));
    [field.as_bytes(), rest].concat().into()
}
