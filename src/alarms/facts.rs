//! What is known of a deployment in one moment, as far as alarms need it. Every read is bounded,
//! and costs the same however many claims there are.

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::coverage;
use crate::coverage::glance;
use crate::ledger::Ledger;
use crate::operations::Overview;
use crate::store::StoreError;
use crate::store::dead::DeadHeap;
use crate::store::editions::Counted;
use crate::store::meta::ServerState;

/// A window that ended so long ago, with its grace, should have been finalized.
const OVERDUE: TimeDelta = TimeDelta::minutes(10);

/// What is known.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What the overview shows.
    pub overview: Overview,
    /// How the server is.
    pub server: ServerState,
    /// Submissions that wait.
    pub intake: Intake,
    /// The dead letters of each job that has some.
    pub dead: Vec<DeadHeap>,
    /// Windows that are overdue, and the end of the first of them.
    pub overdue: (usize, Option<DateTime<Utc>>),
    /// The edition of the calendars in force.
    pub edition: u64,
    /// What calendars and time zones do not cover.
    pub coverage: Vec<coverage::Alarm>,
}

/// How full the intake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intake {
    /// Submissions that wait to be taken in or validated.
    pub waiting: usize,
    /// How many may: `http.intake_length_max`.
    pub most: usize,
}

/// Gathers what is known; `intake_length_max` is the setting.
///
/// # Errors
///
/// When Redis cannot be reached or refuses.
pub async fn facts(ledger: &Ledger, intake_length_max: usize) -> Result<Facts, StoreError> {
    let (store, real) = (ledger.store(), ledger.clock().real());
    let now = ledger.clock().now().await?;
    let overdue_since = now - ledger.rules().window().finalize_grace - OVERDUE;
    let (overview, server, overdue, edition, covered) = tokio::try_join!(
        store.overview(now, real),
        store.server_state(),
        store.windows_ended_before(overdue_since),
        store.counted(Counted::Editions),
        glance(ledger, now),
    )?;
    let jobs: Vec<_> =
        overview.queues.iter().filter(|q| q.queue.dead > 0).map(|q| q.queue.job).collect();
    let dead = store.dead_heaps(&jobs).await?;
    let waiting = waiting(&overview);
    Ok(Facts {
        overview,
        server,
        intake: Intake { waiting, most: intake_length_max },
        dead,
        overdue,
        edition,
        coverage: covered.judgement.alarms,
    })
}

/// As the door of the API counts it: on the intake, and due to be validated.
fn waiting(overview: &Overview) -> usize {
    use cpor_jobs::Job;
    let queues = overview.queues.iter().map(|view| &view.queue);
    let first = queues.filter(|queue| matches!(queue.job, Job::SubmitClaim | Job::ValidateClaim));
    first.map(|queue| queue.due).sum()
}
