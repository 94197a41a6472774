//! Problems as RFC 9457 describes them: what was attempted, what is wrong, and what to do.

mod kind;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::{ClaimId, Finding};
use crate::ledger::LedgerError;
use crate::store::StoreError;
use crate::worker::with_causes;
pub use kind::ProblemType;

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// After how many seconds a caller may try again when Redis is away.
const RETRY_AFTER_S: u64 = 2;

/// What went wrong, as the caller reads it.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: ProblemType,
    details: Box<Details>,
}

/// A problem as it is written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct Details {
    /// A stable name of the kind of problem, such as `urn:cpor:problem:not_found`.
    #[serde(rename = "type")]
    uri: String,
    /// The kind of problem in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What was attempted, and what is wrong.
    detail: String,
    /// What to do about it.
    remedy: String,
    /// The claim in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    claim_id: Option<ClaimId>,
    /// A code for programs where one kind of problem has several causes, such as `window_open`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Everything that has to be put right, each addressed to a field.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    findings: Vec<Finding>,
    /// With `key_reused`: SHA-256 of the body that made the claim and of the one sent now.
    #[serde(skip_serializing_if = "Option::is_none")]
    digests: Option<Digests>,
    /// When it is worth trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

/// The digests of two bodies under one idempotency key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Digests {
    /// SHA-256 of the body that made the claim, in hex.
    pub claim: String,
    /// SHA-256 of the body sent now, in hex.
    pub request: String,
}

impl Problem {
    /// A problem: what was attempted and is wrong, and what to do.
    pub fn new(kind: ProblemType, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        let (status, _, title) = kind.facts();
        let details = Details {
            uri: kind.uri(),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            remedy: remedy.into(),
            claim_id: None,
            code: None,
            findings: Vec::new(),
            digests: None,
            retry_after_seconds: None,
        };
        Self { kind, details: Box::new(details) }
    }

    /// Nothing here, and no word on whether there is something that is not the caller's.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        let detail = format!("There is no {what} here, or none that is yours.");
        Self::new(ProblemType::NotFound, detail, "Check the address and the credential.")
    }

    /// Everything that is wrong with a submission or a command.
    pub fn findings(attempted: &str, findings: Vec<Finding>) -> Self {
        let things = if findings.len() == 1 { "thing has" } else { "things have" };
        let detail = format!("Could not {attempted}: {} {things} to be put right.", findings.len());
        let remedy = "Put right what the findings name, and send it again.";
        let mut problem = Self::new(ProblemType::FindingsReported, detail, remedy);
        problem.details.findings = findings;
        problem
    }

    /// The request cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            ProblemType::RequestMalformed,
            detail,
            "Compare the request with /v1/openapi.json, and send it again.",
        )
    }

    /// Something that passes.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let remedy = "Try again after the time given. Repeating a request does no harm.";
        Self::new(ProblemType::Unavailable, detail, remedy).after(RETRY_AFTER_S)
    }

    /// What is said of it.
    pub fn details(&self) -> &Details {
        &self.details
    }

    /// When it is worth trying again.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.details.retry_after_seconds = Some(seconds);
        self
    }

    /// The claim in question.
    #[must_use]
    pub fn about(mut self, claim_id: ClaimId) -> Self {
        self.details.claim_id = Some(claim_id);
        self
    }

    /// The code for programs.
    #[must_use]
    pub fn coded(mut self, code: &str) -> Self {
        self.details.code = Some(code.to_owned());
        self
    }

    /// The digests of both bodies.
    #[must_use]
    pub fn with_digests(mut self, digests: Digests) -> Self {
        self.details.digests = Some(digests);
        self
    }

    /// What was attempted, and what is wrong.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.details.detail
    }

    /// Which kind it is.
    pub(in crate::http) const fn kind(&self) -> ProblemType {
        self.kind
    }

    /// Whether it is of this kind.
    pub(in crate::http) fn is(&self, kind: ProblemType) -> bool {
        self.kind == kind
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.kind.facts().0
    }
}

/// Logged once, here, where it is answered; the caller learns nothing of our insides.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            tracing::warn!(error = with_causes(&error), "a request met Redis in trouble");
            return Self::unavailable("The data store cannot be reached right now.");
        }
        tracing::error!(error = with_causes(&error), "a request failed");
        Self::internal()
    }
}

impl Problem {
    /// Something is broken; the log says what.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            ProblemType::Internal,
            "The request was fine, and could not be answered.",
            "Try again; if it stays, tell the operator the time of this answer.",
        )
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NoClaim(id) => Self::not_found(format_args!("claim {id}")),
            LedgerError::Refused { claim_id, refusal } => Self::new(
                ProblemType::ClaimConflict,
                format!("Could not do that: {refusal}."),
                "Read the claim to see where it stands.",
            )
            .about(claim_id)
            .coded(refusal.why.code()),
            LedgerError::Calendar { claim_id, source } => Self::new(
                ProblemType::ClaimConflict,
                format!("The new end of the window cannot be computed: {source}."),
                "Ask the operator for a calendar that reaches further.",
            )
            .about(claim_id)
            .coded("calendar_unusable"),
            LedgerError::Contended { .. } | LedgerError::LeaseLost(_) => {
                Self::unavailable("The claim kept changing meanwhile.")
            }
            LedgerError::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.details).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.details.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.kind == ProblemType::CredentialInvalid {
            let challenge = HeaderValue::from_static("Bearer realm=\"cpor\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        // A page shows it in its own way.
        response.extensions_mut().insert(self);
        response
    }
}
