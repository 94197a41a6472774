//! HTTP: the API under `/v1` and the customer's pages.
//!
//! | file | holds |
//! |---|---|
//! | `route.rs` | one table of routes; `openapi.rs` and `roles.rs` describe what it says |
//! | `guard.rs` | who calls, whether it may, how often, and how long it may take |
//! | `server.rs` | connections: limits, and a graceful stop |
//! | `problem.rs` | what went wrong, as RFC 9457 has it |
//! | `extract.rs` | reading requests strictly |
//! | `v1/` | the API, one file per subject |
//! | `page/` | the customer's pages |
//!
//! No rule about claims is here: handlers ask the ledger and the store, and write down what they
//! answer.

mod backlog;
mod extract;
mod guard;
pub mod openapi;
mod page;
pub mod problem;
pub mod roles;
pub mod route;
pub mod server;
pub mod v1;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::access::{Authenticator, Tokens};
use crate::app::{App, AppError};
use crate::editions::Editions;
use crate::http::backlog::Backlog;
use crate::http::guard::{Buckets, Guard};
use crate::http::page::Pages;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::ledger::Ledger;
use crate::link::Links;
use crate::mail::Sender;
use crate::secrets::Secrets;
use crate::settings::HttpSettings;
use crate::store::feed::Feed;
use crate::webhook::Webhooks;

/// What handlers work with; cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Parts>);

/// See [`Web`].
pub struct Parts {
    /// The one door to claims.
    pub ledger: Ledger,
    /// Who calls.
    pub authenticator: Authenticator,
    /// Who signs access tokens.
    pub tokens: Tokens,
    /// Limits and addresses.
    pub settings: HttpSettings,
    /// The description of the API.
    pub openapi: String,
    /// The events as they happen.
    pub feed: Feed,
    /// The calendars in force.
    pub editions: Editions,
    /// Addresses that are told of events.
    pub webhooks: Webhooks,
    /// Cancelled when the server stops; streams end then.
    pub stop: CancellationToken,
    links: Links,
    secrets: Secrets,
    pages: Pages,
    buckets: Buckets,
    backlog: Backlog,
}

impl std::ops::Deref for Web {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Every route there is.
#[must_use]
pub fn routes() -> Vec<Route> {
    [v1::routes(), page::routes()].concat()
}

/// What answers requests of this deployment.
///
/// # Errors
///
/// When a setting of credentials cannot be used.
pub fn router(app: &App, stop: CancellationToken) -> Result<Router, AppError> {
    app.settings.check_public_url()?;
    let routes = routes();
    let web = Web(Arc::new(Parts {
        ledger: app.ledger.clone(),
        authenticator: app.authenticator()?,
        tokens: app.tokens(),
        settings: app.settings.http.clone(),
        openapi: openapi::describe(&routes).to_string(),
        feed: app.feed.clone(),
        editions: app.editions(),
        webhooks: app.webhooks(),
        stop,
        links: app.links(),
        secrets: app.secrets.clone(),
        pages: pages(app)?,
        buckets: Buckets::new(&app.settings.http),
        backlog: Backlog::default(),
    }));
    let mut paths: BTreeMap<&str, MethodRouter<Web>> = BTreeMap::new();
    for route in routes {
        let guard = Guard { web: web.clone(), access: route.access, streams: route.streams };
        let handler = route.handler.layer(from_fn_with_state(guard, guard::guard));
        let known = paths.remove(route.path).unwrap_or_default();
        paths.insert(route.path, known.merge(handler));
    }
    let mut all = Router::new();
    for (path, methods) in paths {
        all = all.route(path, methods);
    }
    Ok(all
        .fallback(nothing_here)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(axum::extract::DefaultBodyLimit::max(web.settings.body_bytes_max))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(web))
}

/// Whoever has lost a part of the link in a mail gets a page, and programs get a problem.
async fn nothing_here(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let first = uri.path().split('/').nth(1);
    if matches!(first, Some("r" | "c")) {
        return page::nothing_here(&web, &uri, &headers);
    }
    Problem::not_found("resource").into_response()
}

fn pages(app: &App) -> Result<Pages, AppError> {
    let mail = &app.settings.mail;
    let sender = Sender::new(mail)?;
    let reply_to = sender.answered_by().address();
    Ok(Pages::new(reply_to, &app.settings.public_url(), &mail.default_language))
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        ProblemType::MethodNotAllowed,
        "This address does not know the method.",
        "Use one of the methods in the Allow header.",
    )
}

/// A bug of ours answers this one request with a problem, and no other.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    tracing::error!(panic = words, "a request handler panicked");
    Problem::internal().into_response()
}
