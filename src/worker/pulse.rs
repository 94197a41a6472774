//! The pulse of a process: every two seconds, and at once when operators have set something, it
//! follows what is set on queues, and says that it is there.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{info, warn};

use crate::operations::{HANDLERS_SHOWN, Handler, Presence, Working};
use crate::store::agenda::Outcome;
use crate::store::{Store, StoreError};
use crate::worker::desk::Desk;
use crate::worker::error::with_causes;
use crate::worker::settle::Settler;
use crate::worker::{Context, JobLimits};

/// How often a process says that it is there.
const BEAT: Duration = Duration::from_secs(2);
/// After so many beats it looks for records of processes that are long gone.
const BEATS_BETWEEN_CLEANINGS: u32 = 30;

/// The pulse of one process.
pub struct Pulse {
    store: Store,
    presence: Presence,
    limits: JobLimits,
    desks: Vec<Arc<Desk>>,
    settler: Settler,
    /// Operators have set something.
    changed: Arc<Notify>,
}

impl Pulse {
    /// The pulse of a worker with these desks; `changed` tells it that operators have set
    /// something.
    pub(super) fn of(
        cx: &Context,
        name: &str,
        (desks, settler): (Vec<Arc<Desk>>, Settler),
        changed: &Arc<Notify>,
    ) -> Self {
        let (mail, differ) = (Some(Arc::clone(&cx.mail_watch)), cx.calendars_differ.clone());
        Self {
            store: cx.ledger.store().clone(),
            presence: Presence::new(&cx.ledger, name.to_owned(), cx.kind, differ, mail),
            limits: cx.settings.limits.clone(),
            desks,
            settler,
            changed: Arc::clone(changed),
        }
    }

    /// One beat. What is set comes first: a job that is paused is not taken by a process that has
    /// only just started.
    pub(super) async fn beat(&self) -> Result<(), StoreError> {
        let followed = self.follow().await;
        let working = self.desks.iter().map(|desk| desk.working()).collect();
        let mut handlers: Vec<Handler> =
            self.desks.iter().flat_map(|desk| desk.handlers()).collect();
        handlers.sort_by_key(|handler| handler.since);
        handlers.truncate(HANDLERS_SHOWN);
        self.presence.tell(working, handlers).await?;
        followed
    }

    async fn follow(&self) -> Result<(), StoreError> {
        let settings = self.store.queue_settings().await?;
        for desk in &self.desks {
            let (job, setting) = (desk.job(), settings.of(desk.job()));
            let default = self.limits.of(job).concurrency;
            let concurrency = setting.concurrency.unwrap_or(default);
            let is_paused = setting.paused.is_some();
            let before = desk.working();
            if (before.paused, before.concurrency) != (is_paused, concurrency) {
                info!(job.name = %job, job.paused = is_paused, job.concurrency = concurrency,
                    "following what operators have set on {job}");
            }
            for lease in desk.follow(is_paused, concurrency) {
                self.settler.settle(&lease, &Outcome::GivenBack).await;
                desk.clear(&lease);
            }
        }
        Ok(())
    }

    /// Beats for as long as it is polled.
    pub(super) async fn run(&self) {
        let mut beats = 0_u32;
        loop {
            tokio::select! {
                () = tokio::time::sleep(BEAT) => {}
                () = self.changed.notified() => {}
            }
            beats = beats.wrapping_add(1);
            let mut beat = self.beat().await;
            if beat.is_ok() && beats.is_multiple_of(BEATS_BETWEEN_CLEANINGS) {
                beat = self.presence.forget_others().await;
            }
            if let Err(error) = beat {
                warn!(error = with_causes(&error), "cannot say that this process is there");
            }
        }
    }

    pub(super) async fn goodbye(&self) -> Result<(), StoreError> {
        self.presence.goodbye().await
    }
}

/// The pulse of a process that works no queue, for as long as it is polled.
///
/// # Errors
///
/// When Redis cannot be reached at the start; later troubles are waited out.
pub async fn keep_present(presence: &Presence) -> Result<(), StoreError> {
    presence.tell(Vec::<Working>::new(), Vec::new()).await?;
    loop {
        tokio::time::sleep(BEAT).await;
        if let Err(error) = presence.tell(Vec::new(), Vec::new()).await {
            warn!(error = with_causes(&error), "cannot say that this process is there");
        }
    }
}
