//! The worker: takes due entries, runs one handler per job under apalis, and stops gracefully.
//!
//! Handlers look, act and report: they do the one outside thing of their job and apply the command
//! that records it. None enqueues, schedules or talks to Redis; every job may run twice.

mod archive;
mod ask_choice;
mod ask_customer;
mod attempt;
pub mod backend;
mod calendars;
mod check_subscription;
mod deliver_webhook;
pub mod desk;
mod documents;
mod drafts;
mod error;
mod escalate_review;
mod expire_claim;
mod finalize_association;
pub mod flags;
mod mail_watch;
mod notify_customer;
mod notify_partner;
pub mod progress;
mod pulse;
mod relay;
mod remind_customer;
mod remind_partner;
mod run;
mod scan_document;
mod send_correction;
mod send_notification;
mod send_receipt;
pub mod settle;
mod submit_claim;
pub mod taker;
mod tend_subscription;
pub(crate) mod texts;
mod validate_claim;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use crate::access::IntakeDoor;
use crate::archive::Archivist;
use crate::claim::Claim;
use crate::claim::command::{Command, Told, Why};
use crate::directory::Directory;
use crate::drafts::Drafts;
use crate::editions::Editions;
use crate::ledger::{Applied, Ledger, LedgerError};
use crate::mail::{Attempt, Delivery, Mail, Mailer};
use crate::operations::{MailWatch, ProcessKind};
use crate::proofs::Documents;
use crate::store::agenda::Lease;
use crate::store::feed::Feed;
use crate::webhook::Courier;

pub use check_subscription::SubscriptionSettings;
pub(crate) use check_subscription::lasting;
pub use error::JobError;
pub(crate) use error::with_causes;
pub use pulse::keep_present;
pub use run::run;
pub(crate) use texts::notice_preview;
pub use texts::{Reviewers, Stationery};

/// What handlers work with.
pub struct Context {
    /// The one door to claims.
    pub ledger: Ledger,
    /// The calendars in force.
    pub editions: Editions,
    /// Whose an entry on the intake list is.
    pub intake: IntakeDoor,
    /// The way to mail servers.
    pub mailer: Mailer,
    /// What became of the mails of this process.
    pub mail_watch: Arc<MailWatch>,
    /// What mails are written with.
    pub stationery: Stationery,
    /// Who owns which domain, and which subscriptions.
    pub directory: Arc<Directory>,
    /// The way to the receivers of webhooks.
    pub courier: Arc<Courier>,
    /// What webhooks are told of.
    pub feed: Feed,
    /// The drafts of partners.
    pub drafts: Drafts,
    /// Documents that prove the work.
    pub documents: Documents,
    /// Who moves closed claims to the archive; nobody, where claims are not kept.
    pub archivist: Option<Archivist>,
    /// Whether the queues of this process move.
    pub progress: progress::Progress,
    /// How each job is worked.
    pub settings: WorkerSettings,
    /// What this process is there for.
    pub kind: ProcessKind,
    /// How the calendar files differ from the edition in force.
    pub calendars_differ: Option<String>,
}

impl Context {
    /// Makes one attempt to hand over a mail; counts it, and notes what became of it.
    async fn send(&self, mail: &Mail) -> Attempt {
        let started = std::time::Instant::now();
        let attempt = self.mailer.send(mail).await;
        self.ledger.store().metrics().mailed(mail.kind, &attempt.delivery, started.elapsed());
        self.mail_watch.note(&attempt.delivery, self.ledger.clock().real());
        attempt
    }
}

/// How the worker works.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// The jobs this process works.
    pub jobs: Vec<Job>,
    /// Limits of each job.
    pub limits: JobLimits,
    /// How the end of subscriptions is looked for.
    pub subscriptions: SubscriptionSettings,
    /// How long an entry is ours before it has to be renewed.
    pub lease: TimeDelta,
    /// After so many deliveries without an outcome an entry is quarantined.
    pub deliveries_max: u32,
    /// How long running handlers may take to finish when the worker stops.
    pub shutdown_timeout: Duration,
}

/// Limits of one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Handlers that run at once.
    pub concurrency: usize,
    /// Failed attempts after which an entry is left to a person.
    pub attempts_max: u32,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// Limits of every job.
#[derive(Debug, Clone)]
pub struct JobLimits(Arc<[(Job, Limits)]>);

impl JobLimits {
    /// Limits as configured; a job that is not listed gets [`JobLimits::FALLBACK`].
    #[must_use]
    pub fn new(limits: Vec<(Job, Limits)>) -> Self {
        Self(limits.into())
    }

    /// What holds for a job that nobody configured.
    pub const FALLBACK: Limits =
        Limits { concurrency: 16, attempts_max: 12, timeout: Duration::from_secs(60) };

    /// The limits of a job.
    #[must_use]
    pub fn of(&self, job: Job) -> Limits {
        let found = self.0.iter().find(|(known, _)| *known == job);
        found.map_or(Self::FALLBACK, |(_, limits)| *limits)
    }
}

/// How a handler ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Its commit acknowledged the job.
    Acknowledged,
    /// There was nothing to do, or nothing to commit; the job is acknowledged by itself.
    NothingToDo,
    /// It was of no use to try; the job is due again later, and this is no failed attempt.
    Postponed {
        /// When.
        due_at: DateTime<Utc>,
    },
}

impl Done {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::NothingToDo => "nothing_to_do",
            Self::Postponed { .. } => "postponed",
        }
    }
}

impl Done {
    /// What a command that tells somebody something came to. What was told may be outdated while
    /// something else is to be told at the same instant: then the job is due again.
    fn told(applied: Applied, lease: &Lease) -> Self {
        let plan = applied.claim.plan();
        match plan.iter().find(|(job, _)| *job == lease.job()) {
            Some(&(_, due_at)) if applied.events.is_empty() => Self::Postponed { due_at },
            Some(_) | None => applied.into(),
        }
    }
}

impl From<Applied> for Done {
    fn from(applied: Applied) -> Self {
        if applied.events.is_empty() { Self::NothingToDo } else { Self::Acknowledged }
    }
}

/// What a mail that is not the notice came to. One of which nobody knows what became is sent
/// again under its Message-ID, like one that was deferred.
fn told(attempt: Attempt) -> Result<Told, JobError> {
    let Attempt { delivery, sha256: mail_sha256 } = attempt;
    match delivery {
        Delivery::Accepted { reply } => Ok(Told { delivered: true, reply, mail_sha256 }),
        Delivery::Refused { text, .. } => Ok(Told { delivered: false, reply: text, mail_sha256 }),
        // The server's words may contain the address, which no log should have.
        Delivery::TryAgain { phase, code, .. } => Err(JobError::Retry(match code {
            Some(code) => format!("the mail server deferred the mail at {phase}: {code}"),
            None => format!("the mail server could not be talked to at {phase}"),
        })),
        Delivery::Unknown { .. } => {
            Err(JobError::Retry("nobody knows whether the mail server took the mail".to_owned()))
        }
    }
}

/// Applies a command whose time has to have come; an entry that came early, by somebody's hand or
/// clock, waits.
async fn apply_when_due(
    cx: &Context,
    claim: Claim,
    command: &Command,
    lease: &Lease,
) -> Result<Done, JobError> {
    match cx.ledger.apply_and_acknowledge(claim, command, lease).await {
        Ok(applied) => Ok(applied.into()),
        Err(LedgerError::Refused { refusal, .. })
            if matches!(refusal.why, Why::WindowOpen { .. } | Why::AnswerOpen { .. }) =>
        {
            Err(JobError::Retry(refusal.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}
