//! Reading requests strictly: what does not fit is answered with a problem that says where.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::access::Caller;
use crate::http::Web;
use crate::http::problem::{Problem, ProblemType};
use crate::json::Object;

/// The caller that the guard let through.
impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}

/// The parameters in the path. One that cannot be read names nothing that exists.
pub(super) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, web).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(_) => Err(Problem::not_found("resource")),
        }
    }
}

/// The parameters in the query; unknown ones are refused by name.
pub(super) struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, web).await {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(error) => {
                let text = error.body_text();
                let text = text.trim_start_matches("Failed to deserialize query string: ");
                Err(Problem::malformed(format!("The query cannot be read: {text}.")))
            }
        }
    }
}

/// A body of JSON as it came, at most as long as allowed.
pub(super) struct RawJson(pub Bytes);

impl FromRequest<Web> for RawJson {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        media_type(request.headers(), "application/json")?;
        let most = web.settings.body_bytes_max;
        match Bytes::from_request(request, web).await {
            Ok(body) => Ok(Self(body)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Problem::new(
                ProblemType::TooLarge,
                format!("The body is longer than {most} bytes."),
                "Send less at once; many claims go line by line to /v1/claims/batch.",
            )),
            Err(_) => Err(Problem::malformed("The body did not arrive whole.")),
        }
    }
}

/// A body of JSON that is a `T`.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Web> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let RawJson(body) = RawJson::from_request(request, web).await?;
        serde_json::from_slice(&body)
            .map(|Object(value)| Self(value))
            .map_err(|error| Problem::malformed(format!("The body cannot be read: {error}.")))
    }
}

/// The body has to be of this media type.
pub(super) fn media_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let shown: String = essence.chars().take(80).collect();
    let detail = match given {
        None => "The body has no media type.".to_owned(),
        Some(_) => format!("The body's media type `{shown}` is not accepted here."),
    };
    let remedy = format!("Send `Content-Type: {expected}`.");
    Err(Problem::new(ProblemType::MediaTypeNotSupported, detail, remedy))
}
