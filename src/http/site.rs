//! What exists where: in a deployment, in a sandbox, and where sandboxes are made. The router of
//! each is made of the one table of routes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::access::Sessions;
use crate::app::{App, AppError};
use crate::directory::Directory;
use crate::evidence::Evidence;
use crate::http::backlog::Backlog;
use crate::http::guard::{self, Buckets, Guard};
use crate::http::measure::measure;
use crate::http::page::Pages;
use crate::http::route::{Place, Route};
use crate::http::vitals::Vitals;
use crate::http::watch::Watch;
use crate::http::{Parts, Web, door, method_not_allowed, nothing_here, openapi, panicked, routes};
use crate::mail::{Outbox, Sender, Templates, Transport};
use crate::sandbox::Sandboxes;
use crate::worker::Stationery;

/// Where mails go, for whoever tests.
#[derive(Debug, Clone)]
pub(super) enum Mails {
    /// Somewhere, in a sentence.
    Elsewhere(String),
    /// Into memory.
    Kept(Outbox),
}

/// What is the same for every namespace of a process, and costs time to make.
#[derive(Clone)]
pub struct Common {
    openapi: Arc<str>,
    pages: Pages,
    templates: Arc<Templates>,
    sender: Sender,
    directory: Arc<Directory>,
}

impl Common {
    /// Made once.
    ///
    /// # Errors
    ///
    /// When a setting of mail cannot be used.
    pub fn of(app: &App, place: fn(Place) -> bool) -> Result<Self, AppError> {
        let routes: Vec<Route> = routes().into_iter().filter(|r| place(r.place)).collect();
        let openapi = openapi::describe(&routes).to_string().into();
        let Stationery { templates, sender, .. } = app.stationery()?;
        let directory = Arc::new(Directory::new(&app.settings.directory)?);
        Ok(Self { openapi, pages: pages(app)?, templates, sender, directory })
    }
}

/// What answers requests of this deployment.
///
/// # Errors
///
/// When a setting of credentials cannot be used.
pub fn router(app: &App, stop: CancellationToken) -> Result<Router, AppError> {
    app.settings.check_public_url()?;
    let exists: fn(Place) -> bool = match app.ledger.clock().traveller() {
        None => in_real_time,
        Some(_) if app.settings.http.listen.ip().is_loopback() => with_a_page,
        Some(_) => in_virtual_time,
    };
    let common = Common::of(app, exists)?;
    let mails = Mails::Elsewhere(mails(app));
    let web = web(app, common, stop, String::new(), mails, None)?;
    Ok(router_of(web, exists))
}

/// What answers requests of a sandbox, below its address.
///
/// # Errors
///
/// As [`router`].
pub fn sandbox_router(
    app: &App,
    common: &Common,
    outbox: Outbox,
    base_path: String,
    stop: CancellationToken,
) -> Result<Router, AppError> {
    let common = Common { pages: common.pages.at(&app.settings.public_url()), ..common.clone() };
    let web = web(app, common, stop, base_path, Mails::Kept(outbox), None)?;
    Ok(router_of(web, in_a_sandbox))
}

/// What answers requests of a server of sandboxes: it makes them, and hands on what is theirs.
///
/// # Errors
///
/// As [`router`].
pub fn sandbox_host_router(
    app: &App,
    sandboxes: Sandboxes,
    stop: CancellationToken,
) -> Result<Router, AppError> {
    app.settings.check_public_url()?;
    let common = Common::of(app, where_sandboxes_are_made)?;
    let mails = Mails::Elsewhere(mails(app));
    let web = web(app, common, stop, String::new(), mails, Some(sandboxes.clone()))?;
    Ok(door::with_sandboxes(router_of(web, where_sandboxes_are_made), sandboxes))
}

/// What answers at `telemetry.listen`: routes for whoever watches this process, without asking for
/// a credential.
///
/// # Errors
///
/// As [`router`].
pub fn telemetry_router(app: &App, stop: CancellationToken) -> Result<Router, AppError> {
    let common = Common::of(app, |place| matches!(place, Place::Always))?;
    let web = web(app, common, stop, String::new(), Mails::Elsewhere(mails(app)), None)?;
    let routes = routes().into_iter().filter(|route| route.telemetry);
    Ok(router_with(web, routes.map(|route| route.public())))
}

const fn in_real_time(place: Place) -> bool {
    matches!(place, Place::Always | Place::Everywhere | Place::Deployment)
}

const fn in_virtual_time(place: Place) -> bool {
    in_real_time(place) || matches!(place, Place::VirtualClock)
}

const fn with_a_page(place: Place) -> bool {
    in_virtual_time(place) || matches!(place, Place::ClockPage)
}

/// What exists in a sandbox.
#[must_use]
pub const fn in_a_sandbox(place: Place) -> bool {
    (with_a_page(place) || matches!(place, Place::Sandbox)) && !matches!(place, Place::Deployment)
}

/// What exists where sandboxes are made.
#[must_use]
pub const fn where_sandboxes_are_made(place: Place) -> bool {
    matches!(place, Place::Always | Place::SandboxHost)
}

fn web(
    app: &App,
    common: Common,
    stop: CancellationToken,
    base_path: String,
    mails: Mails,
    sandboxes: Option<Sandboxes>,
) -> Result<Web, AppError> {
    let stationery = app.stationery_with(common.templates, common.sender);
    let public_url = app.settings.public_url();
    let evidence = Evidence::new(stationery.clone(), app.secrets.clone(), public_url);
    Ok(Web(Arc::new(Parts {
        ledger: app.ledger.clone(),
        authenticator: app.authenticator()?,
        tokens: app.tokens(),
        sessions: Sessions::new(app.secrets.clone()),
        sign_ins: app.sign_ins(),
        development_user: app.development_user()?,
        development_keys: app.development_keys.clone(),
        settings: app.settings.http.clone(),
        openapi: common.openapi,
        feed: app.feed.clone(),
        editions: app.editions(),
        drafts: app.drafts(),
        webhooks: app.webhooks(),
        notifications: app.notifications(),
        usage: app.settings.usage,
        subscriptions: app.settings.subscriptions,
        documents: app.documents(app.depot()?),
        stop,
        public_url: app.settings.public_url(),
        base_path,
        mails,
        sandboxes,
        evidence,
        stationery,
        directory: common.directory,
        links: app.links(),
        secrets: app.secrets.clone(),
        pages: common.pages,
        buckets: Buckets::new(&app.settings.http),
        backlog: Backlog::default(),
        vitals: Vitals::new(&app.settings, app.progress.clone()),
        watch: Watch::default(),
    })))
}

/// The routes that exist at this place, guarded.
fn router_of(web: Web, exists: fn(Place) -> bool) -> Router {
    router_with(web, routes().into_iter().filter(|route| exists(route.place)))
}

fn router_with(web: Web, routes: impl Iterator<Item = Route>) -> Router {
    let mut paths: BTreeMap<&str, MethodRouter<Web>> = BTreeMap::new();
    for route in routes {
        let access = route.access_in(&web.settings);
        let guard = Guard { web: web.clone(), access, streams: route.streams, path: route.path };
        let handler = route.handler.layer(from_fn_with_state(guard, guard::guard));
        let known = paths.remove(route.path).unwrap_or_default();
        paths.insert(route.path, known.merge(handler));
    }
    let mut all = Router::new();
    for (path, methods) in paths {
        all = all.route(path, methods);
    }
    all.fallback(nothing_here)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(axum::extract::DefaultBodyLimit::max(web.settings.body_bytes_max))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(web.clone(), measure))
        .with_state(web)
}

/// Where mails go, for whoever tests.
fn mails(app: &App) -> String {
    let settings = &app.settings;
    match settings.mail.transport {
        Transport::Directory => {
            format!("Mails are files in {}.", settings.mail_directory().display())
        }
        Transport::Smtp => format!("Mails go to the server {}.", settings.mail.smtp.host),
        Transport::Discard => "Mails are thrown away.".to_owned(),
    }
}

fn pages(app: &App) -> Result<Pages, AppError> {
    let mail = &app.settings.mail;
    let sender = Sender::new(mail)?;
    let reply_to = sender.answered_by().address();
    Ok(Pages::new(reply_to, &app.settings.public_url(), &mail.default_language))
}
