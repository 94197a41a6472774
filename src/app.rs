//! Puts the parts together as the settings say: server, store, clock, rules, ledger, worker.

mod archivist;
mod equipment;
mod people;
mod rules;
mod untouched;

use std::sync::Arc;

use cpor_jobs::Job;
use tracing::warn;

use crate::access::{
    AccessSetupError, ApiKeys, Authenticator, DevelopmentKey, DevelopmentKeyError, Tokens,
    ensure_development_keys,
};
use crate::archive::ArchiveError;
use crate::calendar::CalendarError;
use crate::claim::catalog::CatalogError;
use crate::clock::Clock;
use crate::directory::DirectorySetupError;
use crate::drafts::Drafts;
use crate::editions::{self, CalendarFiles, Editions, OpenError};
use crate::evidence::Evidence;
use crate::ledger::Ledger;
use crate::link::Links;
use crate::mail::{MailSettings, MailSettingsError, Mailer, TemplateError};
use crate::notifications::Notifications;
use crate::proofs::DepotError;
use crate::secrets::{Secrets, SecretsError};
use crate::settings::{Settings, SettingsError};
use crate::store::feed::Feed;
use crate::store::meta::{open_namespace, server_findings};
use crate::store::server::PrivateServer;
use crate::store::{Connection, Keys, Store, StoreError};
use crate::webhook::Webhooks;
use crate::worker::progress::Progress;
use crate::worker::{Context, with_causes};

pub use equipment::Equipment;
pub use people::SIGNED_IN_PATH;
pub use rules::{calendars, rules};
pub use untouched::Untouched;

/// Everything a command works with.
#[derive(Debug)]
pub struct App {
    /// What was configured.
    pub settings: Settings,
    /// The one door to claims.
    pub ledger: Ledger,
    /// What everything that is signed is signed with.
    pub secrets: Secrets,
    /// Every committed event, for whoever in this process listens.
    pub feed: Feed,
    /// The ready keys of a developer's machine, once they are made.
    pub development_keys: Vec<DevelopmentKey>,
    /// Whether the queues that this process works move.
    pub progress: Progress,
    /// How the files of the calendars differ from the edition in force, with its remedy.
    pub calendars_differ: Option<String>,
    /// The private server, when no address is configured.
    server: Option<PrivateServer>,
}

/// The parts do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A setting does not fit what is to be done.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Redis is not there, or not fit for use.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A calendar cannot be used.
    #[error("could not load the calendars")]
    Calendars(#[from] CalendarError),
    /// The catalogue cannot be used.
    #[error("could not load the catalogue")]
    Catalog(#[from] CatalogError),
    /// The catalogue's file cannot be read.
    #[error("could not read the catalogue {path}")]
    CatalogFile {
        /// Which file.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A mail setting does not fit.
    #[error("could not set up mail")]
    Mail(#[from] MailSettingsError),
    /// A mail template does not work.
    #[error("could not load the mail templates")]
    Templates(#[from] TemplateError),
    /// The deployment's secret keys cannot be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// Who may call cannot be told.
    #[error("could not set up the check of credentials")]
    Access(#[from] AccessSetupError),
    /// The way to the receivers of webhooks cannot be set up.
    #[error("could not set up the delivery of webhooks")]
    Courier(#[from] rustls::Error),
    /// Documents cannot be kept.
    #[error(transparent)]
    Documents(#[from] DepotError),
    /// The archive cannot be opened.
    #[error("could not open the archive")]
    Archive(#[from] ArchiveError),
    /// There are no keys for development.
    #[error(transparent)]
    DevelopmentKeys(#[from] DevelopmentKeyError),
    /// The tenant directory cannot be used.
    #[error("could not set up the tenant directory")]
    Directory(#[from] DirectorySetupError),
}

impl From<OpenError> for AppError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => Self::Store(error),
            OpenError::Calendars(error) => Self::Calendars(error),
        }
    }
}

impl App {
    /// Connects to Redis, or to the private server, and checks that both it and the namespace are
    /// fit for use.
    ///
    /// # Errors
    ///
    /// Anything that keeps a command from working; each says what to do.
    pub async fn open(settings: Settings) -> Result<Self, AppError> {
        let files = CalendarFiles::of(&settings).load();
        let secrets = Secrets::open(&settings.secrets, &settings.data.directory)?;
        let (server, url) = server(&settings).await?;
        let store = open_store(&settings, &url).await?;
        let clock = Clock::open(&store, settings.clock.mode, settings.clock.starts_at).await?;
        let feed = Feed::new(store.clone());
        let opened = editions::open(&store, clock.now().await?, files).await?;
        let rules = rules(&settings, opened.calendars)?;
        rules.use_edition(opened.edition, Arc::clone(&rules.window().calendars));
        let ledger = Ledger::new(store, clock, rules);
        let calendars_differ = opened.difference;
        Ok(Self {
            settings,
            ledger,
            secrets,
            feed,
            development_keys: Vec::new(),
            progress: Progress::default(),
            calendars_differ,
            server,
        })
    }

    /// What the handlers of this process work with, for the given jobs.
    ///
    /// # Errors
    ///
    /// When mail, templates or the tenant directory cannot be set up.
    pub fn context(&self, jobs: Vec<Job>) -> Result<Context, AppError> {
        let settings = &self.settings;
        settings.check_public_url()?;
        let mail = MailSettings { directory: settings.mail_directory(), ..settings.mail.clone() };
        let context = self.context_with(jobs, &self.equipment()?, Mailer::new(&mail)?);
        Ok(Context { archivist: Some(self.archivist()?), ..context })
    }

    /// Who knows callers by their credentials.
    ///
    /// # Errors
    ///
    /// When a setting under `access` cannot be used.
    pub fn authenticator(&self) -> Result<Authenticator, AppError> {
        Ok(Authenticator::new(&self.settings.access, self.ledger.store().clone())?)
    }

    /// Makes the ready keys of a developer's machine; none where the settings say so or others
    /// reach the server.
    ///
    /// # Errors
    ///
    /// When they cannot be read, made or kept.
    pub async fn make_development_keys(&mut self) -> Result<(), AppError> {
        let (settings, now) = (&self.settings, self.ledger.clock().real());
        if !settings.access.development_keys {
            return Ok(());
        }
        let keys = ApiKeys::new(self.ledger.store().clone());
        let (directory, listen) = (&settings.data.directory, settings.http.listen);
        self.development_keys = ensure_development_keys(&keys, directory, listen, now).await?;
        Ok(())
    }

    /// Who signs access tokens.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        Tokens::new(self.secrets.clone(), self.settings.public_url())
    }

    /// Who makes evidence of claims.
    ///
    /// # Errors
    ///
    /// When templates or the sender of mails cannot be used.
    pub fn evidence(&self) -> Result<Evidence, AppError> {
        let public_url = self.settings.public_url();
        Ok(Evidence::new(self.stationery()?, self.secrets.clone(), public_url))
    }

    /// The webhooks of the deployment.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        let (store, clock) = (self.ledger.store().clone(), self.ledger.clock().clone());
        Webhooks::new(store, clock, self.secrets.clone(), self.settings.webhooks)
    }

    /// The drafts of partners.
    #[must_use]
    pub fn drafts(&self) -> Drafts {
        Drafts::new(self.ledger.clone(), self.settings.drafts)
    }

    /// The notifications of the deployment.
    #[must_use]
    pub fn notifications(&self) -> Notifications {
        let (store, clock) = (self.ledger.store().clone(), self.ledger.clock().clone());
        Notifications::new(store, clock, self.settings.notifications)
    }

    /// The calendars in force, and the files that a reload reads.
    #[must_use]
    pub fn editions(&self) -> Editions {
        Editions::new(self.ledger.clone(), CalendarFiles::of(&self.settings))
    }

    /// The addresses of the customer's pages, and what their tokens say.
    #[must_use]
    pub fn links(&self) -> Links {
        Links::new(self.secrets.clone(), self.settings.public_url())
    }

    /// Whether this process started the private server, and so stops it in [`App::close`].
    #[must_use]
    pub fn owns_server(&self) -> bool {
        self.server.as_ref().is_some_and(PrivateServer::is_ours)
    }

    /// Hands in what was counted, and stops the private server if this process started it.
    ///
    /// # Errors
    ///
    /// When the server cannot be stopped.
    pub async fn close(self) -> Result<(), StoreError> {
        if let Err(error) = self.ledger.store().hand_in_rates(self.ledger.clock().real()).await {
            warn!(error = with_causes(&error), "what this process did is not in the rates");
        }
        match self.server {
            Some(server) => server.close().await,
            None => Ok(()),
        }
    }
}

/// The private server, when no address is configured, and the address.
async fn server(settings: &Settings) -> Result<(Option<PrivateServer>, String), StoreError> {
    if !settings.redis.url.is_empty() {
        return Ok((None, settings.redis.url.clone()));
    }
    let server = PrivateServer::open(&settings.data.directory).await?;
    let url = server.url().to_owned();
    Ok((Some(server), url))
}

async fn open_store(settings: &Settings, url: &str) -> Result<Store, StoreError> {
    let (mut connection, keys) = connect(settings, url).await?;
    open_namespace(&mut connection, &keys, settings.clock.mode).await?;
    Ok(Store::new(connection, url, keys, settings.bounds()))
}

async fn connect(settings: &Settings, url: &str) -> Result<(Connection, Keys), StoreError> {
    let mut connection = Connection::open(url).await?;
    let findings = server_findings(&mut connection).await?;
    if !findings.is_empty() {
        let text = findings.join("\n");
        if !settings.redis.allow_unsafe {
            return Err(StoreError::Unfit(format!(
                "the Redis server is not fit for use:\n{text}\n(for development only: \
                 redis.allow_unsafe = true)"
            )));
        }
        warn!("starting with a Redis server that is not fit for use: {text}");
    }
    Ok((connection, Keys::new(settings.redis.namespace.clone(), settings.redis.partitions)))
}
