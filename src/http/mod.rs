//! HTTP: the API under `/v1` and the customer's pages.
//!
//! | file | holds |
//! |---|---|
//! | `route.rs` | one table of routes; `openapi.rs` and `roles.rs` describe what it says |
//! | `measure.rs` | counting requests |
//! | `guard.rs` | who calls, whether it may, how often, and how long it may take |
//! | `site.rs` | what exists where: in a deployment, in a sandbox, where sandboxes are made |
//! | `door.rs` | handing on what is a sandbox's |
//! | `server.rs` | connections: limits, and a graceful stop |
//! | `problem.rs` | what went wrong, as RFC 9457 has it |
//! | `extract.rs` | reading requests strictly |
//! | `readiness.rs`, `metrics.rs` | whether this process can work, and its figures |
//! | `stalled.rs` | whether the queues of this process make progress |
//! | `vitals.rs` | what both look at, kept for a moment |
//! | `watch.rs` | what operators look at, kept for a moment |
//! | `v1/` | the API, one file per subject |
//! | `page/` | the customer's pages |
//! | `ops/` | the operations pages |
//! | `partner/` | the pages of partners' people |
//! | `signed/` | what pages for people who are signed in share |
//! | `language.rs`, `texts.rs` | the language of a page, and its words |
//! | `html.rs`, `form.rs`, `origin.rs`, `words.rs`, `figures.rs` | what pages share |
//! | `multipart.rs` | forms with files |
//!
//! No rule about claims is here: handlers ask the ledger and the store, and write down what they
//! answer.

mod backlog;
mod door;
mod extract;
mod figures;
mod form;
mod guard;
mod html;
mod language;
mod measure;
mod metrics;
mod multipart;
pub mod openapi;
mod ops;
mod origin;
mod page;
mod partner;
pub mod problem;
mod readiness;
pub mod roles;
pub mod route;
pub mod server;
mod signed;
mod site;
mod stalled;
mod texts;
pub mod v1;
mod vitals;
mod watch;
mod words;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use tokio_util::sync::CancellationToken;

use crate::access::{Authenticator, DevelopmentKey, DevelopmentUser, Sessions, SignIns, Tokens};
use crate::calendar::Zone;
use crate::claim::Claim;
use crate::directory::Directory;
use crate::drafts::Drafts;
use crate::editions::Editions;
use crate::evidence::Evidence;
use crate::http::backlog::Backlog;
use crate::http::guard::Buckets;
use crate::http::page::Pages;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::vitals::Vitals;
use crate::http::watch::Watch;
use crate::ledger::Ledger;
use crate::link::Links;
use crate::notifications::Notifications;
use crate::proofs::Documents;
use crate::sandbox::Sandboxes;
use crate::secrets::Secrets;
use crate::settings::HttpSettings;
use crate::store::feed::Feed;
use crate::usage::UsageSettings;
use crate::webhook::Webhooks;
use crate::worker::{Stationery, SubscriptionSettings};

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
    /// Who is signed in to our pages.
    sessions: Sessions,
    /// Sign-ins with the issuer.
    sign_ins: SignIns,
    /// Who signs in by pressing a button on a developer's machine.
    development_user: Option<DevelopmentUser>,
    /// The ready keys of a developer's machine.
    development_keys: Vec<DevelopmentKey>,
    /// Limits and addresses.
    pub settings: HttpSettings,
    /// The description of the API.
    pub openapi: Arc<str>,
    /// The events as they happen.
    pub feed: Feed,
    /// The calendars in force.
    pub editions: Editions,
    /// The drafts of partners.
    pub drafts: Drafts,
    /// Addresses that are told of events.
    pub webhooks: Webhooks,
    /// What partners' people are told.
    pub notifications: Notifications,
    /// How usage figures are kept.
    pub usage: UsageSettings,
    /// When the ends of subscriptions are near.
    pub subscriptions: SubscriptionSettings,
    /// Documents that prove the work.
    pub documents: Documents,
    /// Cancelled when the server stops; streams end then.
    pub stop: CancellationToken,
    /// Where others reach the server, without a final slash.
    public_url: String,
    /// What stands before the paths of a sandbox; empty elsewhere.
    base_path: String,
    /// Where mails go.
    mails: Mails,
    /// The sandboxes, where they are made.
    sandboxes: Option<Sandboxes>,
    evidence: Evidence,
    /// What mails are written with.
    stationery: Stationery,
    /// Who owns which domain.
    directory: Arc<Directory>,
    links: Links,
    secrets: Secrets,
    pages: Pages,
    buckets: Buckets,
    backlog: Backlog,
    vitals: Vitals,
    watch: Watch,
}

impl std::ops::Deref for Web {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Web {
    /// The zone of a claim's customer: that of the window, where there is one.
    fn customers_zone(&self, claim: &Claim) -> Zone {
        match claim.window() {
            Some(window) => window.deadline.zone.clone(),
            None => {
                let policy = self.ledger.rules().window();
                policy.zone(&claim.submission, claim.changed_at).unwrap_or(Zone::UTC)
            }
        }
    }
}

pub(in crate::http) use site::Mails;
pub use site::{
    Common, in_a_sandbox, router, sandbox_host_router, sandbox_router, telemetry_router,
};

/// Every route there is, wherever it is.
#[must_use]
pub fn routes() -> Vec<Route> {
    let pages = [page::routes(), ops::routes(), partner::routes()].concat();
    [v1::routes(), readiness::routes(), metrics::routes(), pages].concat()
}

/// Whoever has lost a part of the link in a mail gets a page, and programs get a problem.
async fn nothing_here(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let first = uri.path().split('/').nth(1);
    if matches!(first, Some("r" | "c" | "n" | "a" | "w")) {
        return page::nothing_here(&web, &uri, &headers);
    }
    Problem::not_found("resource").into_response()
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
    tracing::error!(exception.message = words, "a request handler panicked");
    Problem::internal().into_response()
}
