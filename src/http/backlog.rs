//! Whether there is room for more submissions.

use std::time::{Duration, Instant};

use cpor_jobs::Job;
use tokio::sync::Mutex;

use crate::http::Web;
use crate::http::problem::Problem;

/// How long an answer about the length of the queue is believed.
const BELIEVED: Duration = Duration::from_secs(1);
/// Seconds after which there may be room again.
const RETRY_AFTER_S: u64 = 30;

/// How many submissions wait, as last looked at.
#[derive(Debug, Default)]
pub(super) struct Backlog(Mutex<Option<(Instant, usize)>>);

impl Web {
    /// Refuses submissions while too many wait to be validated: better now than after hours.
    ///
    /// # Errors
    ///
    /// When there is no room, or Redis cannot be asked.
    pub(super) async fn admit_submission(&self) -> Result<(), Problem> {
        let most = self.settings.intake_length_max;
        let waiting = self.waiting().await?;
        if waiting < most {
            return Ok(());
        }
        let detail = format!("The intake is full: {waiting} submissions wait, {most} may.");
        Err(Problem::unavailable(detail).after(RETRY_AFTER_S))
    }

    async fn waiting(&self) -> Result<usize, Problem> {
        let mut known = self.backlog.0.lock().await;
        if let Some((at, waiting)) = *known
            && at.elapsed() < BELIEVED
        {
            return Ok(waiting);
        }
        let store = self.ledger.store();
        let now = self.ledger.clock().now().await?;
        let due = store.queue(Job::ValidateClaim, now).await?.due;
        let waiting = store.intake_length().await? + due;
        *known = Some((Instant::now(), waiting));
        Ok(waiting)
    }
}
