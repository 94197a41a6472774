//! What operators set on queues. It is kept in Redis, so that neither a restart nor a deploy takes
//! it back, and every process follows it within two seconds.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::identity::{Comment, Line};
use crate::operations::{Action, OperatorAction};
use crate::store::{Store, StoreError};

/// Most handlers of one job that one process runs at once.
pub const CONCURRENCY_MAX: usize = 256;

/// What operators have set on one queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueueSetting {
    /// Since when it is paused, by whom and why; nothing when it is not.
    pub paused: Option<Pause>,
    /// Handlers that run at once in each process; nothing when the settings of each process say.
    pub concurrency: Option<usize>,
}

/// A pause: nothing of the job is taken, and what runs finishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pause {
    /// Since when.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// What operators have set, by job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueSettings(pub(crate) BTreeMap<Job, QueueSetting>);

impl QueueSettings {
    /// What is set on a job.
    #[must_use]
    pub fn of(&self, job: Job) -> QueueSetting {
        self.0.get(&job).cloned().unwrap_or_default()
    }

    /// Whether a job is paused.
    #[must_use]
    pub fn is_paused(&self, job: Job) -> bool {
        self.0.get(&job).is_some_and(|setting| setting.paused.is_some())
    }
}

/// A number of handlers that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} handlers of a job cannot run at once in a process: from 1 to {CONCURRENCY_MAX} can; to \
     run none, pause the job"
)]
pub struct ConcurrencyRefused(pub usize);

/// What operators have set.
///
/// # Errors
///
/// When Redis cannot be reached or refuses.
pub async fn settings(store: &Store) -> Result<QueueSettings, StoreError> {
    store.queue_settings().await
}

/// Pauses a job everywhere until it is resumed. A job that is paused already gets the new reason.
///
/// # Errors
///
/// When Redis cannot be reached or refuses.
pub async fn pause(
    store: &Store,
    job: Job,
    reason: &Comment,
    actor: &Line,
    real: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (actor, reason) = (actor.as_str().to_owned(), reason.as_str().to_owned());
    let pause = Pause { at: real, actor: actor.clone(), reason: reason.clone() };
    store.set_paused(job, Some(&pause)).await?;
    let (action, subject, reason) = (Action::QueuePaused, job.to_string(), Some(reason));
    store.record_operation(&OperatorAction { at: real, actor, action, subject, reason }).await
}

/// Lets a paused job go on. Says whether it was paused.
///
/// # Errors
///
/// When Redis cannot be reached or refuses.
pub async fn resume(
    store: &Store,
    job: Job,
    actor: &Line,
    real: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let was_paused = store.set_paused(job, None).await?;
    if was_paused {
        let (action, actor) = (Action::QueueResumed, actor.as_str().to_owned());
        let (subject, reason) = (job.to_string(), None);
        let done = OperatorAction { at: real, actor, action, subject, reason };
        store.record_operation(&done).await?;
    }
    Ok(was_paused)
}

/// Sets how many handlers of a job run at once in each process, or leaves it to the settings of
/// each process again.
///
/// # Errors
///
/// When the number cannot be, or Redis cannot be reached or refuses.
pub async fn set_concurrency(
    store: &Store,
    job: Job,
    concurrency: Option<usize>,
    actor: &Line,
    real: DateTime<Utc>,
) -> Result<Result<(), ConcurrencyRefused>, StoreError> {
    if let Some(n) = concurrency.filter(|n| !(1..=CONCURRENCY_MAX).contains(n)) {
        return Ok(Err(ConcurrencyRefused(n)));
    }
    store.set_concurrency(job, concurrency).await?;
    let number = concurrency.map_or_else(|| "default".to_owned(), |n| n.to_string());
    let (action, actor) = (Action::ConcurrencySet, actor.as_str().to_owned());
    let (subject, reason) = (format!("{job} {number}"), None);
    store.record_operation(&OperatorAction { at: real, actor, action, subject, reason }).await?;
    Ok(Ok(()))
}
