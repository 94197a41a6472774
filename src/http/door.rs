//! The door to the sandboxes: what is asked below `/sandboxes/<id>` is handed on to that sandbox,
//! which knows nothing of the address it is reached at.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Uri, header, uri::PathAndQuery};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tower_service::Service as _;

use crate::http::problem::{Problem, ProblemType};
use crate::sandbox::{Sandbox, SandboxError, Sandboxes};
use crate::worker::with_causes;

const BELOW: &str = "/sandboxes/";

/// The router of the server, with the doors to its sandboxes.
pub(super) fn with_sandboxes(host: Router, sandboxes: Sandboxes) -> Router {
    let doors = Router::new()
        .route("/sandboxes/{id}", any(enter))
        .route("/sandboxes/{id}/", any(enter))
        .route("/sandboxes/{id}/{*rest}", any(enter))
        .with_state(sandboxes);
    host.merge(doors)
}

async fn enter(State(sandboxes): State<Sandboxes>, mut request: Request) -> Response {
    let path = request.uri().path().strip_prefix(BELOW).unwrap_or_default();
    let (id, rest) = path.split_once('/').unwrap_or((path, ""));
    let Some(sandbox) = sandboxes.find(id) else { return gone().into_response() };
    let Some(uri) = inner(request.uri(), rest) else { return gone().into_response() };
    *request.uri_mut() = uri;
    tokio::select! {
        answer = ask(&sandboxes, &sandbox, request) => answer,
        () = sandbox.over().cancelled() => gone().into_response(),
    }
}

async fn ask(sandboxes: &Sandboxes, sandbox: &Sandbox, request: Request<Body>) -> Response {
    let visit = sandbox.visit(sandboxes.real());
    let mut router = match sandboxes.awake(sandbox).await {
        Ok(Some(router)) => router,
        Ok(None) => return gone().into_response(),
        Err(error) => return Problem::from(error).into_response(),
    };
    let Ok(mut answer) = router.call(request).await;
    // Addresses on this server are the sandbox's own.
    let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    if let Some(path) = location.filter(|location| location.starts_with('/'))
        && let Ok(whole) = HeaderValue::try_from(format!("{}{path}", sandbox.base_path()))
    {
        answer.headers_mut().insert(header::LOCATION, whole);
    }
    drop(visit);
    answer
}

/// The address as the sandbox sees it.
fn inner(uri: &Uri, rest: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("/{rest}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// There is no such sandbox, or not any more.
pub(super) fn gone() -> Problem {
    Problem::new(
        ProblemType::NotFound,
        "There is no such sandbox: sandboxes live an hour at most, and end when they are removed \
         or the server stops.",
        "Make another one: POST /v1/sandboxes.",
    )
}

impl From<SandboxError> for Problem {
    fn from(error: SandboxError) -> Self {
        if let SandboxError::SetUp(crate::app::AppError::Store(error)) = error {
            return error.into();
        }
        tracing::error!(error = with_causes(&error), "a sandbox could not be made or woken");
        Self::internal()
    }
}
