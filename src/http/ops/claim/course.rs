//! The course of a claim: what has happened to it, and what is on the agenda for it.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use serde::Serialize;

use crate::calendar::{Language, Zone, moment};
use crate::claim::Event;
use crate::claim::event::Recorded;
use crate::http::ops::when::{At, away, capitalized};
use crate::http::words;
use crate::store::inspect::Entry;
use crate::view::{Dossier, Told};

/// How something that comes stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// It waits for its time.
    Planned,
    /// It waits for a worker.
    Due,
    /// A worker has it.
    Running,
    /// It is left to a person.
    Dead,
    /// An instant that counts, at which nothing runs.
    Instant,
}

/// Something that comes.
#[derive(Serialize)]
pub(super) struct Planned {
    words: &'static str,
    job: Option<Job>,
    stage: Stage,
    /// When it is due, its lease ends, or it died.
    at: At,
    away: String,
    /// Which attempt it is, where others have failed.
    attempt: Option<u32>,
    can_hasten: bool,
    #[serde(skip)]
    instant: DateTime<Utc>,
}

/// Something that has happened.
#[derive(Serialize)]
pub(in crate::http::ops) struct Past {
    revision: u64,
    words: String,
    name: &'static str,
    actor: String,
    at: At,
    ago: String,
}

impl Planned {
    /// The job, where it may be done at once.
    pub fn hastened(&self) -> Option<Job> {
        self.job.filter(|_| self.can_hasten)
    }

    /// Whether it waits for a worker.
    pub fn is_due(&self) -> bool {
        self.stage == Stage::Due
    }
}

/// What comes, the last of it first: time runs upwards on the page.
pub(super) fn planned(
    dossier: &Dossier,
    entries: &[Entry],
    zone: &Zone,
    now: DateTime<Utc>,
) -> Vec<Planned> {
    let of_entries = entries.iter().filter_map(|entry| of_entry(dossier, entry, zone, now));
    let mut all: Vec<Planned> = of_entries.chain(end_of_window(dossier, zone, now)).collect();
    all.sort_by_key(|planned| Reverse(planned.instant));
    all
}

fn of_entry(dossier: &Dossier, entry: &Entry, zone: &Zone, now: DateTime<Utc>) -> Option<Planned> {
    let (stage, instant) = match (entry.lease_end, entry.dead_since, entry.due_at) {
        (Some(lease_end), _, _) => (Stage::Running, lease_end),
        (None, Some(since), _) => (Stage::Dead, since),
        (None, None, Some(due_at)) if due_at <= now => (Stage::Due, due_at),
        (None, None, Some(due_at)) => (Stage::Planned, due_at),
        (None, None, None) => return None,
    };
    Some(Planned {
        words: words::of_job(entry.job),
        job: Some(entry.job),
        stage,
        at: At::of(instant, zone),
        away: away(instant, now),
        attempt: (entry.failed_attempts > 0).then_some(entry.failed_attempts + 1),
        can_hasten: stage == Stage::Planned && can_hasten(dossier, entry.job),
        instant,
    })
}

/// At the end of the window nothing runs, and yet it is what counts.
fn end_of_window(dossier: &Dossier, zone: &Zone, now: DateTime<Utc>) -> Option<Planned> {
    let closes_at = dossier.claim.running_window().filter(|window| window.admits(now))?.closes_at();
    Some(Planned {
        words: "The window closes: from here on a rejection is late",
        job: None,
        stage: Stage::Instant,
        at: At::of(closes_at, zone),
        away: away(closes_at, now),
        attempt: None,
        can_hasten: false,
        instant: closes_at,
    })
}

/// Whether a job may be done before it is planned: those that only wait for another attempt. A copy
/// of a notice that may have arrived is left alone for as long as is planned.
pub(super) fn can_hasten(dossier: &Dossier, job: Job) -> bool {
    match job {
        Job::ValidateClaim
        | Job::NotifyPartner
        | Job::SendReceipt
        | Job::SendCorrection
        | Job::CheckSubscription
        | Job::SendNotification => true,
        Job::NotifyCustomer => {
            let newest = dossier.history.last().map(|recorded| &recorded.event);
            !matches!(newest, Some(Event::NoticeUncertain { .. } | Event::NoticeSending { .. }))
        }
        Job::SubmitClaim
        | Job::RemindCustomer
        | Job::FinalizeAssociation
        | Job::ExpireClaim
        | Job::DeliverWebhook
        | Job::RemindPartner
        | Job::EscalateReview
        | Job::ScanDocument
        | Job::TendSubscription
        | Job::AskCustomer => false,
    }
}

/// What has happened, the newest first.
pub(in crate::http::ops) fn past(
    history: &[Recorded],
    zone: &Zone,
    now: DateTime<Utc>,
    with_words: bool,
) -> Vec<Past> {
    let local = |at: DateTime<Utc>| moment(at, zone, Language::English);
    let told = Told { moment: &local, with_words };
    let past = |recorded: &Recorded| Past {
        revision: recorded.revision,
        words: capitalized(&told.event(&recorded.event)),
        name: recorded.event.name(),
        actor: recorded.actor.clone(),
        at: At::of(recorded.at, zone),
        ago: away(recorded.at, now),
    };
    history.iter().rev().map(past).collect()
}
