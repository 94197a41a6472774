//! Before a handler: who calls, whether it may, how often, and how long it may take.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};

use crate::access::{AuthError, Caller, Role};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Access;
use crate::http::{Web, signed};
use crate::settings::HttpSettings;
use crate::telemetry::caller_trace;

/// What stands before one route.
#[derive(Clone)]
pub(super) struct Guard {
    pub web: Web,
    pub access: Access,
    pub streams: bool,
    pub path: &'static str,
}

/// Lets a request through, or answers it.
pub(super) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let span = guard.span(&request);
    let response = guarded(guard, request, next).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("error.type", status.as_str());
    }
    response
}

async fn guarded(guard: Guard, request: Request, next: Next) -> Response {
    let mut response = match guard.access {
        Access::Public => guard.within_time(request, next).await,
        Access::Local(_) if guard.web.settings.listen.ip().is_loopback() => {
            guard.within_time(request, next).await
        }
        Access::Roles(roles) | Access::Local(roles) => guard.for_roles(roles, request, next).await,
        Access::SignedIn(roles) => signed::enter(&guard, roles, request, next).await,
    };
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

impl Guard {
    /// The address as it stands in the table of routes, never as it was asked for: tokens and
    /// queries do not belong into logs.
    fn span(&self, request: &Request) -> Span {
        let (method, route) = (request.method().as_str(), self.path);
        let caller = caller_trace(request.headers());
        if self.streams {
            return info_span!("http_stream", http.request.method = method, http.route = route,
                caller.traceparent = caller, http.response.status_code = Empty, error.type = Empty);
        }
        info_span!("http", http.request.method = method, http.route = route, claim.id = Empty,
            caller.traceparent = caller, http.response.status_code = Empty, error.type = Empty)
    }

    async fn for_roles(&self, roles: &[Role], mut request: Request, next: Next) -> Response {
        let caller = match self.caller(request.headers()).await {
            Ok(caller) => caller,
            Err(problem) => return problem.into_response(),
        };
        let bucket = self.web.buckets.take(&caller.name);
        let mut response = if let Some(seconds) = bucket.wait_s {
            too_many(seconds).into_response()
        } else if roles.contains(&caller.authority.role()) {
            request.extensions_mut().insert(caller);
            self.within_time(request, next).await
        } else {
            not_allowed(caller.authority.role(), roles).into_response()
        };
        bucket.write(response.headers_mut());
        response
    }

    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        let header = headers.get(header::AUTHORIZATION);
        let text = header.map(|value| value.to_str().unwrap_or_default());
        let now = self.web.ledger.clock().real();
        self.web.authenticator.authenticate(text, now).await.map_err(|error| match error {
            AuthError::Missing => no_credential("The request carries no credential."),
            AuthError::Invalid => {
                no_credential("The credential is unknown, expired, revoked or malformed.")
            }
            AuthError::Unavailable => {
                Problem::unavailable("Credentials cannot be checked right now.")
            }
        })
    }

    pub(super) async fn within_time(&self, request: Request, next: Next) -> Response {
        if self.streams {
            return next.run(request).await;
        }
        let limit = Duration::from_secs(self.web.settings.request_timeout_seconds.into());
        match tokio::time::timeout(limit, next.run(request)).await {
            Ok(response) => response,
            Err(_) => timed_out(limit).into_response(),
        }
    }
}

fn no_credential(detail: &str) -> Problem {
    let remedy = "Send `Authorization: Bearer …` with an API key (`cpor key create`) or a token of \
                  the configured issuer.";
    Problem::new(ProblemType::CredentialInvalid, detail, remedy)
}

pub(super) fn not_allowed(role: Role, roles: &[Role]) -> Problem {
    let names = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    Problem::new(
        ProblemType::RoleNotAllowed,
        format!("The role `{role}` may not do this."),
        format!("Use a credential with one of these roles: {names}."),
    )
}

fn too_many(seconds: u64) -> Problem {
    let remedy = "Wait as long as Retry-After says; RateLimit tells how much is left.";
    let detail = "This credential has sent too many requests at once.";
    Problem::new(ProblemType::TooManyRequests, detail, remedy).after(seconds)
}

fn timed_out(limit: Duration) -> Problem {
    Problem::new(
        ProblemType::TimedOut,
        format!("The request was not finished within {} seconds.", limit.as_secs()),
        "Try again; what was submitted under an idempotency key is not doubled.",
    )
}

/// One token bucket per caller, in this process.
pub(super) struct Buckets {
    limiter: RateLimiter<
        String,
        DefaultKeyedStateStore<String>,
        DefaultClock,
        StateInformationMiddleware,
    >,
    burst: u32,
    window_s: u32,
}

/// What is left in a bucket, and how long to wait when that is nothing.
struct Bucket {
    left: u32,
    wait_s: Option<u64>,
    burst: u32,
    window_s: u32,
}

impl Buckets {
    /// Full buckets, as the settings size them.
    pub fn new(settings: &HttpSettings) -> Self {
        let (burst, rate) = (settings.requests_burst, settings.requests_per_second);
        let quota = Quota::per_second(rate).allow_burst(burst);
        let limiter = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self { limiter, burst: burst.get(), window_s: burst.get().div_ceil(rate.get()) }
    }

    /// Only callers with a valid credential have a bucket, so there are as many as credentials.
    fn take(&self, caller: &str) -> Bucket {
        let (burst, window_s) = (self.burst, self.window_s);
        match self.limiter.check_key(&caller.to_owned()) {
            Ok(state) => {
                Bucket { left: state.remaining_burst_capacity(), wait_s: None, burst, window_s }
            }
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                let wait_s = wait.as_secs() + 1;
                Bucket { left: 0, wait_s: Some(wait_s), burst, window_s }
            }
        }
    }
}

impl Bucket {
    /// As draft-ietf-httpapi-ratelimit-headers has it.
    fn write(&self, headers: &mut HeaderMap) {
        let Self { left, burst, window_s, wait_s } = self;
        let reset_s = wait_s.unwrap_or_else(|| u64::from(*window_s));
        for (name, value) in [
            ("ratelimit-policy", format!("\"default\";q={burst};w={window_s}")),
            ("ratelimit", format!("\"default\";r={left};t={reset_s}")),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}
