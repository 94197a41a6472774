//! What handlers work with in every namespace of a process, and namespaces beside the first one.

use std::sync::Arc;

use chrono::TimeDelta;
use cpor_jobs::Job;

use crate::access::IntakeDoor;
use crate::app::{App, AppError};
use crate::directory::Directory;
use crate::ledger::{Ledger, Rules};
use crate::mail::{Mailer, Sender, Templates};
use crate::operations::{MailWatch, ProcessKind};
use crate::proofs::Depot;
use crate::settings::Settings;
use crate::store::Keys;
use crate::store::feed::Feed;
use crate::store::meta::{ClockMode, open_namespace};
use crate::webhook::Courier;
use crate::worker::progress::Progress;
use crate::worker::{Context, Reviewers, Stationery, WorkerSettings};

/// What handlers work with that is the same in every namespace of a process.
pub struct Equipment {
    templates: Arc<Templates>,
    directory: Arc<Directory>,
    sender: Sender,
    courier: Arc<Courier>,
    depot: Depot,
}

impl Equipment {
    /// Where documents are.
    #[must_use]
    pub const fn depot(&self) -> &Depot {
        &self.depot
    }
}

impl App {
    /// The same deployment for another owner. A private server stays with the first one, and ends
    /// with it.
    #[must_use]
    pub fn share(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            ledger: self.ledger.clone(),
            secrets: self.secrets.clone(),
            feed: self.feed.clone(),
            development_keys: self.development_keys.clone(),
            progress: self.progress.clone(),
            calendars_differ: None,
            server: None,
        }
    }

    /// What handlers work with that is the same in every namespace.
    ///
    /// # Errors
    ///
    /// When templates or the tenant directory cannot be set up.
    pub fn equipment(&self) -> Result<Equipment, AppError> {
        let settings = &self.settings;
        let templates = settings.mail.templates_directory.as_deref();
        let templates = Templates::load(templates, &settings.mail.default_language)?;
        Ok(Equipment {
            templates: Arc::new(templates),
            directory: Arc::new(Directory::new(&settings.directory)?),
            sender: Sender::new(&settings.mail)?,
            courier: Arc::new(Courier::new(&settings.webhooks, self.secrets.clone())?),
            depot: self.depot()?,
        })
    }

    /// What mails are written with.
    ///
    /// # Errors
    ///
    /// When templates or the sender of mails cannot be used.
    pub fn stationery(&self) -> Result<Stationery, AppError> {
        let mail = &self.settings.mail;
        let templates =
            Templates::load(mail.templates_directory.as_deref(), &mail.default_language)?;
        Ok(self.stationery_with(Arc::new(templates), Sender::new(mail)?))
    }

    /// The same, of what is there already.
    #[must_use]
    pub fn stationery_with(&self, templates: Arc<Templates>, sender: Sender) -> Stationery {
        let review = &self.settings.review;
        let reviewers = Reviewers {
            reminded: review.address.clone(),
            escalated: review.escalation_address.clone(),
        };
        let (ledger, links) = (self.ledger.clone(), self.links());
        Stationery { ledger, templates, links, sender, reviewers }
    }

    /// What the handlers of this process work with, of what is there already.
    #[must_use]
    pub fn context_with(&self, jobs: Vec<Job>, with: &Equipment, mailer: Mailer) -> Context {
        let settings = &self.settings;
        Context {
            ledger: self.ledger.clone(),
            editions: self.editions(),
            intake: IntakeDoor::new(self.secrets.clone(), settings.intake),
            mailer,
            mail_watch: Arc::new(MailWatch::new(settings.mail_goes_to())),
            stationery: self.stationery_with(Arc::clone(&with.templates), with.sender.clone()),
            directory: Arc::clone(&with.directory),
            courier: Arc::clone(&with.courier),
            feed: self.feed.clone(),
            drafts: self.drafts(),
            documents: self.documents(with.depot.clone()),
            archivist: None,
            progress: self.progress.clone(),
            settings: WorkerSettings {
                jobs,
                limits: settings.job_limits(),
                subscriptions: settings.subscriptions,
                lease: TimeDelta::seconds(settings.agenda.lease_seconds.into()),
                deliveries_max: settings.agenda.deliveries_max,
                shutdown_timeout: std::time::Duration::from_secs(
                    settings.agenda.shutdown_timeout_seconds.into(),
                ),
            },
            kind: ProcessKind::Work,
            calendars_differ: self.calendars_differ.clone(),
        }
    }

    /// A namespace of its own beside this one, on the same server, with a virtual clock and these
    /// settings. It shares the connection and what is known of Redis's time.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn beside(&self, settings: Settings, rules: Arc<Rules>) -> Result<Self, AppError> {
        let host = self.ledger.store();
        let keys = Keys::new(settings.redis.namespace.clone(), settings.redis.partitions);
        open_namespace(&mut host.connection(), &keys, ClockMode::Virtual).await?;
        let store = host.beside(keys);
        let clock = self.ledger.clock().beside(&store, settings.clock.starts_at).await?;
        let feed = Feed::new(store.clone());
        let ledger = Ledger::sharing(store, clock, rules);
        let secrets = self.secrets.clone();
        Ok(Self {
            settings,
            ledger,
            secrets,
            feed,
            development_keys: Vec::new(),
            progress: Progress::default(),
            calendars_differ: None,
            server: None,
        })
    }
}
