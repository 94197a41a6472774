//! The kinds of problems there are.

use axum::http::StatusCode;

/// What kind of problem it is. The names are part of `type` and keep their meaning for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemType {
    /// The request is not what the description of the API says.
    RequestMalformed,
    /// There is no credential, or it is not valid.
    CredentialInvalid,
    /// The caller's role may not do this.
    RoleNotAllowed,
    /// There is nothing here, or nothing that is the caller's.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The request took too long to arrive or to be answered.
    TimedOut,
    /// The idempotency key belongs to a claim with another body.
    KeyReused,
    /// The claim's status does not allow this.
    ClaimConflict,
    /// The draft is not what the caller saw any more.
    DraftChanged,
    /// The virtual clock cannot be moved like that.
    ClockConflict,
    /// The calendars in force, or those in use, do not allow this.
    CalendarConflict,
    /// The body is longer than allowed.
    TooLarge,
    /// The body's media type is not accepted.
    MediaTypeNotSupported,
    /// The submission or command is readable, and something in it is wrong.
    FindingsReported,
    /// The caller's token bucket is empty.
    TooManyRequests,
    /// Something is broken on our side.
    Internal,
    /// Redis or the issuer of tokens is away, or the intake is full.
    Unavailable,
}

impl ProblemType {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::RequestMalformed,
        Self::CredentialInvalid,
        Self::RoleNotAllowed,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TimedOut,
        Self::KeyReused,
        Self::ClaimConflict,
        Self::DraftChanged,
        Self::ClockConflict,
        Self::CalendarConflict,
        Self::TooLarge,
        Self::MediaTypeNotSupported,
        Self::FindingsReported,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Status, name and title.
    #[must_use]
    pub const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::RequestMalformed => {
                (S::BAD_REQUEST, "request_malformed", "The request cannot be read")
            }
            Self::CredentialInvalid => {
                (S::UNAUTHORIZED, "credential_invalid", "No valid credential")
            }
            Self::RoleNotAllowed => (S::FORBIDDEN, "role_not_allowed", "Your role may not do this"),
            Self::NotFound => (S::NOT_FOUND, "not_found", "There is nothing here"),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method_not_allowed", "The method does not exist here")
            }
            Self::TimedOut => (S::REQUEST_TIMEOUT, "timed_out", "The request took too long"),
            Self::KeyReused => {
                (S::CONFLICT, "key_reused", "The idempotency key belongs to another body")
            }
            Self::ClaimConflict => {
                (S::CONFLICT, "claim_conflict", "The claim's status does not allow this")
            }
            Self::DraftChanged => {
                (S::PRECONDITION_FAILED, "draft_changed", "Somebody else has changed the draft")
            }
            Self::ClockConflict => {
                (S::CONFLICT, "clock_conflict", "The clock cannot be moved like that")
            }
            Self::CalendarConflict => {
                (S::CONFLICT, "calendar_conflict", "The calendars do not allow this")
            }
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too_large", "The body is too long"),
            Self::MediaTypeNotSupported => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "media_type_not_supported",
                "The media type is not accepted",
            ),
            Self::FindingsReported => {
                (S::UNPROCESSABLE_ENTITY, "findings_reported", "Something has to be put right")
            }
            Self::TooManyRequests => {
                (S::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests")
            }
            Self::Internal => {
                (S::INTERNAL_SERVER_ERROR, "internal", "Something is broken on our side")
            }
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "Not available now"),
        }
    }

    /// The `type` of the problem: a name and not an address, the same in every deployment.
    #[must_use]
    pub fn uri(self) -> String {
        format!("urn:cpor:problem:{}", self.facts().1)
    }
}
